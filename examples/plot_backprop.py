"""
The chain rule, with its numbers put in
=======================================

The network of the lecture notes: one input, a sigmoid, a ReLU.
"""

from bioloom.backprop.data import read_problem
from bioloom.backprop.explaining import explain
from bioloom.backprop.figures import network_figure
from bioloom.backprop.tracing import trace

network, inputs, target = read_problem()
found = trace(network, inputs, target)
w11 = network.parameter("w11")

# %%
# Values, and what the loss would do if they moved.
figure = network_figure(found, w11)

# %%
# One of them, link by link.
print(explain(found, w11).to_text())
