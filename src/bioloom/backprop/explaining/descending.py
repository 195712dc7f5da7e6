"""The working of gradient descent: one parameter, step by step."""

import math

import numpy as np

from bioloom.backprop import symbols
from bioloom.backprop.descent import Descent, corrected
from bioloom.backprop.explaining.wording import factor, number, quantity
from bioloom.backprop.layers import Parameter
from bioloom.explain import Explanation, Step, Verdict
from bioloom.run.language import mark, tr

MOST_STEPS = 20
OPTIMIZERS = (mark("sgd"), mark("momentum"), mark("adam"))
_FORMULAS = {
    "sgd": r"{w} \leftarrow {w} - \eta\;{g}",
    "momentum": r"v \leftarrow \mu\,v + {g}, \quad {w} \leftarrow {w} - \eta\,v",
    "adam": r"m \leftarrow \beta_1 m + (1 - \beta_1) {g}, \quad "
    r"v \leftarrow \beta_2 v + (1 - \beta_2) ({g})^2, \quad {w} \leftarrow {w} - \eta\;"
    r"\frac{{m / (1 - \beta_1^t)}}{{\sqrt{{v / (1 - \beta_2^t)}} + \epsilon}}",
}
_SOURCES = {
    "sgd": "",
    "momentum": "doi:10.1016/0041-5553(64)90137-5",
    "adam": "arXiv:1412.6980",
}


def explain_descent(descent: Descent, wrt: Parameter) -> Explanation:
    """Show how one parameter is moved, step by step, while all others are too.

    Parameters
    ----------
    descent
        The steps.
    wrt
        The parameter; of more than 20 steps the first 20 are shown.
    """
    network, settings = descent.start.network, descent.settings
    n_shown = min(len(descent.moves), MOST_STEPS)
    widths = "-".join(map(str, network.widths))
    return Explanation(
        title=tr(
            "Gradient descent through {widths}: {parameter}",
            widths=widths,
            parameter=network.name_of(wrt),
        ),
        inputs={
            tr("optimizer"): tr(settings.optimizer),
            tr("learning rate"): f"η = {settings.learning_rate:g}",
            tr("steps"): f"{len(descent.moves):,}",
        },
        steps=(*(_step(descent, wrt, t) for t in range(n_shown)), _outcome(descent)),
    )


def _step(descent: Descent, wrt: Parameter, place: int) -> Step:
    network, settings = descent.start.network, descent.settings
    move, column = descent.moves[place], _column(descent, wrt)
    symbol = symbols.parameter(network, wrt)
    formula = _FORMULAS[settings.optimizer].format(
        w=symbol, g=symbols.ratio("J", symbol)
    )
    before, after = descent.losses[place : place + 2]
    is_lower = after < before
    return Step(
        claim=tr(
            "Step {number}: all parameters move, {name} from {value:.6g} to {new:.6g}. "
            "The loss goes from {before:.7g} to {after:.7g}.",
            number=place + 1,
            name=network.name_of(wrt),
            value=move.before[column],
            new=move.after[column],
            before=before,
            after=after,
        ),
        formula=formula,
        substitution=_substitution(descent, column, place),
        value=quantity(move.after[column]),
        verdict=Verdict("pass" if is_lower else "note", text=_said(is_lower=is_lower)),
        source=_SOURCES[settings.optimizer] if place == 0 else "",
    )


def _said(*, is_lower: bool) -> str:
    return "" if is_lower else tr("the loss does not fall in this step")


def _substitution(descent: Descent, column: int, place: int) -> str:
    """The formula with the numbers put in."""
    settings, move = descent.settings, descent.moves[place]
    start, end = move.before[column], move.after[column]
    gradient, first = move.gradient[column], move.first[column]
    rate = number(settings.learning_rate)
    earlier = descent.moves[place - 1] if place else None
    if settings.optimizer == "sgd":
        return rf"{number(start)} - {rate} \cdot {factor(gradient)} = {end:.7g}"
    last = earlier.first[column] if earlier else 0.0
    if settings.optimizer == "momentum":
        return (
            rf"v = {number(settings.momentum)} \cdot {factor(last)} + "
            rf"{factor(gradient)} = {number(first)}, \quad "
            rf"{number(start)} - {rate} \cdot {factor(first)} = {end:.7g}"
        )
    squares = earlier.second[column] if earlier else 0.0
    mean, square = corrected(settings, move.first, move.second, place + 1)
    return (
        rf"m = {number(settings.beta1)} \cdot {factor(last)} + "
        rf"{number(1 - settings.beta1)} \cdot {factor(gradient)} = {number(first)}, "
        rf"\quad v = {number(settings.beta2)} \cdot {number(squares)} + "
        rf"{number(1 - settings.beta2)} \cdot {factor(gradient)}^2 = "
        rf"{number(move.second[column])}, \quad {number(start)} - {rate} \cdot "
        rf"\frac{{{number(mean[column])}}}"
        rf"{{{number(math.sqrt(square[column]))} + {number(settings.epsilon)}}}"
        rf" = {end:.7g}"
    )


def _outcome(descent: Descent) -> Step:
    losses = np.array(descent.losses)
    n_rises = int((np.diff(losses) >= 0).sum())
    return Step(
        claim=tr(
            "After {n} steps the loss is {end:.7g}; it was {start:.7g}. Steps in which "
            "it did not fall: {rises}.",
            n=len(descent.moves),
            end=losses[-1],
            start=losses[0],
            rises=n_rises,
        ),
        value=quantity(losses[-1]),
        verdict=Verdict("pass" if losses[-1] < losses[0] else "fail"),
    )


def _column(descent: Descent, wrt: Parameter) -> int:
    return list(descent.start.network.parameters()).index(wrt)
