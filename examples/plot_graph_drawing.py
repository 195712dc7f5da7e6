"""
A graph drawn
=============

No model is needed to look at a graph. In the shell:
``bioloom graph draw --dataset karate --out club``.
"""

import bioloom as bl

# %%
# The whole club: nodes by class, places by forces between them.
figure = bl.graph.draw("karate").plot()

# %%
# One member and the friends within one step, in colours that everybody can tell apart.
figure = bl.graph.draw("karate", ego=1, hops=1, palette="safe").plot()
