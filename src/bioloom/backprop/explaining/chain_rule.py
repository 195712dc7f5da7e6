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
    quantity,
)
from bioloom.backprop.layers import Parameter
from bioloom.backprop.losses import NEEDS
from bioloom.backprop.tracing import Trace
from bioloom.explain import Step, cell
from bioloom.run.language import mark, tr


def chain_rule(found: Trace, wrt: Parameter, example: int) -> list[Step]:
    """Link by link, or layer by layer where many paths lead to the parameter."""
    if has_one_path(found.network, wrt):
        return _one_path(found, wrt, example)
    return _many_paths(found, wrt, example)


def _one_path(found: Trace, wrt: Parameter, example: int) -> list[Step]:
    network = found.network
    links = chain(found, wrt, example)
    own = symbols.ratio("J", symbols.parameter(network, wrt))
    left = [symbols.left_side(network, one, wrt) for one in links]
    right = [symbols.right_side(network, one, wrt) for one in links]
    first = Step(
        claim=tr(
            "One chain leads from J to {parameter}: each link asks how much the left "
            "moves when the right does.",
            parameter=network.name_of(wrt),
        ),
        formula=f"{own} = " + r" \cdot ".join(left),
    )
    factors = [
        Step(
            claim=tr(_LINKS[one.kind]),
            formula=f"{above} = {equal}",
            value=quantity(one.value),
        )
        for one, above, equal in zip(links, left, right, strict=True)
    ]
    return [first, *factors, _product(found, wrt, links)]


_LINKS = {
    "loss": mark("How the loss moves with the output."),
    "joint": mark(
        "How the loss moves with the last z; the last activation and the loss together "
        "give this, and nothing is lost where y is 0 or 1."
    ),
    "activation": mark("How the activation moves with its z."),
    "weight": mark("How z moves with what comes from the layer below: by the weight."),
    "input": mark("How z moves with the weight: by what comes in."),
    "bias": mark("How z moves with the bias: one to one."),
}


def _product(found: Trace, wrt: Parameter, links: Sequence[Link]) -> Step:
    value = float(np.prod([one.value for one in links]))
    blocked = next((one for one in links if one.value == 0), None)
    claim = tr("The product of the links.")
    if blocked:
        claim = tr(
            "{told} A factor is exactly 0 (layer {layer}): nothing passes, and this "
            "example teaches the parameter nothing.",
            told=claim,
            layer=blocked.layer,
        )
    own = symbols.ratio("J", symbols.parameter(found.network, wrt))
    factors = r" \cdot ".join(factor(one.value) for one in links)
    return Step(
        claim=claim,
        substitution=f"{own} = {factors}",
        value=quantity(value),
    )


def _many_paths(found: Trace, wrt: Parameter, example: int) -> list[Step]:
    network = found.network
    own = symbols.parameter(network, wrt)
    delta = symbols.unit(r"\delta", wrt.layer, wrt.unit)
    inward = symbols.before(wrt.layer, wrt.source) if wrt.source else "1"
    n = n_paths(network, wrt)
    claim = tr(
        "1 path leads from J to {parameter}, through every unit above. They share "
        "their parts: δ of a unit is the derivative of J by its z.",
        parameter=network.name_of(wrt),
    )
    if n > 1:
        claim = tr(
            "{n:,} paths lead from J to {parameter}, through every unit above. They "
            "share their parts: δ of a unit is the derivative of J by its z.",
            n=n,
            parameter=network.name_of(wrt),
        )
    first = Step(
        claim=claim,
        formula=rf"{symbols.ratio('J', own)} = {delta} \cdot {inward}",
    )
    layers = range(len(network.layers), wrt.layer, -1)
    return [
        first,
        *(_layer_delta(found, layer, example) for layer in layers),
        _own_delta(found, wrt, example),
        _last_product(found, wrt, example),
    ]


