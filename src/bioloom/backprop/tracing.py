"""Forward and backward through a network, with every intermediate value."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.backprop.activations import ACTIVATIONS
from bioloom.backprop.errors import BadNetwork
from bioloom.backprop.layers import Layer, Network, Parameter
from bioloom.backprop.losses import NEEDS, joint_slope, loss, slope

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Trace:
    """All values of a forward and a backward pass.

    Parameters
    ----------
    network
        That was traced.
    inputs, target
        Examples, shapes (n_examples, n_inputs) and (n_examples, n_outputs).
    z, a
        Of each layer, before and after its activation, (n_examples, n_units).
    losses
        Of each example.
    delta
        Derivative of each example's own loss by z, like `z`.
    decimals
        To which z and a were rounded; None if they were not.
    """

    network: Network
    inputs: Values
    target: Values
    z: tuple[Values, ...]
    a: tuple[Values, ...]
    losses: Values
    delta: tuple[Values, ...]
    decimals: int | None = None

    @property
    def loss(self) -> float:
        """Mean over the examples."""
        return float(self.losses.mean())

    @property
    def n_examples(self) -> int:
        """Examples."""
        return len(self.inputs)

    def before(self, layer: int) -> Values:
        """What goes into a layer, counted from 1."""
        return self.a[layer - 2] if layer > 1 else self.inputs

    def weight_gradients(self, layer: int) -> Values:
        """Derivatives of the loss by the weights of a layer, counted from 1."""
        gradients: Values = (
            self.delta[layer - 1].T @ self.before(layer) / self.n_examples
        )
        return gradients

    def bias_gradients(self, layer: int) -> Values:
        """Derivatives of the loss by the biases of a layer, counted from 1."""
        gradients: Values = self.delta[layer - 1].mean(axis=0)
        return gradients

    def gradient(self, parameter: Parameter) -> float:
        """Derivative of the mean loss by one parameter."""
        return float(self.gradients_by_example(parameter).mean())

    def gradients_by_example(self, parameter: Parameter) -> Values:
        """Derivative of each example's own loss by one parameter, (n_examples,)."""
        delta = self.delta[parameter.layer - 1][:, parameter.unit - 1]
        if parameter.source is None:
            return delta
        slopes: Values = delta * self.before(parameter.layer)[:, parameter.source - 1]
        return slopes

    def gradient_of(self, name: str) -> float:
        """Derivative of the loss by the parameter of a name, such as ``w11``.

        Raises
        ------
        UnknownName
            If there is no such parameter.
        """
        return self.gradient(self.network.parameter(name))

    def upstream(self, layer: int) -> Values:
        """Derivative of each example's loss by a of a layer, counted from 1.

        Of the last layer only for losses that have it; see `joint_slope`.
        """
        if layer == len(self.z):
            return slope(self.network.loss, self.a[-1], self.target)
        after: Values = self.delta[layer] @ self.network.layers[layer].weights
        return after

    def forward_frame(self) -> pd.DataFrame:
        """One row per unit and example: z, a, and the derivatives by z."""
        parts = []
        for number, layer in enumerate(self.network.layers, 1):
            example, unit = np.indices(self.z[number - 1].shape)
            parts.append(
                pd.DataFrame(
                    {
                        "example": example.ravel() + 1,
                        "layer": number,
                        "unit": unit.ravel() + 1,
                        "activation": layer.activation,
                        "z": self.z[number - 1].ravel(),
                        "a": self.a[number - 1].ravel(),
                        "delta": self.delta[number - 1].ravel(),
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)

    def to_frame(self) -> pd.DataFrame:
        """One row per parameter: name, layer, unit, input, value, gradient."""
        frames = []
        for number, layer in enumerate(self.network.layers, 1):
            unit, source = (
                index.ravel() + 1 for index in np.indices(layer.weights.shape)
            )
            weights = {"layer": number, "unit": unit, "input": source}
            weights |= {"value": layer.weights.ravel()}
            weights |= {"gradient": self.weight_gradients(number).ravel()}
            frames.append(pd.DataFrame(weights))
            if layer.has_bias:
                bias = {"layer": number, "unit": np.arange(1, layer.n_units + 1)}
                bias |= {"value": layer.bias, "gradient": self.bias_gradients(number)}
                frames.append(pd.DataFrame(bias))
        frame = pd.concat(frames, ignore_index=True).astype({"input": "Int64"})
        names = [
            self.network.name_of(parameter) for parameter in self.network.parameters()
        ]
        frame.insert(0, "parameter", names)
        return frame


def trace(
    network: Network, inputs: Values, target: Values, *, decimals: int | None = None
) -> Trace:
    """Run examples forward and their losses backward.

    Parameters
    ----------
    network
        Layers and loss.
    inputs, target
        Shapes (n_examples, n_inputs) and (n_examples, n_outputs).
    decimals
        Round every z and a of the forward pass to this many decimals, as one does by
        hand; derivatives are then taken at the rounded values and not rounded again.

    Raises
    ------
    BadNetwork
        If the examples do not fit the network, or a target does not fit the loss.

    Notes
    -----
    Backward, δ = ∂J/∂z of a layer is φ'(z) times the weights of the next layer
    (transposed) times its δ; ∂J/∂W = δ xᵀ and ∂J/∂b = δ. Time and memory O(n_examples ·
    n_parameters) and O(n_examples · n_units).

    Examples
    --------
    >>> from bioloom.backprop.data import read_problem
    >>> network, examples = read_problem()
    >>> traced = trace(network, *examples)
    >>> round(traced.gradient(network.parameter("w11")), 7)
    -0.0528771
    """
    _check_examples(network, inputs, target)
    z, a, values = [], [], inputs
    for layer in network.layers:
        z.append(_rounded(values @ layer.weights.T + layer.bias, decimals))
        applied = ACTIVATIONS[layer.activation].apply(z[-1], layer.slope)
        values = _rounded(applied, decimals)
        a.append(values)
    losses = loss(network.loss, z[-1], values, target)
    delta = _backward(network, z, a, target)
    return Trace(network, inputs, target, tuple(z), tuple(a), losses, delta, decimals)


def _rounded(values: Values, decimals: int | None) -> Values:
    return values if decimals is None else np.round(values, decimals)


def _backward(
    network: Network, z: list[Values], a: list[Values], target: Values
) -> tuple[Values, ...]:
    last = network.layers[-1]
    if network.loss in NEEDS:
        delta = joint_slope(network.loss, z[-1], a[-1], target)
    else:
        upstream = slope(network.loss, a[-1], target)
        delta = pulled_back(last, z[-1], a[-1], upstream)
    deltas = [delta]
    for k in range(len(z) - 2, -1, -1):
        upstream = deltas[0] @ network.layers[k + 1].weights
        deltas.insert(0, pulled_back(network.layers[k], z[k], a[k], upstream))
    return tuple(deltas)


def pulled_back(layer: Layer, z: Values, a: Values, upstream: Values) -> Values:
    """Derivatives by z of a layer, given those by a."""
    if layer.activation == "softmax":
        centred: Values = upstream - (upstream * a).sum(axis=1, keepdims=True)
        return a * centred
    return upstream * ACTIVATIONS[layer.activation].derivative(z, a, layer.slope)


def _check_examples(network: Network, inputs: Values, target: Values) -> None:
    n_inputs, n_outputs = network.n_inputs, network.widths[-1]
    shapes = inputs.shape, target.shape
    if shapes != ((len(inputs), n_inputs), (len(inputs), n_outputs)) or not len(inputs):
        raise BadNetwork(
            where="examples",
            found=f"inputs of shape {shapes[0]} and targets of shape {shapes[1]}",
            expected=f"{n_inputs} inputs and {n_outputs} targets each",
            advice="Correct the examples.",
        )
    for name, values in (("input", inputs), ("target", target)):
        for row in np.flatnonzero(~np.isfinite(values).all(axis=1))[:1]:
            raise _bad_example(row, f"the {name} {values[row].tolist()}", "numbers")
    is_share = (target >= 0) & (target <= 1)
    sums = np.abs(target.sum(axis=1) - 1) < 1e-9
    for row in range(len(target)):
        if network.loss in NEEDS and not is_share[row].all():
            expected = f"targets of {network.loss} from 0 to 1"
        elif network.loss == "cross_entropy" and not sums[row]:
            expected = "targets of cross_entropy that add up to 1"
        else:
            continue
        raise _bad_example(row, str(target[row].tolist()), expected)


def _bad_example(row: int, found: str, expected: str) -> BadNetwork:
    return BadNetwork(
        where=f"example {row + 1}",
        found=found,
        expected=expected,
        advice="Correct the example.",
    )
