"""The chain rule for one parameter: symbols, derivatives, numbers, product."""

from collections.abc import Iterator, Sequence

import numpy as np

from bioloom.backprop import symbols
from bioloom.backprop.chain import Link, chain, derivatives, has_one_path, n_paths
from bioloom.backprop.explaining.wording import (
    MOST_TERMS,
    cut,
    factor,
    number,
    plain,
    quantity,
)
from bioloom.backprop.layers import Parameter
from bioloom.backprop.losses import NEEDS
from bioloom.backprop.tracing import Trace
from bioloom.explain import Step, cell
from bioloom.run.language import mark, tr, trn


def chain_rule(trace: Trace, wrt: Parameter, example: int) -> list[Step]:
    """Link by link, or layer by layer where many paths lead to the parameter."""
    if has_one_path(trace.network, wrt):
        return _one_path(trace, wrt, example)
    return _many_paths(trace, wrt, example)


def _one_path(trace: Trace, wrt: Parameter, example: int) -> list[Step]:
    network = trace.network
    links = chain(trace, wrt, example)
    loss = symbols.loss_of(trace.n_examples, example)
    gradient = symbols.ratio(loss, symbols.parameter(network, wrt))
    left = [symbols.left_side(network, link, wrt, loss=loss) for link in links]
    right = [symbols.right_side(network, link, wrt) for link in links]
    first = Step(
        claim=tr(
            "A single chain leads from {loss} to {parameter}; each link is the "
            "derivative of one quantity with respect to the next.",
            loss=plain(loss),
            parameter=network.name_of(wrt),
        ),
        formula=f"{gradient} = " + r" \cdot ".join(left),
    )
    factors = [
        Step(
            claim=tr(_LINKS[link.kind]),
            formula=f"{above} = {equal}",
            value=quantity(link.value),
        )
        for link, above, equal in zip(links, left, right, strict=True)
    ]
    return [first, *factors, _product(gradient, links)]


_LINKS = {
    "loss": mark("How the loss changes with the output."),
    "joint": mark(
        "How the loss changes with the last z. The last activation and the loss are "
        "differentiated together, so no precision is lost where y is 0 or 1."
    ),
    "activation": mark("How the activation changes with its z."),
    "weight": mark(
        "How z changes with the output of the previous layer: by the weight."
    ),
    "input": mark("How z changes with the weight: by the input."),
    "bias": mark("How z changes with the bias: one to one."),
}


def _product(gradient: str, links: Sequence[Link]) -> Step:
    value = float(np.prod([link.value for link in links]))
    blocked = next((link for link in links if link.value == 0), None)
    claim = tr("The product of the links.")
    if blocked:
        claim = tr(
            "{sentence} A factor is exactly 0 (layer {layer}): no gradient passes, and "
            "the parameter learns nothing from this example.",
            sentence=claim,
            layer=blocked.layer,
        )
    factors = r" \cdot ".join(factor(link.value) for link in links)
    return Step(
        claim=claim,
        substitution=f"{gradient} = {factors}",
        value=quantity(value),
    )


def _many_paths(trace: Trace, wrt: Parameter, example: int) -> list[Step]:
    network = trace.network
    loss = symbols.loss_of(trace.n_examples, example)
    symbol = symbols.parameter(network, wrt)
    delta = symbols.unit(r"\delta", wrt.layer, wrt.unit)
    inward = symbols.before(wrt.layer, wrt.source) if wrt.source else "1"
    claim = trn(
        "{n} path leads from {loss} to {parameter}. Its parts: δ of a unit is the "
        "derivative of {loss} by its z.",
        "{n:,} paths lead from {loss} to {parameter}, through every unit above. They "
        "share their parts: δ of a unit is the derivative of {loss} by its z.",
        n_paths(network, wrt),
        loss=plain(loss),
        parameter=network.name_of(wrt),
    )
    first = Step(
        claim=claim,
        formula=rf"{symbols.ratio(loss, symbol)} = {delta} \cdot {inward}",
    )
    layers = range(len(network.layers), wrt.layer, -1)
    return [
        first,
        *(_layer_delta(trace, layer, example) for layer in layers),
        _own_delta(trace, wrt, example),
        _last_product(trace, wrt, example),
    ]


