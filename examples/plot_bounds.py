"""
How many examples suffice?
==========================

A hundred hypotheses, ten thousand examples in all: sizes of the sample by each bound.
In the shell: ``bioloom bounds samples --hypotheses 100 --epsilon 0.02
--population 10000 --draw sizes``.
"""

import bioloom as bl

sizes = bl.bounds.samples(epsilon=0.02, n_hypotheses=100, population=10_000)
print(sizes.explain())

# %%
# And how the size grows as the gap shrinks.
figure = sizes.plot()
