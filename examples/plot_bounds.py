"""
How many examples suffice?
==========================

A hundred hypotheses, ten thousand examples in all: sizes of the sample by each bound.
"""

from bioloom.bounds.explaining import explain_samples
from bioloom.bounds.figures import sizes_figure
from bioloom.bounds.sample_sizes import Promise, sample_sizes

promise = Promise(epsilon=0.02, n_hypotheses=100, population=10_000)
print(explain_samples(sample_sizes(promise)).to_text())

# %%
# And how the size grows as the gap shrinks.
figure = sizes_figure(promise)
