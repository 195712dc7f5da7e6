"""The links between the loss of one example and one parameter."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bioloom.backprop.activations import ACTIVATIONS
from bioloom.backprop.layers import Network, Parameter
from bioloom.backprop.losses import NEEDS
from bioloom.backprop.tracing import Trace

Kind = Literal["loss", "joint", "activation", "weight", "input", "bias"]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Link:
    """One factor of the chain rule.

    Parameters
    ----------
    kind
        "loss" is ∂J/∂a of the last layer, "joint" ∂J/∂z of it; "activation" ∂a/∂z;
        "weight" ∂z/∂a of the layer before; "input" ∂z/∂w and "bias" ∂z/∂b.
    layer, unit
        Where it lies, from 1.
    value
        Its number.
    """

    kind: Kind
    layer: int
    unit: int
    value: float


def has_one_path(network: Network, one: Parameter) -> bool:
    """Whether a single chain leads from the loss to a parameter."""
    later = network.layers[one.layer :]
    mixes = [layer.activation == "softmax" for layer in network.layers[one.layer - 1 :]]
    is_alone = network.layers[one.layer - 1].n_units == 1 or bool(later)
    return is_alone and all(layer.n_units == 1 for layer in later) and not any(mixes)


def n_paths(network: Network, one: Parameter) -> int:
    """Ways from the loss to a parameter through the units of later layers."""
    return int(np.prod([layer.n_units for layer in network.layers[one.layer :]]))


def chain(found: Trace, one: Parameter, example: int) -> tuple[Link, ...]:
    """The links of a single path, from the loss to the parameter.

    Parameters
    ----------
    found
        Of a network that `has_one_path` to the parameter.
    one
        The parameter.
    example
        Row of the example.
    """
    network = found.network
    links = []
    for layer in range(len(network.layers), one.layer - 1, -1):
        unit = one.unit if layer == one.layer else 1
        links += _into(found, layer, unit, example)
        if layer > one.layer:
            below = one.unit if layer - 1 == one.layer else 1
            weight = float(network.layers[layer - 1].weights[0, below - 1])
            links.append(Link("weight", layer, unit, weight))
    if one.source is None:
        return (*links, Link("bias", one.layer, one.unit, 1.0))
    value = float(found.before(one.layer)[example, one.source - 1])
    return (*links, Link("input", one.layer, one.unit, value))


def _into(found: Trace, layer: int, unit: int, example: int) -> list[Link]:
    """Links from a, or from the loss, to z of a unit."""
    network = found.network
    is_last = layer == len(network.layers)
    if is_last and network.loss in NEEDS:
        value = float(found.delta[-1][example, unit - 1])
        return [Link("joint", layer, unit, value)]
    slope = float(derivatives(found, layer)[example, unit - 1])
    links = [Link("activation", layer, unit, slope)]
    if is_last:
        value = float(found.upstream(layer)[example, unit - 1])
        links.insert(0, Link("loss", layer, unit, value))
    return links


def derivatives(found: Trace, layer: int) -> Values:
    """∂a/∂z of each unit of a layer by itself, (n_examples, n_units)."""
    own = found.network.layers[layer - 1]
    z, a = found.z[layer - 1], found.a[layer - 1]
    return ACTIVATIONS[own.activation].derivative(z, a, own.slope)
