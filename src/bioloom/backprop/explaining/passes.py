"""Forward, loss, all gradients, and what deserves a warning."""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from bioloom.backprop import symbols
from bioloom.backprop.activations import KINKED, SATURATING
from bioloom.backprop.chain import derivatives
from bioloom.backprop.explaining.wording import (
    MOST_LINES,
    MOST_TERMS,
    cut,
    few,
    number,
    plain,
    quantity,
)
from bioloom.backprop.layers import Layer
from bioloom.backprop.losses import NEEDS
from bioloom.backprop.tracing import Trace
from bioloom.explain import Step, Verdict, cell
from bioloom.run.language import listed, mark, tr

FLAT = 0.01
"""Derivative below which a sigmoid or tanh is called saturated."""
_SOURCE = "Rumelhart, Hinton & Williams 1986, doi:10.1038/323533a0"
_RELU = mark("PyTorch uses 0 as well; any number from 0 to 1 would be a subgradient")
_LOSSES = {
    "half_squared_error": r"\frac{1}{2} \sum_k (y_k - t_k)^2",
    "mse": r"\frac{1}{n} \sum_k (y_k - t_k)^2",
    "binary_cross_entropy": r"-\frac{1}{n} \sum_k \left( t_k \ln(y_k) + "
    r"(1 - t_k) \ln(1 - y_k) \right)",
    "cross_entropy": r"-\sum_k t_k \ln(y_k)",
}


def forward(trace: Trace, example: int) -> Step:
    """Table of z and a."""
    return Step(
        claim=tr(
            "Forward: a unit adds its weighted inputs and its bias to z; its "
            "activation turns that into a. The last layer's a is y."
        ),
        formula=r"z = \sum_j w_j x_j + b \qquad a = \varphi(z)",
        detail=tuple(_forward_lines(trace, example)),
    )


def _forward_lines(trace: Trace, example: int) -> Iterator[str]:
    unit, activation = tr("unit"), tr("activation")
    heading = f"{cell(unit, 10, to='right')}  {cell(activation, 10)}"
    yield f"{heading} {'z':>12} {'a':>12}"
    places, more = few(trace.inputs.shape[1])
    for k in places:
        shown = number(trace.inputs[example, k])
        yield f"{f'x {k + 1}':>10}  {'':<10} {'':>12} {shown:>12}"
    yield from [more] * bool(more)
    for k, layer in enumerate(trace.network.layers):
        places, more = few(layer.n_units)
        for place in places:
            pair = (number(values[k][example, place]) for values in (trace.z, trace.a))
            z, a = pair
            name = f"{k + 1}, {place + 1}"
            yield f"{name:>10}  {layer.activation:<10} {z:>12} {a:>12}"
        yield from [more] * bool(more)


def loss(trace: Trace, example: int) -> Step:
    """The loss of the example."""
    name = trace.network.loss
    y, t = trace.a[-1][example], trace.target[example]
    symbol = symbols.loss_of(trace.n_examples, example)
    put_in = ""
    if name == "half_squared_error" and len(y) == 1:
        put_in = rf"{symbol} = \frac{{1}}{{2}} ({number(y[0])} - {number(t[0])})^2"
    claim = tr("The loss compares y with the target t.")
    if trace.n_examples > 1:
        claim = tr(
            "The loss {symbol} of example {number} compares its y with its target t. J "
            "without a number is the mean over the {n:,} examples: {loss:.7g}.",
            symbol=plain(symbol),
            number=example + 1,
            n=trace.n_examples,
            loss=trace.loss,
        )
    return Step(
        claim=claim,
        formula=f"{symbol} = {_LOSSES[name]}",
        substitution=put_in,
        value=quantity(float(trace.losses[example])),
    )


