"""
A network classified: Zachary's karate club
===========================================

Who went with whom when the club split? Two models learn it from the friendships. In the
shell: ``bioloom graph train --model gcn --model gat --out karate``.
"""

import bioloom as bl

training = bl.graph.train("karate", models=["gcn", "gat"])
print(training)

# %%
# Loss and accuracy by epoch; the weights of the best epoch are the ones that are used.
figure = training.plot("curves", model="gcn")

# %%
# Classes of the test nodes, and what was predicted.
figure = training.plot("confusion", model="gcn")

# %%
# Confidence against accuracy: seven test nodes show little.
figure = training.plot("calibration", model="gcn")

# %%
# The network with its predictions (``bioloom graph draw karate``).
figure = training.plot("network", model="gcn")

# %%
# What led to the prediction of one node: parts of neighbours and of features each sum
# to the score (``bioloom graph explain --run karate --node 3 --draw reasons``).
figure = training.plot("reasons", model="gcn", node=3)

# %%
# How each simple method does on the same test nodes.
print(training.baselines().to_string(index=False))
