"""
The turning wheel
=================

A wheel of 0s and 1s, a window that shows neighbours, and each turn must show a new
word: a De Bruijn sequence is a walk over every edge of a graph.
"""

from bioloom.debruijn.sequences.explain import explain
from bioloom.debruijn.sequences.figures import graph_figure, wheel_figure
from bioloom.debruijn.sequences.walk import walk
from bioloom.debruijn.sequences.words import Words

shown = walk(Words("01", 3))

# %%
# The walk, its steps numbered.
figure = graph_figure(shown)

# %%
# The same as a wheel.
figure = wheel_figure(shown)

# %%
# And word by word, for the notes' order 2.
print(explain(walk(Words("01", 2)), other="0110").to_text())
