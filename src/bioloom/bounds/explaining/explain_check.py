"""The chain of inequalities with the numbers put in."""

from pathlib import Path

import numpy as np

from bioloom.bounds.explaining.wording import HOEFFDING, SHALEV, points, tex
from bioloom.bounds.notes import sentences_of
from bioloom.bounds.representative import SLACK, Check, percent
from bioloom.bounds.sample_sizes import (
    MOST_EXACT,
    Promise,
    hoeffding_size,
    hypergeometric_size,
)
from bioloom.bounds.tails import hoeffding_tail, worst_tail
from bioloom.explain import Explanation, Quantity, Step, Verdict, cell, width_of
from bioloom.run.language import tr, trn

MOST_LINES = 20


def explain_check(check: Check) -> Explanation:
    """Walk the chain of inequalities with the numbers put in."""
    losses = check.losses
    inputs = {
        tr("hypotheses"): f"{len(losses):,}",
        tr("tolerance δ"): percent(check.tolerance),
        "ε = δ/2": percent(check.epsilon),
    }
    counts = {
        tr("examples in the sample"): losses.n_sample,
        tr("examples in all"): losses.n_population,
    }
    inputs |= {k: f"{v:,}" for k, v in counts.items() if v is not None}
    if losses.notes:
        inputs[tr("how the tables were read")] = sentences_of(losses.notes)
    steps = [_trained(check), _best(check), _gap(check), *_chain(check), _end(check)]
    if losses.n_sample is not None:
        steps += [*_wholeness(check), _luck(check)]
    return Explanation(title=_title(check), inputs=inputs, steps=tuple(steps))


def _title(check: Check) -> str:
    name = Path(check.losses.source).name
    if not check.is_representative:
        return tr("{name}: the sample is not representative", name=name)
    if check.n_unknown:
        return tr("{name}: the sample is representative as far as is known", name=name)
    return tr("{name}: the sample is representative", name=name)


def notes_remark() -> tuple[Step, ...]:
    """Remarks on the embedded example, which is that of the lecture notes."""
    endless = hoeffding_size(Promise(epsilon=0.01))
    finite = hypergeometric_size(Promise(epsilon=0.01, population=10_000))
    return (
        Step(
            claim=tr(
                "The notes begin with h_train at {said} and h_all at {low} on the "
                "sample. That is impossible: {said} ≤ {low} is false, so h_train "
                "would not be the best.",
                said=percent(0.08),
                low=percent(0.06),
            ),
            verdict=Verdict(
                "note", text=tr("which is why they change their numbers midway")
            ),
        ),
        Step(
            claim=tr(
                "Nor do 500 questions guarantee a gap of at most {gap}: for a "
                "single hypothesis and {level}, that takes {endless:,} independent "
                "ones by Hoeffding's bound, or {finite:,} of 10,000 drawn without "
                "replacement by the exact tail.",
                gap=percent(0.01),
                level=percent(0.95),
                endless=endless,
                finite=finite,
            ),
            formula=r"n \geq \frac{\ln(2 / p)}{2 \varepsilon^2}",
            substitution=r"\frac{\ln(2 / 0.05)}{2 \cdot 0.01^2}",
            value=Quantity(endless, trn("example", "examples", endless)),
            source=HOEFFDING,
        ),
    )


def _trained(check: Check) -> Step:
    losses, chosen = check.losses, check.trained
    return Step(
        claim=tr(
            "h_train is {name!r}: no hypothesis has a smaller loss on the sample.",
            name=losses.names[chosen],
        ),
        formula=r"h_{train} = \mathrm{argmin}_h L(h, D_{train})",
        value=points(losses.sample[chosen]),
    )


