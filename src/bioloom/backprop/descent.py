"""Gradient descent over several steps: plain, with momentum, and Adam.

References
----------
Polyak B.T. (1964) USSR Comput Math Math Phys 4:1. doi:10.1016/0041-5553(64)90137-5
Kingma D.P., Ba J. (2015) Adam: a method for stochastic optimization. arXiv:1412.6980
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.backprop.errors import BadNetwork
from bioloom.backprop.layers import Network
from bioloom.backprop.settings import DescentSettings
from bioloom.backprop.tracing import Trace, trace

Values = NDArray[np.float64]


class Move(NamedTuple):
    """One step of all parameters, in the order of `Network.parameters`.

    Parameters
    ----------
    before, gradient, after
        Values, gradients of the loss there, and values after the step.
    first
        Velocity of momentum, or Adam's mean of gradients; the gradient for sgd.
    second
        Adam's mean of squares; 0 for the others.
    loss
        Before the step.
    """

    before: Values
    gradient: Values
    first: Values
    second: Values
    after: Values
    loss: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Descent:
    """Steps of gradient descent of all parameters.

    Parameters
    ----------
    start
        The network before the first step, traced.
    moves
        The steps.
    end
        The network after the last, traced.
    settings
        How it was moved.
    """

    start: Trace
    moves: tuple[Move, ...]
    end: Trace
    settings: DescentSettings

    @property
    def losses(self) -> list[float]:
        """Before each step, and after the last."""
        return [*(move.loss for move in self.moves), self.end.loss]


def descend(start: Trace, settings: DescentSettings) -> Descent:
    """Move all parameters of a network, step by step.

    Parameters
    ----------
    start
        The network and its examples, traced.
    settings
        Optimizer, learning rate, number of steps.

    Raises
    ------
    BadNetwork
        If the loss is no finite number any more.

    Notes
    -----
    As in PyTorch: v ← μ v + g and w ← w - η v with momentum; with Adam
    m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², and
    w ← w - η m̂ / (√v̂ + ε) with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ).
    """
    now, moves = start, list[Move]()
    first = second = np.zeros(start.network.n_parameters)
    for number in range(1, settings.steps + 1):
        before, gradient = flat_values(now.network), flat_gradients(now)
        first, second = _moments(settings, gradient, first, second)
        after = before - settings.learning_rate * _way(settings, first, second, number)
        moves.append(Move(before, gradient, first, second, after, now.loss))
        if not np.isfinite(after).all():
            raise _diverged(number)
        with np.errstate(over="ignore", invalid="ignore"):  # the next line tells it
            now = trace(with_values(now.network, after), start.inputs, start.target)
        if not np.isfinite(now.loss):
            raise _diverged(number)
    return Descent(start, tuple(moves), now, settings)


def _moments(
    settings: DescentSettings, gradient: Values, first: Values, second: Values
) -> tuple[Values, Values]:
    if settings.optimizer == "sgd":
        return gradient, second
    if settings.optimizer == "momentum":
        return settings.momentum * first + gradient, second
    beta1, beta2 = settings.beta1, settings.beta2
    return (
        beta1 * first + (1 - beta1) * gradient,
        beta2 * second + (1 - beta2) * gradient**2,
    )


def _way(
    settings: DescentSettings, first: Values, second: Values, number: int
) -> Values:
    """What is taken off the values, but for the learning rate."""
    if settings.optimizer != "adam":
        return first
    mean, square = corrected(settings, first, second, number)
    way: Values = mean / (np.sqrt(square) + settings.epsilon)
    return way


def corrected(
    settings: DescentSettings, first: Values, second: Values, number: int
) -> tuple[Values, Values]:
    """Adam's two means, corrected for their beginning at 0."""
    return (
        first / (1 - settings.beta1**number),
        second / (1 - settings.beta2**number),
    )


def flat_values(network: Network) -> Values:
    """Values of all parameters, in the order of `Network.parameters`."""
    parts = []
    for layer in network.layers:
        parts.append(layer.weights.ravel())
        if layer.has_bias:
            parts.append(layer.bias)
    return np.concatenate(parts)


def flat_gradients(traced: Trace) -> Values:
    """Gradients of all parameters, in the same order."""
    parts = []
    for number, layer in enumerate(traced.network.layers, 1):
        parts.append(traced.weight_gradients(number).ravel())
        if layer.has_bias:
            parts.append(traced.bias_gradients(number))
    return np.concatenate(parts)


def with_values(network: Network, values: Values) -> Network:
    """The network with other values of all parameters."""
    layers, place = [], 0
    for layer in network.layers:
        end = place + layer.weights.size
        weights, bias = values[place:end].reshape(layer.weights.shape), layer.bias
        if layer.has_bias:
            place, end = end, end + layer.n_units
            bias = values[place:end]
        layers.append(replace(layer, weights=weights, bias=bias))
        place = end
    return replace(network, layers=tuple(layers))


def _diverged(number: int) -> BadNetwork:
    return BadNetwork(
        where=f"step {number}",
        found="a loss that is no finite number: the steps are too long",
        expected="steps by which parameters stay finite",
        advice="Give a lower learning rate.",
    )
