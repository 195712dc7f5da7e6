"""What follows from a gradient: the mean, the twin, rounding, the update."""

from collections.abc import Iterator

import numpy as np

from bioloom.backprop import symbols
from bioloom.backprop.chain import chain, has_one_path
from bioloom.backprop.explaining.wording import (
    MOST_TERMS,
    cut,
    factor,
    number,
    plain,
    power,
    quantity,
)
from bioloom.backprop.layers import Parameter
from bioloom.backprop.tracing import Trace, trace
from bioloom.explain import Outcome, Step, Verdict, cell
from bioloom.run.language import mark, tr


def mean(trace: Trace, wrt: Parameter) -> Step:
    """Of several examples."""
    return Step(
        claim=tr(
            "J is the mean over {n:,} examples, and so is its derivative.",
            n=trace.n_examples,
        ),
        formula=r"\frac{\partial J}{\partial w} = \frac{1}{n} \sum_i "
        r"\frac{\partial J_i}{\partial w}",
        substitution=_mean_of(trace.gradients_by_example(wrt)),
        value=quantity(trace.gradient(wrt)),
    )


def _mean_of(slopes: np.ndarray) -> str:
    """The mean with its numbers put in, of many examples the sum of the rest."""
    terms = [factor(slope) for slope in slopes[:MOST_TERMS]]
    rest = slopes[MOST_TERMS:]
    if len(rest):
        word = tr("more")
        terms.append(f"({number(rest.sum())})_{{{len(rest)} {word}}}")
    return rf"\frac{{1}}{{{len(slopes)}}} \left({' + '.join(terms)}\right)"


def twin(trace: Trace, wrt: Parameter, example: int) -> Step:
    """Weights and bias of a unit share δ."""
    network = trace.network
    delta = float(trace.delta[wrt.layer - 1][example, wrt.unit - 1])
    bias = Parameter(wrt.layer, wrt.unit)
    source = wrt.source or 1
    weight = Parameter(wrt.layer, wrt.unit, source)
    value = float(trace.before(wrt.layer)[example, source - 1])
    came = symbols.before(wrt.layer, source)
    loss = symbols.loss_of(trace.n_examples, example)
    message = mark(
        "∂{loss}/∂{weight} is ∂{loss}/∂{bias} times the input {came} = {value}: a bias "
        "is a weight whose input is always 1."
    )
    if value == 1:
        message = mark(
            "∂{loss}/∂{weight} and ∂{loss}/∂{bias} are the same, because {came} = "
            "{value}: a bias is a weight whose input is always 1."
        )
    return Step(
        claim=tr(
            message,
            weight=network.name_of(weight),
            bias=network.name_of(bias),
            loss=plain(loss),
            came=plain(came),
            value=number(value),
        ),
        formula=rf"{symbols.ratio(loss, symbols.parameter(network, weight))} = "
        rf"{symbols.ratio(loss, symbols.parameter(network, bias))} \cdot {came}",
        substitution=rf"{factor(delta)} \cdot {factor(value)} = "
        f"{delta * value:.7g}",
    )


def rounding(
    exact_trace: Trace, wrt: Parameter, decimals: int, example: int
) -> list[Step]:
    """What rounding by hand does; the table is of one example."""
    network = exact_trace.network
    rough = trace(network, exact_trace.inputs, exact_trace.target, decimals=decimals)
    exact, approximate = exact_trace.gradient(wrt), rough.gradient(wrt)
    error = approximate - exact

    def lines() -> Iterator[str]:
        unit, rounded = tr("unit"), tr("rounded")
        heading = ((unit, 10), ("z", 12), (rounded, 12), ("a", 12), (rounded, 12))
        yield " ".join(cell(name, width, to="right") for name, width in heading)
        for k in range(len(network.layers)):
            for place in range(exact_trace.z[k].shape[1]):
                cells = (exact_trace.z[k], rough.z[k], exact_trace.a[k], rough.a[k])
                row = " ".join(f"{number(cell[example, place]):>12}" for cell in cells)
                yield f"{f'{k + 1}, {place + 1}':>10} {row}"

    step = Step(
        claim=tr(
            "By hand, with every z and a rounded to {decimals} decimals, the gradient "
            "comes out as {approximate:.7f} instead of {exact:.7f}.",
            decimals=decimals,
            approximate=approximate,
            exact=exact,
        ),
        substitution=rf"{approximate:.7f} - ({exact:.7f}) = {power(error)}",
        value=quantity(approximate),
        verdict=Verdict("note"),
        detail=cut(lines()),
    )
    if exact_trace.n_examples > 1 or not has_one_path(network, wrt):
        return [step]
    links = chain(rough, wrt, 0)
    rounded = [round(link.value, decimals) for link in links]
    factors = r" \cdot ".join(factor(rounded_factor) for rounded_factor in rounded)
    product = float(np.prod(rounded))
    return [
        step,
        Step(
            claim=tr(
                "With each factor of the product rounded as well, it is further off "
                "or, by chance, nearer: errors add up or cancel."
            ),
            substitution=f"{factors} = {product:.7g}",
            value=quantity(product),
            verdict=Verdict("note"),
        ),
    ]


def notes_remark() -> Step:
    """What is to be said of the number in the notes of the embedded example."""
    return Step(
        claim=tr(
            "The lecture notes print -0.052895 here: -0.269 · 0.731 · 0.269 = "
            "-0.052895891, truncated, not rounded."
        ),
        verdict=Verdict("note"),
    )


def update(before_step: Trace, wrt: Parameter, learning_rate: float) -> Step:
    """One step of gradient descent."""
    network = before_step.network
    slope, value = before_step.gradient(wrt), network.value(wrt)
    new = value - learning_rate * slope
    after = trace(network.with_value(wrt, new), before_step.inputs, before_step.target)
    symbol = symbols.parameter(network, wrt)
    outcome: Outcome = (
        "note" if slope == 0 else "pass" if after.loss < before_step.loss else "fail"
    )
    message = mark(
        "{sentence} One step of gradient descent on this parameter only takes "
        "the loss from {before:.7g} to {after:.7g}."
    )
    if before_step.n_examples > 1:
        message = mark(
            "{sentence} One step of gradient descent on this parameter only, with the "
            "mean gradient, takes the mean loss J from {before:.7g} to {after:.7g}."
        )
    return Step(
        claim=tr(
            message,
            sentence=_way(network.name_of(wrt), slope),
            before=before_step.loss,
            after=after.loss,
        ),
        formula=rf"{symbol} \leftarrow {symbol} - \eta\;{symbols.ratio('J', symbol)}",
        substitution=rf"{number(value)} - {learning_rate:g} \cdot {factor(slope)} = "
        f"{new:.7g}",
        value=quantity(new),
        verdict=Verdict(
            outcome,
            text=tr("the step is too long") if outcome == "fail" else "",
        ),
    )


def _way(name: str, slope: float) -> str:
    """Where gradient descent moves a parameter."""
    if slope == 0:
        return tr("The gradient is 0, so {name} does not change.", name=name)
    if slope < 0:
        return tr("The gradient is negative, so {name} should increase.", name=name)
    return tr("The gradient is positive, so {name} should decrease.", name=name)
