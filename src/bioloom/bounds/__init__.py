"""What a sample, a test set or a table of predictions lets one claim.

If the loss of every hypothesis on the sample is within `tolerance` / 2 of its loss on
all data, the hypothesis that is best on the sample is within `tolerance` of the best
there is. `bioloom.bounds.representative.check` asks whether that holds,
`bioloom.bounds.sample_sizes.sample_sizes` how many examples promise it,
`bioloom.bounds.simulation.simulate` how often it happens in one's own data, and
`bioloom.bounds.prediction_report.report` what a table of predictions proves.

Terms, each with one meaning: `tolerance` is how much worse than the best one may be,
`epsilon` the largest allowed gap between the two losses of a hypothesis (`tolerance` /
2), `failure_prob` the chance that a promise is not kept. (Texts call the first or the
last δ.)

Inputs: losses or predictions of hypotheses, examples with a numeric column and a class,
tables of predictions. Outputs: frozen results with `to_frame`, explanations, figures.

References
----------
Shalev-Shwartz S., Ben-David S. (2014) Understanding machine learning, chapter 4.
doi:10.1017/CBO9781107298019
"""
