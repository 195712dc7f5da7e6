"""
Three ways downhill
===================

The network of the lecture notes, trained for 60 steps by three rules. In the shell:
``bioloom backprop descend --optimizer adam --steps 60``.
"""

import bioloom as bl

# %%
# Against the gradient.
figure = bl.backprop.descend(optimizer="sgd", steps=60).plot()

# %%
# Against a sum of gradients in which earlier ones fade.
figure = bl.backprop.descend(optimizer="momentum", steps=60).plot()

# %%
# Against the mean gradient, divided by its usual size.
figure = bl.backprop.descend(optimizer="adam", steps=60).plot()

# %%
# The first steps of one weight, number by number.
print(bl.backprop.descend(steps=3).explain("w11"))
