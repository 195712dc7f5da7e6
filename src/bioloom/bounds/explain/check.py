"""The chain of inequalities with the numbers put in."""

from pathlib import Path

import numpy as np

from bioloom.bounds.check import SLACK, Check, percent
from bioloom.bounds.explain.wording import HOEFFDING, SHALEV, points, tex
from bioloom.bounds.samples import Promise, hoeffding_size, hypergeometric_size
from bioloom.bounds.tails import hoeffding_tail, worst_tail
from bioloom.explain import Explanation, Quantity, Step, Verdict

MOST_LINES = 20


def explain_check(found: Check) -> Explanation:
    """Walk the chain of inequalities with the numbers put in."""
    losses = found.losses
    inputs = {
        "hypotheses": f"{len(losses):,}",
        "tolerance δ": percent(found.tolerance),
        "ε = δ/2": percent(found.epsilon),
    }
    counts = {"in the sample": losses.n_sample, "in all": losses.n_population}
    known_counts = {k: v for k, v in counts.items() if v is not None}
    inputs |= {f"examples {k}": f"{v:,}" for k, v in known_counts.items()}
    steps = [_trained(found), _best(found), _gap(found), *_chain(found), _end(found)]
    if losses.n_sample is not None:
        steps += [*_wholeness(found), _luck(found)]
    word = "representative" if found.is_representative else "not representative"
    known = " as far as is known" if found.n_unknown and found.is_representative else ""
    return Explanation(
        title=f"{Path(losses.source).name}: the sample is {word}{known}",
        inputs=inputs,
        steps=tuple(steps),
    )


def notes_remark() -> tuple[Step, Step]:
    """What is to be said of the embedded example, which is that of lecture notes."""
    endless = hoeffding_size(Promise(epsilon=0.01))
    finite = hypergeometric_size(Promise(epsilon=0.01, population=10_000))
    return (
        Step(
            claim="The notes begin with h_train at 8 % and h_all at 6 % on the sample. "
            "That cannot be: 8 % ≤ 6 % is false, so h_train would not be the best.",
            verdict=Verdict("note", text="why they change their numbers midway"),
        ),
        Step(
            claim="Nor do 500 questions promise a gap of 1 %: for a single hypothesis "
            f"and 95 %, {endless:,} independent ones do by Hoeffding's bound, or "
            f"{finite:,} of 10,000 drawn without replacement by the exact tail.",
            formula=r"n \geq \frac{\ln(2 / p)}{2 \varepsilon^2}",
            substitution=r"\frac{\ln(2 / 0.05)}{2 \cdot 0.01^2}",
            value=Quantity(endless, "examples"),
            source=HOEFFDING,
        ),
    )


def _trained(found: Check) -> Step:
    losses, chosen = found.losses, found.trained
    return Step(
        claim=f"h_train is {losses.names[chosen]!r}: no hypothesis has a smaller loss "
        "on the sample.",
        formula=r"h_{train} = \mathrm{argmin}_h L(h, D_{train})",
        value=points(losses.sample[chosen]),
    )


def _best(found: Check) -> Step:
    losses, chosen = found.losses, found.best
    known = " of those known" if found.n_unknown else ""
    return Step(
        claim=f"h_all is {losses.names[chosen]!r}: no hypothesis has a smaller loss on "
        f"all data{known}.",
        formula=r"h_{all} = \mathrm{argmin}_h L(h, D_{all})",
        value=points(losses.population[chosen]),
    )


def _gap(found: Check) -> Step:
    losses, worst = found.losses, found.worst
    gap, name = found.gaps[worst], losses.names[worst]
    over = int(np.nansum(found.gaps > found.epsilon + SLACK))
    told = f" {over:,} of {len(losses):,} hypotheses exceed ε." if over else ""
    unknown = (
        f" Of {found.n_unknown:,} the loss on all data is not known: for them the "
        "condition is assumed, not checked."
        if found.n_unknown
        else ""
    )
    pair = (tex(losses.sample[worst]), tex(losses.population[worst]))
    return Step(
        claim=f"The largest gap is that of {name!r} (row {losses.rows[worst]})."
        f"{told}{unknown}",
        formula=r"|L(h, D_{train}) - L(h, D_{all})| \leq \varepsilon",
        substitution=rf"|{pair[0]} - {pair[1]}| = {tex(gap)}",
        value=points(gap),
        verdict=_verdict(found.epsilon - gap),
        detail=_widest(found),
        source=SHALEV,
    )


