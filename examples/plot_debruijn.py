"""
The turning wheel
=================

A wheel of 0s and 1s, a window that shows neighbours, and each turn must show a new
word: a De Bruijn sequence is a walk over every edge of a graph. In the
shell: ``bioloom debruijn draw --alphabet 01 --order 3 --out wheel``.
"""

import bioloom as bl

sequence = bl.debruijn.sequence("01", 3)

# %%
# The walk, its steps numbered.
figure = sequence.plot("graph")

# %%
# The same as a wheel.
figure = sequence.plot("wheel")

# %%
# And word by word, for order 2.
print(bl.debruijn.explain("01", 2, compare="0110"))