def _best(check: Check) -> Step:
    losses, chosen = check.losses, check.best
    name = losses.names[chosen]
    claim = tr(
        "h_all is {name!r}: no hypothesis has a smaller loss on all data.", name=name
    )
    if check.n_unknown:
        claim = tr(
            "h_all is {name!r}: no hypothesis has a smaller known loss on all data.",
            name=name,
        )
    return Step(
        claim=claim,
        formula=r"h_{all} = \mathrm{argmin}_h L(h, D_{all})",
        value=points(losses.population[chosen]),
    )


def _gap(check: Check) -> Step:
    losses, worst = check.losses, check.worst
    gap = check.gaps[worst]
    pair = (tex(losses.sample[worst]), tex(losses.population[worst]))
    return Step(
        claim=_gap_claim(check),
        formula=r"|L(h, D_{train}) - L(h, D_{all})| \leq \varepsilon",
        substitution=rf"|{pair[0]} - {pair[1]}| = {tex(gap)}",
        value=points(gap),
        verdict=_verdict(check.epsilon - gap),
        detail=_widest(check),
        source=SHALEV,
    )


def _gap_claim(check: Check) -> str:
    losses, worst = check.losses, check.worst
    claim = tr(
        "The largest gap is that of {name!r} (row {row}).",
        name=losses.names[worst],
        row=losses.rows[worst],
    )
    over = int(np.nansum(check.gaps > check.epsilon + SLACK))
    if over:
        claim = tr(
            "{sentence} {n:,} of {total:,} hypotheses exceed ε.",
            sentence=claim,
            n=over,
            total=len(losses),
        )
    if check.n_unknown:
        claim = tr(
            "{sentence} For {n:,} the loss on all data is unknown: there the condition "
            "is assumed, not checked.",
            sentence=claim,
            n=check.n_unknown,
        )
    return claim


def _widest(check: Check) -> tuple[str, ...]:
    """The hypotheses with the largest gaps as a table."""
    losses, gaps = check.losses, np.nan_to_num(check.gaps, nan=-1.0)
    order = np.argsort(-gaps, kind="stable")[:MOST_LINES]
    shown = np.sort(order) if len(losses) <= MOST_LINES else order
    width = max(width_of(tr("hypothesis")), *(width_of(losses.names[k]) for k in shown))
    names = (tr("sample"), tr("all"), tr("gap"))
    heading = "".join(cell(name, 10, to="right") for name in names)
    lines = [cell(tr("hypothesis"), width) + heading]
    for k in shown:
        cells = (losses.sample[k], losses.population[k], check.gaps[k])
        row = "".join(f"{'?' if np.isnan(x) else percent(x):>10}" for x in cells)
        lines.append(cell(losses.names[k], width) + row)
    if len(losses) > MOST_LINES:
        more = len(losses) - MOST_LINES
        lines.append(tr("… and {n:,} more with smaller gaps", n=more))
    return tuple(lines)


def _verdict(margin: float) -> Verdict:
    is_met = margin >= -SLACK
    return Verdict("pass" if is_met else "fail", points(abs(margin)))


def _chain(check: Check) -> list[Step]:
    losses, eps = check.losses, tex(check.epsilon)
    true, first, second, last = check.chain
    left = "L(h_{train}, D_{all})" if np.isnan(true) else tex(true)
    on_sample = [tex(losses.sample[k]) for k in (check.trained, check.best)]
    on_all = tex(losses.population[check.best])
    claim = tr("The loss of h_train on all data is at most ε above that on the sample.")
    if np.isnan(true):
        claim = tr(
            "The loss of h_train on all data is at most ε above that on the sample; "
            "nothing more is known about it."
        )
    return [
        Step(
            claim=claim,
            formula=r"L(h_{train}, D_{all}) \leq L(h_{train}, D_{train}) + \varepsilon",
            substitution=rf"{left} \leq {on_sample[0]} + {eps} = {tex(first)}",
            value=points(first),
            verdict=None if np.isnan(true) else _verdict(first - true),
        ),
        Step(
            claim=tr("On the sample h_all is no better than h_train."),
            formula=r"L(h_{train}, D_{train}) + {\varepsilon} \leq "
            r"L(h_{all}, D_{train}) + \varepsilon",
            substitution=rf"{tex(first)} \leq {on_sample[1]} + {eps} = {tex(second)}",
            value=points(second),
            verdict=_verdict(second - first),
        ),
        Step(
            claim=tr(
                "The loss of h_all on the sample is at most ε above that on all data."
            ),
            formula=r"L(h_{all}, D_{train}) + {\varepsilon} \leq "
            r"L(h_{all}, D_{all}) + 2 \varepsilon",
            substitution=rf"{tex(second)} \leq {on_all} + {eps} + {eps} = {tex(last)}",
            value=points(last),
            verdict=_verdict(last - second),
        ),
    ]