def _layer_delta(trace: Trace, layer: int, example: int) -> Step:
    """δ of all units of a layer above the parameter's."""
    is_last = layer == len(trace.network.layers)
    claim = tr("δ of layer {layer}; the formula is that of unit 1.", layer=layer)
    if is_last:
        claim = tr("δ of the outputs; the formula is that of unit 1.")
    if is_last and trace.network.layers[layer - 1].activation == "softmax":
        claim = tr("{sentence} R sums the other exponentials.", sentence=claim)
    values = trace.delta[layer - 1][example]

    def lines() -> Iterator[str]:
        unit = cell(tr("unit"), 6, to="right")
        yield f"{unit} {'z':>12} {'a':>12} {'δ':>14}"
        for k, slope in enumerate(values):
            z, a = trace.z[layer - 1][example, k], trace.a[layer - 1][example, k]
            yield f"{k + 1:>6} {number(z):>12} {number(a):>12} {slope:>14.7g}"

    return Step(
        claim=claim,
        formula=_delta_formula(trace, layer, 1),
        value=quantity(float(values[0])),
        detail=cut(lines()),
    )


def _delta_formula(trace: Trace, layer: int, unit: int) -> str:
    """δ of a unit in symbols."""
    network = trace.network
    this_layer = network.layers[layer - 1]
    delta = symbols.unit(r"\delta", layer, unit)
    if layer == len(network.layers):
        if network.loss in NEEDS:
            return f"{delta} = {symbols.joint_slope(network, unit)}"
        slope = rf"\left({symbols.loss_slope(network, unit)}\right)"
    else:
        n = network.widths[layer + 1]
        weight = rf"w^{{({layer + 1})}}_{{k,{unit}}}"
        slope = rf"\sum_{{k=1}}^{{{n}}} {weight} \delta_{{{layer + 1},k}}"
    if this_layer.activation == "softmax":
        a = symbols.unit("a", layer, unit)
        return (
            rf"{delta} = {a} \left( g_{{{unit}}} - \sum_j g_j a_{{j}} \right) "
            rf"\qquad g_{{{unit}}} = {slope}"
        )
    moved = symbols.activation_slope(this_layer, layer, unit)
    return rf"{delta} = \left({moved.split(' = ')[-1]}\right) \cdot {slope}"


def _own_delta(trace: Trace, wrt: Parameter, example: int) -> Step:
    """δ of the parameter's unit, its terms put in where it has a layer above."""
    value = float(trace.delta[wrt.layer - 1][example, wrt.unit - 1])
    put_in = ""
    this_layer = trace.network.layers[wrt.layer - 1]
    if wrt.layer < len(trace.network.layers) and this_layer.activation != "softmax":
        weights = trace.network.layers[wrt.layer].weights[:, wrt.unit - 1]
        above = trace.delta[wrt.layer][example]
        slope = float(derivatives(trace, wrt.layer)[example, wrt.unit - 1])
        put_in = rf"{factor(slope)} \cdot ({_terms(weights, above)})"
    return Step(
        claim=tr(
            "δ of the parameter's unit sums what the units of the next layer pass back."
        ),
        formula=_delta_formula(trace, wrt.layer, wrt.unit),
        substitution=put_in,
        value=quantity(value),
    )


def _terms(weights: np.ndarray, above: np.ndarray) -> str:
    """The largest products, and the sum of the others."""
    parts = weights * above
    order = np.sort(np.argsort(-np.abs(parts), kind="stable")[:MOST_TERMS])
    terms = [rf"{factor(weights[k])} \cdot {factor(above[k])}" for k in order]
    rest = len(parts) - len(order)
    if rest:
        word = tr("more")
        terms.append(f"({number(parts.sum() - parts[order].sum())})_{{{rest} {word}}}")
    return " + ".join(terms)


def _last_product(trace: Trace, wrt: Parameter, example: int) -> Step:
    delta = float(trace.delta[wrt.layer - 1][example, wrt.unit - 1])
    value = 1.0
    if wrt.source is not None:
        value = float(trace.before(wrt.layer)[example, wrt.source - 1])
    loss = symbols.loss_of(trace.n_examples, example)
    gradient = symbols.ratio(loss, symbols.parameter(trace.network, wrt))
    return Step(
        claim=tr("Times the input."),
        substitution=rf"{gradient} = {factor(delta)} \cdot {factor(value)}",
        value=quantity(delta * value),
    )
