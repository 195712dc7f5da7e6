"""What follows from a gradient: the mean, the twin, rounding, the update."""

from collections.abc import Iterator

import numpy as np

from bioloom.backprop import symbols
from bioloom.backprop.chain import chain, has_one_path
from bioloom.backprop.explaining.wording import cut, factor, number, power, quantity
from bioloom.backprop.layers import Parameter
from bioloom.backprop.tracing import Trace, trace
from bioloom.explain import Outcome, Step, Verdict, cell
from bioloom.run.language import mark, tr


def mean(found: Trace, wrt: Parameter) -> Step:
    """Of several examples."""
    return Step(
        claim=tr(
            "J is the mean over {n:,} examples, and so is its derivative.",
            n=found.n_examples,
        ),
        formula=r"\frac{\partial J}{\partial w} = \frac{1}{n} \sum_i "
        r"\frac{\partial J_i}{\partial w}",
        value=quantity(found.gradient(wrt)),
    )


def twin(found: Trace, wrt: Parameter, example: int) -> Step:
    """Weights and bias of a unit share δ."""
    network = found.network
    delta = float(found.delta[wrt.layer - 1][example, wrt.unit - 1])
    bias = Parameter(wrt.layer, wrt.unit)
    source = wrt.source or 1
    weight = Parameter(wrt.layer, wrt.unit, source)
    value = float(found.before(wrt.layer)[example, source - 1])
    came = symbols.before(wrt.layer, source)
    plain = came.replace("{", "").replace("}", "").replace("^", "")
    told = mark(
        "∂J/∂{weight} is ∂J/∂{bias} times what comes in: {came} = {value}: a bias is a "
        "weight whose input is always 1."
    )
    if value == 1:
        told = mark(
            "∂J/∂{weight} and ∂J/∂{bias} are the same, because {came} = {value}: a "
            "bias is a weight whose input is always 1."
        )
    return Step(
        claim=tr(
            told,
            weight=network.name_of(weight),
            bias=network.name_of(bias),
            came=plain,
            value=number(value),
        ),
        formula=rf"{symbols.ratio('J', symbols.parameter(network, weight))} = "
        rf"{symbols.ratio('J', symbols.parameter(network, bias))} \cdot {came}",
        substitution=rf"{factor(delta)} \cdot {factor(value)} = "
        f"{delta * value:.7g}",
    )


def rounding(found: Trace, wrt: Parameter, decimals: int) -> list[Step]:
    """What rounding by hand does."""
    network = found.network
    rough = trace(network, found.inputs, found.target, decimals=decimals)
    exact, told = found.gradient(wrt), rough.gradient(wrt)

    def lines() -> Iterator[str]:
        unit, rounded = tr("unit"), tr("rounded")
        heading = ((unit, 10), ("z", 12), (rounded, 12), ("a", 12), (rounded, 12))
        yield " ".join(cell(name, width, to="right") for name, width in heading)
        for k in range(len(network.layers)):
            for place in range(found.z[k].shape[1]):
                cells = (found.z[k], rough.z[k], found.a[k], rough.a[k])
                row = " ".join(f"{number(one[0, place]):>12}" for one in cells)
                yield f"{f'{k + 1}, {place + 1}':>10} {row}"

    step = Step(
        claim=tr(
            "By hand, with every z and a rounded to {decimals} decimals, the gradient "
            "comes out as {told:.7f} instead of {exact:.7f}.",
            decimals=decimals,
            told=told,
            exact=exact,
        ),
        substitution=rf"{told:.7f} - ({exact:.7f}) = {power(told - exact)}",
        value=quantity(told),
        verdict=Verdict("note"),
        detail=cut(lines()),
    )
    if found.n_examples > 1 or not has_one_path(network, wrt):
        return [step]
    links = chain(rough, wrt, 0)
    rounded = [round(one.value, decimals) for one in links]
    factors = r" \cdot ".join(factor(one) for one in rounded)
    product = float(np.prod(rounded))
    return [
        step,
        Step(
            claim=tr(
                "With each factor of the product rounded as well it is further off or, "
                "by luck, nearer: errors add up or cancel."
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
            "The lecture notes print -0.052895 for it: -0.269 · 0.731 · 0.269 = "
            "-0.052895891, cut off, not rounded."
        ),
        verdict=Verdict("note"),
    )


def update(found: Trace, wrt: Parameter, learning_rate: float) -> Step:
    """One step of gradient descent."""
    network = found.network
    slope, value = found.gradient(wrt), network.value(wrt)
    new = value - learning_rate * slope
    after = trace(network.with_value(wrt, new), found.inputs, found.target)
    own = symbols.parameter(network, wrt)
    outcome: Outcome = (
        "note" if slope == 0 else "pass" if after.loss < found.loss else "fail"
    )
    return Step(
        claim=tr(
            "{told} One step of gradient descent on it alone takes the loss from "
            "{before:.7g} to {after:.7g}.",
            told=_way(network.name_of(wrt), slope),
            before=found.loss,
            after=after.loss,
        ),
        formula=rf"{own} \leftarrow {own} - \eta\;{symbols.ratio('J', own)}",
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
        return tr("The gradient of {name} is 0: it stays.", name=name)
    if slope < 0:
        return tr("The gradient of {name} is negative: it should grow.", name=name)
    return tr("The gradient of {name} is positive: it should shrink.", name=name)
