"""The same networks in PyTorch."""

import numpy as np
import torch
from torch.nn import functional

from bioloom.backprop.activations import ACTIVATIONS
from bioloom.backprop.layers import Layer, Network
from bioloom.backprop.losses import NEEDS

LOSSES = ("half_squared_error", "mse", "binary_cross_entropy", "cross_entropy")
PLAIN = tuple(ACTIVATIONS)


def random_problem(rng):
    """A network of any shape with examples."""
    widths = rng.integers(1, 6, rng.integers(2, 6))
    loss = str(rng.choice(LOSSES))
    layers = []
    for k, (n_in, n_out) in enumerate(zip(widths, widths[1:], strict=False)):
        name = str(rng.choice(PLAIN))
        if k == len(widths) - 2:
            name = NEEDS.get(loss, name)
        weights = rng.normal(0, 1.2, (n_out, n_in))
        layers.append(Layer(weights, rng.normal(0, 0.7, n_out), name, 0.2))
    n = int(rng.integers(1, 4))
    x, t = rng.normal(0, 1, (n, widths[0])), rng.normal(0, 1, (n, widths[-1]))
    if loss == "binary_cross_entropy":
        t = rng.random(t.shape)
    elif loss == "cross_entropy":
        t = rng.dirichlet(np.ones(t.shape[1]), n)
    return Network(tuple(layers), loss), x, t


def _activate(name, z, slope):
    functions = {
        "identity": lambda z: z,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky_relu": lambda z: functional.leaky_relu(z, slope),
        "gelu": functional.gelu,
        "softmax": lambda z: torch.softmax(z, dim=1),
    }
    return functions[name](z)


def _loss(name, z, y, t):
    """By z where 1 - y, or log y, would lose the digits that are compared."""
    if name == "half_squared_error":
        return 0.5 * ((y - t) ** 2).sum(dim=1).mean()
    if name == "mse":
        return functional.mse_loss(y, t)
    if name == "binary_cross_entropy":
        return functional.binary_cross_entropy_with_logits(z, t)
    return -(t * torch.log_softmax(z, dim=1)).sum(dim=1).mean()


def autograd(network, x, t):
    """Loss, gradients of weights and of biases by layer."""
    weights, biases = [], []
    value = torch.from_numpy(x)
    for layer in network.layers:
        weights.append(torch.tensor(layer.weights, requires_grad=True))
        biases.append(torch.tensor(layer.bias, requires_grad=True))
        z = functional.linear(value, weights[-1], biases[-1])
        value = _activate(layer.activation, z, layer.slope)
    loss = _loss(network.loss, z, value, torch.from_numpy(t))
    loss.backward()
    return (
        float(loss.detach()),
        [one.grad.numpy() for one in weights],
        [one.grad.numpy() for one in biases],
    )
