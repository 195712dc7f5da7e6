"""The working behind representative samples and their sizes."""

from pathlib import Path

import numpy as np

from bioloom.bounds.check import SLACK, Check, percent
from bioloom.bounds.intervals import Interval
from bioloom.bounds.samples import Method, Promise, SampleSizes
from bioloom.bounds.tails import hoeffding_tail, serfling_tail, worst_tail
from bioloom.explain import Explanation, Quantity, Step, Verdict

MOST_LINES = 20
CP_FORMULA = r"P(K \geq k; n, p_{low}) = \frac{\alpha}{2} = P(K \leq k; n, p_{high})"
_SHALEV = "Shalev-Shwartz & Ben-David 2014, lemma 4.2, doi:10.1017/CBO9781107298019"
_HOEFFDING = "Hoeffding 1963, doi:10.1080/01621459.1963.10500830"
_SERFLING = "Serfling 1974, doi:10.1214/aos/1176342611"
_VC = "Vapnik & Chervonenkis 1971, doi:10.1137/1116025"
_CP = "Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404"


def points(share: float) -> Quantity:
    """A difference of shares, in points of per cent."""
    return Quantity(100 * share, "%", None)


def tex(share: float) -> str:
    """A share in per cent inside a formula."""
    return percent(share).replace(" %", r"\%")


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
        source=_SHALEV,
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
        source=_HOEFFDING,
    )


def explain_samples(found: SampleSizes) -> Explanation:
    """Show each number of examples with its formula."""
    promise = found.promise
    inputs = {
        "hypotheses |H|": f"{promise.n_hypotheses:,}",
        "ε": percent(promise.epsilon),
        "tolerance δ = 2ε": percent(promise.tolerance),
        "failure_prob p": percent(promise.failure_prob),
    }
    if promise.population is not None:
        inputs["all data N"] = f"{promise.population:,}"
    if promise.vc_dim is not None:
        inputs["VC dimension d"] = str(promise.vc_dim)
    steps = [_size(method, n, promise) for method, n in found.sizes.items()]
    if found.test_set and found.test_interval:
        steps.append(_test_set(*found.test_set, found.test_interval))
    return Explanation(
        title=f"How many examples keep every gap within {percent(promise.epsilon)}",
        inputs=inputs,
        steps=tuple(steps),
    )


def _test_set(n_mistakes: int, n: int, found: Interval) -> Step:
    ends = f"{percent(found.low)} to {percent(found.high)}"
    return Step(
        claim=f"One held-out test set with {n_mistakes:,} mistakes in {n:,} examples: "
        f"the error is {ends}.",
        formula=CP_FORMULA,
        value=points(found.share),
        source=_CP,
    )


def _size(method: Method, n: int, promise: Promise) -> Step:
    claim, formula, source = _SIZES[method]
    return Step(
        claim=claim,
        formula=formula,
        substitution=_substituted(method, n, promise),
        value=Quantity(n, "example" if n == 1 else "examples"),
        source=source,
    )


def _substituted(method: Method, n: int, promise: Promise) -> str:
    eps, p, size = promise.epsilon, promise.failure_prob, promise.n_hypotheses
    if method == "hoeffding":
        return rf"n \geq \frac{{\ln(2 \cdot {size} / {p:g})}}{{2 \cdot {eps:g}^2}}"
    if method == "vc":
        return (
            rf"4 \sum_{{i=0}}^{{{promise.vc_dim}}} \mathrm{{C}}({2 * n}, i) "
            rf"e^{{-{n} \cdot {eps:g}^2 / 8}} \leq {p:g}"
        )
    if method == "held_out":
        return ""
    total = promise.population or 0
    if method == "serfling":
        tail = float(serfling_tail(n, epsilon=eps, population=total))
    else:
        tail = worst_tail(n, population=total, epsilon=eps)
    return rf"{size} \cdot {tail:.4g} = {size * tail:.4g} \leq {p:g}"


_SIZES: dict[Method, tuple[str, str, str]] = {
    "hoeffding": (
        "Hoeffding's inequality for each hypothesis and the union bound over all of "
        "them; whatever the data, drawn independently.",
        r"2 |H| e^{-2 n \varepsilon^2} \leq p \quad\Leftrightarrow\quad "
        r"n \geq \frac{\ln(2 |H| / p)}{2 \varepsilon^2}",
        _HOEFFDING,
    ),
    "serfling": (
        "Serfling's inequality: drawn without replacement from finite data, less is "
        "left to be unlucky with.",
        r"2 |H| e^{-2 n \varepsilon^2 / (1 - (n - 1)/N)} \leq p",
        _SERFLING,
    ),
    "hypergeometric": (
        "The exact hypergeometric tail for the worst number of mistakes K, and the "
        "union bound: no inequality but that one.",
        r"|H| \max_K P\left(\left|\frac{k}{n} - \frac{K}{N}\right| > "
        r"\varepsilon\right) \leq p",
        "",
    ),
    "vc": (
        "Vapnik and Chervonenkis, for a class of any size with this dimension; growth "
        "bounded by Sauer's sum.",
        r"4 \sum_{i=0}^{d} \mathrm{C}(2n, i) e^{-n \varepsilon^2 / 8} \leq p",
        _VC,
    ),
    "held_out": (
        "One hypothesis, chosen without them: a held-out test set whose exact interval "
        "is at most 2ε wide, whatever the number of mistakes.",
        "",
        _CP,
    ),
}
