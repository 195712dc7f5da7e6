"""
The chain rule, with its numbers put in
=======================================

The network of the lecture notes: one input, a sigmoid, a ReLU. In the
shell: ``bioloom backprop trace --wrt w11 --draw network``.
"""

import bioloom as bl

trace = bl.backprop.trace()

# %%
# Values, and what the loss would do if they moved.
figure = trace.plot("w11")

# %%
# One of them, link by link.
print(trace.explain("w11"))