def _widest(found: Check) -> tuple[str, ...]:
    """The hypotheses with the largest gaps as a table."""
    losses, gaps = found.losses, np.nan_to_num(found.gaps, nan=-1.0)
    order = np.argsort(-gaps, kind="stable")[:MOST_LINES]
    shown = np.sort(order) if len(losses) <= MOST_LINES else order
    width = max(len("hypothesis"), *(len(losses.names[k]) for k in shown))
    lines = [f"{'hypothesis':{width}}    sample       all       gap"]
    for k in shown:
        cells = (losses.sample[k], losses.population[k], found.gaps[k])
        row = "".join(f"{'?' if np.isnan(x) else percent(x):>10}" for x in cells)
        lines.append(f"{losses.names[k]:{width}}{row}")
    if len(losses) > MOST_LINES:
        lines.append(f"… and {len(losses) - MOST_LINES:,} more with smaller gaps")
    return tuple(lines)


def _verdict(margin: float) -> Verdict:
    is_met = margin >= -SLACK
    return Verdict("pass" if is_met else "fail", points(abs(margin)))


def _chain(found: Check) -> list[Step]:
    losses, eps = found.losses, tex(found.epsilon)
    true, first, second, last = found.chain
    left = "L(h_{train}, D_{all})" if np.isnan(true) else tex(true)
    on_sample = [tex(losses.sample[k]) for k in (found.trained, found.best)]
    on_all = tex(losses.population[found.best])
    return [
        Step(
            claim="The loss of h_train on all data is at most ε above that on the "
            "sample"
            + (", which is all that is known of it." if np.isnan(true) else "."),
            formula=r"L(h_{train}, D_{all}) \leq L(h_{train}, D_{train}) + \varepsilon",
            substitution=rf"{left} \leq {on_sample[0]} + {eps} = {tex(first)}",
            value=points(first),
            verdict=None if np.isnan(true) else _verdict(first - true),
        ),
        Step(
            claim="On the sample h_all is no better than h_train.",
            formula=r"L(h_{train}, D_{train}) + {\varepsilon} \leq "
            r"L(h_{all}, D_{train}) + \varepsilon",
            substitution=rf"{tex(first)} \leq {on_sample[1]} + {eps} = {tex(second)}",
            value=points(second),
            verdict=_verdict(second - first),
        ),
        Step(
            claim="The loss of h_all on the sample is at most ε above that on all "
            "data.",
            formula=r"L(h_{all}, D_{train}) + {\varepsilon} \leq "
            r"L(h_{all}, D_{all}) + 2 \varepsilon",
            substitution=rf"{tex(second)} \leq {on_all} + {eps} + {eps} = {tex(last)}",
            value=points(last),
            verdict=_verdict(last - second),
        ),
    ]


def _end(found: Check) -> Step:
    true, _, _, last = found.chain
    best = tex(found.losses.population[found.best])
    if not found.is_representative:
        needed = 2 * found.gaps[found.worst]
        claim = (
            "The condition is not met, so nothing is promised of h_train. It would be "
            f"met with a tolerance of {percent(needed)}."
        )
    else:
        claim = (
            "So h_train is within δ of the best there is: at most "
            f"{percent(last)} on all data."
        )
    if np.isnan(true):
        return Step(claim=claim, verdict=Verdict("note", text="not known exactly"))
    return Step(
        claim=f"{claim} It is in fact {percent(found.excess)} above the best.",
        formula=r"L(h_{train}, D_{all}) - L(h_{all}, D_{all}) \leq \delta",
        substitution=rf"{tex(true)} - {best} = {tex(found.excess)}",
        value=points(found.excess),
        verdict=_verdict(found.tolerance - found.excess),
    )


def _wholeness(found: Check) -> list[Step]:
    """Losses that are no whole number of mistakes."""
    losses = found.losses
    counts = losses.sample * (losses.n_sample or 0)
    broken = np.flatnonzero(np.abs(counts - np.round(counts)) > 1e-6)
    return [
        Step(
            claim=f"{percent(losses.sample[k])} of {losses.n_sample:,} examples "
            f"({losses.names[k]!r}) are no whole number of mistakes: the loss is no "
            "share of wrong answers, or it is rounded.",
            value=Quantity(float(counts[k]), "mistakes", 2),
            verdict=Verdict("note"),
        )
        for k in broken[:1]
    ]


def _luck(found: Check) -> Step:
    """How likely so many examples were to give a representative sample."""
    losses, n = found.losses, found.losses.n_sample or 1
    total, size = losses.n_population, len(losses)
    if total is None:
        chance = float(hoeffding_tail(n, epsilon=found.epsilon))
        words = "Hoeffding's bound"
    else:
        chance = worst_tail(n, population=total, epsilon=found.epsilon)
        words = "the exact tail for drawing without replacement"
    bound = min(1.0, size * chance)
    claim = (
        f"Before looking, {words} and the union bound allow such a sample to miss ε "
        f"for some hypothesis with a chance of up to {percent(bound)}."
    )
    return Step(
        claim=claim + (" They promise nothing at this size." if bound >= 1 else ""),
        formula=r"P(\mathrm{miss}) \leq |H| \cdot P_1",
        substitution=rf"{size} \cdot {chance:.4g} = {size * chance:.4g}",
        value=Quantity(bound, "", None),
        verdict=Verdict("note"),
        source=HOEFFDING,
    )