def gradients(trace: Trace) -> Step:
    """Table of all gradients, of wide layers the first."""
    claim = tr(
        "Backward, from the loss to the first layer, each product is reused: "
        "one pass gives the derivatives of J with respect to all parameters."
    )
    formula = (
        r"{\delta} = \varphi'(z) \cdot W_{next}^T \delta_{next} \qquad "
        r"\frac{\partial J}{\partial w} = {\delta} \cdot x \qquad "
        r"\frac{\partial J}{\partial b} = {\delta}"
    )
    if trace.n_examples > 1:
        claim = tr(
            "Backward, from the loss of each example to the first layer, each product "
            "is reused: one pass gives its derivatives with respect to all parameters. "
            "The table shows their means, the derivatives of J."
        )
        formula = (
            r"\frac{\partial J_i}{\partial w} = {\delta} \cdot x \qquad "
            r"\frac{\partial J_i}{\partial b} = {\delta} \qquad "
            r"\frac{\partial J}{\partial w} = \frac{1}{n} \sum_i "
            r"\frac{\partial J_i}{\partial w}"
        )
    return Step(
        claim=claim,
        formula=formula,
        detail=cut(_gradient_lines(trace)),
        source=_SOURCE,
    )


def _gradient_lines(trace: Trace) -> Iterator[str]:
    network = trace.network
    names = ((tr("parameter"), 12), (tr("value"), 12), (tr("gradient"), 14))
    yield " ".join(cell(name, width, to="right") for name, width in names)
    for layer in range(1, len(network.layers) + 1):
        this_layer = network.layers[layer - 1]
        n = this_layer.n_parameters
        is_small = network.n_parameters < MOST_LINES
        places, more = (range(n), "") if is_small else few(n)
        for parameter in islice(network.parameters_of(layer), len(places)):
            value, slope = network.value(parameter), trace.gradient(parameter) + 0.0
            name = network.name_of(parameter)
            yield f"{name:>12} {number(value):>12} {slope:>14.7g}"
        yield from [more] * bool(more)


def warnings(trace: Trace, example: int) -> Iterator[Step]:
    """Kinks, units that give nothing back, and saturated ones."""
    for k, layer in enumerate(trace.network.layers):
        z = trace.z[k][example]
        if layer.activation in KINKED and (z == 0).any():
            yield _kink(layer, _units(z == 0, k))
        if layer.activation == "relu" and (z < 0).any():
            yield Step(
                claim=tr(
                    "{units} z is below 0: ReLU gives 0 and passes no gradient "
                    "back. A unit for which this holds with every example is dead.",
                    units=_units(z < 0, k),
                ),
                verdict=Verdict("note", text=tr("gradient 0")),
            )
        # with a cross-entropy the last activation's slope is no factor
        is_joined = k + 1 == len(trace.z) and trace.network.loss in NEEDS
        if layer.activation in SATURATING and not is_joined:
            yield from _saturated(trace, k, example)


def _kink(layer: Layer, where: str) -> Step:
    taken = "0" if layer.activation == "relu" else number(layer.slope)
    return Step(
        claim=tr(
            "{units} z is exactly 0, where {activation} has a kink: its slope is "
            "{taken} on the left and 1 on the right; {taken} is used.",
            units=where,
            activation=layer.activation,
            taken=taken,
        ),
        verdict=Verdict("note", text=tr("no derivative there")),
        source=tr(_RELU) if taken == "0" else "",
    )


def _saturated(trace: Trace, k: int, example: int) -> Iterator[Step]:
    slopes = derivatives(trace, k + 1)[example]
    if (slopes < FLAT).any():
        yield Step(
            claim=tr(
                "{units} {activation} is saturated: its slope is below {limit:g} "
                "(least {least:.3g}), and hardly any gradient passes.",
                units=_units(slopes < FLAT, k),
                activation=trace.network.layers[k].activation,
                limit=FLAT,
                least=slopes.min(),
            ),
            verdict=Verdict("note", text=tr("vanishing gradient")),
        )


def _units(chosen: np.ndarray, k: int) -> str:
    """Units of a layer in words."""
    places = (np.flatnonzero(chosen) + 1).tolist()
    if len(places) == 1:
        return tr("Layer {layer}, unit {unit}:", layer=k + 1, unit=places[0])
    shown = listed(map(str, places[:MOST_TERMS]))
    if len(places) <= MOST_TERMS:
        return tr("Layer {layer}, units {units}:", layer=k + 1, units=shown)
    return tr(
        "Layer {layer}, units {units} and {n} more:",
        layer=k + 1,
        units=shown,
        n=len(places) - MOST_TERMS,
    )