def _layer_delta(found: Trace, layer: int, example: int) -> Step:
    """δ of all units of a layer above the parameter's."""
    is_last = layer == len(found.network.layers)
    claim = tr("δ of layer {layer}; the formula is that of unit 1.", layer=layer)
    if is_last:
        claim = tr("δ of the outputs; the formula is that of unit 1.")
    if is_last and found.network.layers[layer - 1].activation == "softmax":
        claim = tr("{told} R sums the other exponentials.", told=claim)
    values = found.delta[layer - 1][example]

    def lines() -> Iterator[str]:
        unit = cell(tr("unit"), 6, to="right")
        yield f"{unit} {'z':>12} {'a':>12} {'δ':>14}"
        for k, slope in enumerate(values):
            z, a = found.z[layer - 1][example, k], found.a[layer - 1][example, k]
            yield f"{k + 1:>6} {number(z):>12} {number(a):>12} {slope:>14.7g}"

    return Step(
        claim=claim,
        formula=_delta_formula(found, layer, 1),
        value=quantity(float(values[0])),
        detail=cut(lines()),
    )


def _delta_formula(found: Trace, layer: int, unit: int) -> str:
    """δ of a unit in symbols."""
    network = found.network
    own = network.layers[layer - 1]
    delta = symbols.unit(r"\delta", layer, unit)
    if layer == len(network.layers):
        if network.loss in NEEDS:
            return f"{delta} = {symbols.joint_slope(network, unit)}"
        slope = rf"\left({symbols.loss_slope(network, unit)}\right)"
    else:
        n = network.widths[layer + 1]
        weight = rf"w^{{({layer + 1})}}_{{k,{unit}}}"
        slope = rf"\sum_{{k=1}}^{{{n}}} {weight} \delta_{{{layer + 1},k}}"
    if own.activation == "softmax":
        a = symbols.unit("a", layer, unit)
        return (
            rf"{delta} = {a} \left( g_{{{unit}}} - \sum_j g_j a_{{j}} \right) "
            rf"\qquad g_{{{unit}}} = {slope}"
        )
    moved = symbols.activation_slope(own, layer, unit)
    return rf"{delta} = \left({moved.split(' = ')[-1]}\right) \cdot {slope}"


def _own_delta(found: Trace, wrt: Parameter, example: int) -> Step:
    """δ of the parameter's unit, its terms put in where it has a layer above."""
    value = float(found.delta[wrt.layer - 1][example, wrt.unit - 1])
    put_in = ""
    own = found.network.layers[wrt.layer - 1]
    if wrt.layer < len(found.network.layers) and own.activation != "softmax":
        weights = found.network.layers[wrt.layer].weights[:, wrt.unit - 1]
        above = found.delta[wrt.layer][example]
        slope = float(derivatives(found, wrt.layer)[example, wrt.unit - 1])
        put_in = rf"{factor(slope)} \cdot ({_terms(weights, above)})"
    return Step(
        claim=tr("δ of the parameter's unit gathers what the units above send back."),
        formula=_delta_formula(found, wrt.layer, wrt.unit),
        substitution=put_in,
        value=quantity(value),
    )


def _terms(weights: np.ndarray, above: np.ndarray) -> str:
    """The largest products, and the sum of the others."""
    parts = weights * above
    order = np.sort(np.argsort(-np.abs(parts), kind="stable")[:MOST_TERMS])
    told = [rf"{factor(weights[k])} \cdot {factor(above[k])}" for k in order]
    rest = len(parts) - len(order)
    if rest:
        word = tr("more")
        told.append(f"({number(parts.sum() - parts[order].sum())})_{{{rest} {word}}}")
    return " + ".join(told)


def _last_product(found: Trace, wrt: Parameter, example: int) -> Step:
    delta = float(found.delta[wrt.layer - 1][example, wrt.unit - 1])
    value = 1.0
    if wrt.source is not None:
        value = float(found.before(wrt.layer)[example, wrt.source - 1])
    own = symbols.ratio("J", symbols.parameter(found.network, wrt))
    return Step(
        claim=tr("Times what comes in."),
        substitution=rf"{own} = {factor(delta)} \cdot {factor(value)}",
        value=quantity(delta * value),
    )
