"""Feed-forward networks: layers, their parameters and the names of these."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from bioloom.backprop.activations import Name as ActivationName
from bioloom.backprop.errors import BadNetwork
from bioloom.backprop.losses import NEEDS
from bioloom.backprop.losses import Name as LossName
from bioloom.errors import UnknownName

Values = NDArray[np.float64]
_LONG = re.compile(r"([wb])(\d+)\[(\d+)(?:,\s*(\d+))?\]")
_MOST_NAMES = 1000  # looked at for a similar one
_DIGITS = re.compile(r"\d")
_SHORT = re.compile(r"(?:w([1-9])([1-9])|b(\d+))")


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """z = W x + b, then an activation.

    Parameters
    ----------
    weights
        W, shape (n_units, n_inputs).
    bias
        b, shape (n_units,).
    activation
        Its name.
    slope
        Of leaky ReLU below 0.
    has_bias
        Whether b is a parameter; without one it is 0 and stays so.
    """

    weights: Values
    bias: Values
    activation: ActivationName = "identity"
    slope: float = 0.01
    has_bias: bool = True

    @property
    def n_parameters(self) -> int:
        """Weights and biases."""
        return int(self.weights.size + self.has_bias * self.n_units)

    @property
    def n_units(self) -> int:
        """Outputs of the layer."""
        return len(self.bias)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A weight or bias: its layer, its unit and, for a weight, its input; from 1."""

    layer: int
    unit: int
    source: int | None = None

    @property
    def is_weight(self) -> bool:
        """Whether it is a weight."""
        return self.source is not None


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Layers in order, and the loss of the outputs.

    Parameters
    ----------
    layers
        From input to output.
    loss
        Its name.

    Raises
    ------
    BadNetwork
        If shapes do not fit, a parameter is not a finite number, or the loss needs a
        different last activation.
    """

    layers: tuple[Layer, ...]
    loss: LossName = "half_squared_error"

    def __post_init__(self) -> None:
        """Check that the parts fit."""
        for number, layer in enumerate(self.layers, 1):
            _check_layer(number, layer)
        for number, (first, second) in enumerate(pairwise(self.layers), 2):
            if second.weights.shape[1] != first.n_units:
                raise _misfit(
                    number,
                    f"weights for {second.weights.shape[1]} inputs",
                    f"the {first.n_units} units of layer {number - 1}",
                )
        wanted = NEEDS.get(self.loss)
        if wanted not in (None, self.layers[-1].activation):
            raise BadNetwork(
                where="loss",
                found=f"{self.loss} after {self.layers[-1].activation}",
                expected=f"it after {wanted}",
                advice=f"Give the last layer the activation {wanted}, or change the "
                "loss.",
            )

    @property
    def n_inputs(self) -> int:
        """Number of inputs."""
        return int(self.layers[0].weights.shape[1])

    @property
    def widths(self) -> tuple[int, ...]:
        """Inputs, then units of each layer."""
        return (self.n_inputs, *(layer.n_units for layer in self.layers))

    @property
    def n_parameters(self) -> int:
        """Weights and biases."""
        return sum(layer.n_parameters for layer in self.layers)

    def value(self, parameter: Parameter) -> float:
        """A parameter's value."""
        layer = self.layers[parameter.layer - 1]
        if parameter.source is None:
            return float(layer.bias[parameter.unit - 1])
        return float(layer.weights[parameter.unit - 1, parameter.source - 1])

    def with_value(self, parameter: Parameter, value: float) -> "Network":
        """The network with another value of one parameter."""
        layers = list(self.layers)
        layer = layers[parameter.layer - 1]
        weights, bias = layer.weights.copy(), layer.bias.copy()
        if parameter.source is None:
            bias[parameter.unit - 1] = value
        else:
            weights[parameter.unit - 1, parameter.source - 1] = value
        layers[parameter.layer - 1] = replace(layer, weights=weights, bias=bias)
        return replace(self, layers=tuple(layers))

    def name_of(self, parameter: Parameter) -> str:
        """Short, as in w11 and b1, where the layer has one unit; else w1[2,3], b1[2].

        The first number is the layer's; then follow, for w11 the input, for w1[2,3] the
        unit and the input.
        """
        is_short = self.layers[parameter.layer - 1].n_units == 1
        if parameter.source is None:
            return f"b{parameter.layer}" + ("" if is_short else f"[{parameter.unit}]")
        if is_short and parameter.layer < 10 and parameter.source < 10:
            return f"w{parameter.layer}{parameter.source}"
        return f"w{parameter.layer}[{parameter.unit},{parameter.source}]"

    def parameters(self) -> Iterator[Parameter]:
        """All parameters: of each layer its weights row by row, then its biases."""
        for number in range(1, len(self.layers) + 1):
            yield from self.parameters_of(number)

    def parameters_of(self, number: int) -> Iterator[Parameter]:
        """Weights of a layer, row by row, then its biases."""
        layer = self.layers[number - 1]
        for unit, source in np.ndindex(layer.weights.shape):
            yield Parameter(number, unit + 1, source + 1)
        for unit in range(layer.n_units * layer.has_bias):
            yield Parameter(number, unit + 1)

    def parameter(self, name: str) -> Parameter:
        """The parameter of a name.

        Raises
        ------
        UnknownName
            If there is none.
        """
        parsed = _parsed(name.replace(" ", ""))
        if parsed is not None and self._has(parsed, name):
            return parsed
        first = [self.name_of(one) for one in islice(self.parameters(), _MOST_NAMES)]
        known = self._meant(name) or first
        raise UnknownName(name, kind="parameter", where="network", known=known)

    def _meant(self, name: str) -> list[str]:
        """Parameters that a name such as w11 or W1[1][2] may mean in wide layers."""
        digits = [int(digit) for digit in _DIGITS.findall(name)]
        if name[:1].lower() == "b" and digits:
            places = [Parameter(digits[0], unit) for unit in (digits + [1, 2])[1:3]]
        elif (
            len(digits) == 2
        ):  # w11: of the layer, the input; or the unit and the input
            layer, source = digits
            places = [Parameter(layer, 1, source), Parameter(1, layer, source)]
        elif len(digits) == 3:
            places = [Parameter(*digits)]
        else:
            return []
        there = [self.name_of(place) for place in places if self._holds(place)]
        return list(dict.fromkeys(there))

    def _holds(self, parameter: Parameter) -> bool:
        """Whether there is such a parameter, whatever it was called."""
        return self._has(parameter, "[")

    def _has(self, parameter: Parameter, name: str) -> bool:
        if not 1 <= parameter.layer <= len(self.layers):
            return False
        layer = self.layers[parameter.layer - 1]
        is_told = "[" in name or layer.n_units == 1
        in_range = layer.has_bias
        if parameter.source is not None:
            in_range = 1 <= parameter.source <= layer.weights.shape[1]
        return is_told and in_range and 1 <= parameter.unit <= layer.n_units


