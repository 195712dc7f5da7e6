"""The chain rule, traced through a feed-forward network by hand.

`bioloom.backprop.tracing.trace` runs a network forward and backward and keeps every
intermediate value; `bioloom.backprop.explaining.explain` shows the way from the loss to
one parameter: symbols, derivatives, numbers, their product, the update.

Inputs: layers with weights, biases and activations, a loss, examples; as arrays or a
YAML file (`bioloom.backprop.data.read_problem`). Outputs: a `Trace` with tables,
explanations and a picture.

References
----------
Rumelhart D.E., Hinton G.E., Williams R.J. (1986) Learning representations by
back-propagating errors. Nature 323:533. doi:10.1038/323533a0
"""
