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


def has_one_path(network: Network, parameter: Parameter) -> bool:
    """Whether a single chain leads from the loss to a parameter."""
    later = network.layers[parameter.layer :]
    mixes = [
        layer.activation == "softmax" for layer in network.layers[parameter.layer - 1 :]
    ]
    is_alone = network.layers[parameter.layer - 1].n_units == 1 or bool(later)
    return is_alone and all(layer.n_units == 1 for layer in later) and not any(mixes)


def n_paths(network: Network, parameter: Parameter) -> int:
    """Ways from the loss to a parameter through the units of later layers."""
    return int(np.prod([layer.n_units for layer in network.layers[parameter.layer :]]))


def chain(trace: Trace, parameter: Parameter, example: int) -> tuple[Link, ...]:
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
    network = trace.network
    links = []
    for layer in range(len(network.layers), parameter.layer - 1, -1):
        unit = parameter.unit if layer == parameter.layer else 1
        links += _into(trace, layer, unit, example)
        if layer > parameter.layer:
            below = parameter.unit if layer - 1 == parameter.layer else 1
            weight = float(network.layers[layer - 1].weights[0, below - 1])
            links.append(Link("weight", layer, unit, weight))
    if parameter.source is None:
        return (*links, Link("bias", parameter.layer, parameter.unit, 1.0))
    value = float(trace.before(parameter.layer)[example, parameter.source - 1])
    return (*links, Link("input", parameter.layer, parameter.unit, value))


def _into(trace: Trace, layer: int, unit: int, example: int) -> list[Link]:
    """Links from a, or from the loss, to z of a unit."""
    network = trace.network
    is_last = layer == len(network.layers)
    if is_last and network.loss in NEEDS:
        value = float(trace.delta[-1][example, unit - 1])
        return [Link("joint", layer, unit, value)]
    slope = float(derivatives(trace, layer)[example, unit - 1])
    links = [Link("activation", layer, unit, slope)]
    if is_last:
        value = float(trace.upstream(layer)[example, unit - 1])
        links.insert(0, Link("loss", layer, unit, value))
    return links


def derivatives(trace: Trace, layer: int) -> Values:
    """∂a/∂z of each unit of a layer by itself, (n_examples, n_units)."""
    this_layer = trace.network.layers[layer - 1]
    z, a = trace.z[layer - 1], trace.a[layer - 1]
    return ACTIVATIONS[this_layer.activation].derivative(z, a, this_layer.slope)
