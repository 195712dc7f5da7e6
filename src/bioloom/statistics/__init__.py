"""Statistics that several rooms report: one implementation of each.

- `bioloom.statistics.intervals`: a value with its interval, and how it was found.
- `bioloom.statistics.runs`: mean, standard deviation and interval over repeated runs.
- `bioloom.statistics.classification`: confusion, precision, recall, F1.
- `bioloom.statistics.ranking`: area under the ROC curve, average precision.
- `bioloom.statistics.forest`: boosted trees that are sums of one part per feature.
- `bioloom.statistics.calibration`: temperature, reliability, calibration error.
- `bioloom.statistics.comparison`: two classifiers on the same examples (McNemar).
- `bioloom.statistics.multiple_testing`: Benjamini–Hochberg, Holm.
"""