def _end(check: Check) -> Step:
    true, _, _, last = check.chain
    best = tex(check.losses.population[check.best])
    if not check.is_representative:
        needed = 2 * check.gaps[check.worst]
        claim = tr(
            "The condition is not met, so nothing is guaranteed about h_train. It "
            "would be met with a tolerance of {needed}.",
            needed=percent(needed),
        )
    else:
        claim = tr(
            "So h_train is within δ of the best hypothesis: at most {most} on all "
            "data.",
            most=percent(last),
        )
    if np.isnan(true):
        return Step(claim, verdict=Verdict("note", text=tr("not known exactly")))
    return Step(
        claim=tr(
            "{sentence} It is in fact {excess} above the best.",
            sentence=claim,
            excess=percent(check.excess),
        ),
        formula=r"L(h_{train}, D_{all}) - L(h_{all}, D_{all}) \leq \delta",
        substitution=rf"{tex(true)} - {best} = {tex(check.excess)}",
        value=points(check.excess),
        verdict=_verdict(check.tolerance - check.excess),
    )


def _wholeness(check: Check) -> list[Step]:
    """Losses that are no whole number of mistakes."""
    losses = check.losses
    counts = losses.sample * (losses.n_sample or 0)
    broken = np.flatnonzero(np.abs(counts - np.round(counts)) > 1e-6)
    return [
        Step(
            claim=tr(
                "{share} of {n:,} examples ({name!r}) is not a whole number of "
                "mistakes: the loss is not a share of wrong answers, or it is "
                "rounded.",
                share=percent(losses.sample[k]),
                n=losses.n_sample,
                name=losses.names[k],
            ),
            value=Quantity(float(counts[k]), tr("mistakes"), 2),
            verdict=Verdict("note"),
        )
        for k in broken[:1]
    ]


def _luck(check: Check) -> Step:
    """How likely this many examples were to give a representative sample."""
    losses, n = check.losses, check.losses.n_sample or 1
    total, size = losses.n_population, len(losses)
    if total is None or total > MOST_EXACT:
        chance = float(hoeffding_tail(n, epsilon=check.epsilon))
    else:
        chance = worst_tail(n, population=total, epsilon=check.epsilon)
    bound = min(1.0, size * chance)
    return Step(
        claim=_luck_claim(bound, is_endless=total is None or total > MOST_EXACT),
        formula=r"P(\mathrm{miss}) \leq |H| \cdot P_1",
        substitution=rf"{size} \cdot {chance:.4g} = {size * chance:.4g}",
        value=Quantity(bound, "", None),
        verdict=Verdict("note"),
        source=HOEFFDING,
    )


def _luck_claim(bound: float, *, is_endless: bool) -> str:
    if is_endless:
        claim = tr(
            "Before looking, Hoeffding's bound and the union bound allow such a sample "
            "to miss ε for some hypothesis with a chance of up to {bound}.",
            bound=percent(bound),
        )
    else:
        claim = tr(
            "Before looking, the exact tail for drawing without replacement and the "
            "union bound allow such a sample to miss ε for some hypothesis with a "
            "chance of up to {bound}.",
            bound=percent(bound),
        )
    if bound < 1:
        return claim
    return tr("{sentence} They guarantee nothing at this size.", sentence=claim)
