"""
How many examples suffice?
==========================

A hundred hypotheses, ten thousand examples in all: sizes of the sample by each bound.
"""

import bioloom as bl

sizes = bl.bounds.samples(epsilon=0.02, n_hypotheses=100, population=10_000)
print(sizes.explain())

# %%
# And how the size grows as the gap shrinks.
figure = sizes.plot()
