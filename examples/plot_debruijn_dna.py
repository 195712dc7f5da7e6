"""
All words of two bases in sixteen letters
=========================================

The same walk over the alphabet of DNA, and one of the many others, drawn at random. In
the shell: ``bioloom debruijn draw --alphabet ACGT --order 2 --out wheel``.
"""

import bioloom as bl

print(bl.debruijn.count("ACGT", 2))

# %%
# The graph: every base a node, every word of two an edge.
figure = bl.debruijn.sequence("ACGT", 2).plot("graph")

# %%
# Another of these sequences; all are equally likely.
figure = bl.debruijn.sequence("ACGT", 2, method="random", rng_seed=7).plot("wheel")