def _parsed(name: str) -> Parameter | None:
    if match := _LONG.fullmatch(name):
        kind, layer, unit, source = match.groups()
        if (kind == "w") == (source is not None):
            return Parameter(int(layer), int(unit), int(source) if source else None)
    elif match := _SHORT.fullmatch(name):
        layer, source, of_bias = match.groups()
        if of_bias:
            return Parameter(int(of_bias), 1)
        return Parameter(int(layer), 1, int(source))
    return None


def _check_layer(number: int, layer: Layer) -> None:
    shape = layer.weights.shape
    if len(shape) != 2 or not layer.weights.size or layer.bias.shape != shape[:1]:
        raise _misfit(
            number,
            f"weights of shape {shape} and {layer.bias.size} biases",
            "a row of weights and a bias for each unit",
        )
    for name, values in (("weights", layer.weights), ("bias", layer.bias)):
        if not np.isfinite(values).all():
            place = tuple(int(k) + 1 for k in np.argwhere(~np.isfinite(values))[0])
            raise BadNetwork(
                where=f"layer {number}, {name}, place {place}",
                found=str(values[~np.isfinite(values)][0]),
                expected="a finite number",
                advice="Correct the parameter.",
            )


def _misfit(number: int, found: str, expected: str) -> BadNetwork:
    return BadNetwork(
        where=f"layer {number}",
        found=found,
        expected=expected,
        advice="Correct the layer's shape.",
    )
