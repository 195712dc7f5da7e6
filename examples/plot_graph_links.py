"""
Missing links, and how much of it is degree
===========================================

Which friendships are likely but not in the list? A popular node is a good guess for any
link, so the audit shows what degree alone achieves. In the shell:
``bioloom graph links --edges friends.csv --out links``.
"""

import bioloom as bl

links = bl.graph.links("karate", models="sage-dot", runs=2)
print(links)

# %%
# What is left of a model once degree no longer helps.
figure = links.plot()
