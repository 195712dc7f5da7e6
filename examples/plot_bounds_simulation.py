"""
How often does a sample mislead?
================================

Training sets of 60 are drawn from 1,000 examples again and again, and a threshold is
fitted to each. In the shell: ``bioloom bounds simulate features.csv --feature edges
--sample 60 --out sim``.
"""

from random import Random

import bioloom as bl

rng = Random(1)
labels = [rng.choice(["cat", "dog"]) for _ in range(1000)]
edges = [round(rng.gauss(50 if label == "cat" else 62, 10), 1) for label in labels]
table = {"edges": edges, "label": labels}
simulation = bl.bounds.simulate(table, feature="edges", n_sample=60, n_draws=500)
print(simulation)

# %%
# What was measured, next to what the bounds allow.
figure = simulation.plot()
