"""How often training sets of one's own data are not representative."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from bioloom.bounds.explaining.wording import (
    CLOPPER_PEARSON,
    HOEFFDING,
    SERFLING,
    VC,
    ends,
    points,
    tex,
)
from bioloom.bounds.representative import SLACK, percent
from bioloom.bounds.simulation import Simulation
from bioloom.bounds.thresholds import Thresholds
from bioloom.explain import Explanation, Outcome, Quantity, Step, Verdict
from bioloom.run.language import mark, tr

_MOST_SAMPLES = 0.95
_BOUNDS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "exact": (
            mark(
                "The exact tail of each threshold for its own number of mistakes, "
                "summed."
            ),
            r"\sum_h P\left(\left|\frac{k_h}{n} - \frac{K_h}{N}\right| > "
            r"\varepsilon\right)",
            "",
        ),
        "serfling": (
            mark("Serfling's inequality and the union bound."),
            r"2 |H| e^{-2 n \varepsilon^2 / (1 - (n - 1)/N)}",
            SERFLING,
        ),
        "hoeffding": (
            mark(
                "Hoeffding's inequality and the union bound, as if the data were "
                "endless."
            ),
            r"2 |H| e^{-2 n \varepsilon^2}",
            HOEFFDING,
        ),
        "vc": (
            mark(
                "Vapnik and Chervonenkis for thresholds (dimension 1); draws "
                "independent."
            ),
            r"4 (2 n + 1) e^{-n \varepsilon^2 / 8}",
            VC,
        ),
    }
)


def explain_simulation(found: Simulation) -> Explanation:
    """Show what was measured beside what each bound allows."""
    thresholds = found.thresholds
    return Explanation(
        title=tr(
            "Thresholds between {negative!r} and {positive!r}: samples of {n:,} from "
            "{total:,}",
            negative=thresholds.negative,
            positive=thresholds.positive,
            n=found.draws.n_sample,
            total=thresholds.n_examples,
        ),
        inputs={
            tr("samples"): _samples(found),
            tr("tolerance δ"): percent(found.draws.tolerance),
            "ε = δ/2": percent(found.epsilon),
        },
        steps=(
            _class(found),
            _best(found),
            _missed(found),
            *(_bound(found, name) for name in _BOUNDS),
            _excess(found),
            _width(found),
        ),
    )


def _samples(found: Simulation) -> str:
    n = len(found.most)
    if found.is_exact:
        return tr("{n:,}, all samples there are", n=n)
    return tr("{n:,}, drawn by chance, rng_seed {seed}", n=n, seed=found.draws.rng_seed)


def _class(found: Simulation) -> Step:
    size = len(found.thresholds.cuts)
    return Step(
        claim=tr(
            "{size:,} distinct values make {size:,} cuts, each with two sides. A "
            "threshold and its opposite have the same gap, so a union bound counts "
            "them once.",
            size=size,
        ),
        formula=r"|H| = 2 m",
        substitution=rf"2 \cdot {size} = {2 * size}",
        value=Quantity(len(found.thresholds), tr("{n} hypotheses", n="").strip()),
    )


def _best(found: Simulation) -> Step:
    best = int(found.losses.argmin())
    return Step(
        claim=tr(
            "On all data the best says {hypothesis}.",
            hypothesis=_words(found.thresholds, best),
        ),
        value=points(float(found.losses[best])),
    )


def _words(thresholds: Thresholds, number: int) -> str:
    """A hypothesis in words; `Thresholds.words` are those of tables, in English."""
    said, cuts = thresholds.positive, thresholds.cuts
    cut = cuts[number % len(cuts)]
    if number >= len(cuts):
        return tr("{said!r} up to {cut:g}", said=said, cut=cut)
    return tr("{said!r} above {cut:g}", said=said, cut=cut)


def _missed(found: Simulation) -> Step:
    missed, n = found.missed, len(found.most)
    return Step(
        claim=tr(
            "{n_missed:,} of {n:,} samples are not representative: some threshold has "
            "a gap beyond ε ({share}).",
            n_missed=found.n_missed,
            n=n,
            share=tr("exactly") if found.is_exact else ends(missed),
        ),
        formula=r"\max_h |L(h, D_{train}) - L(h, D_{all})| > \varepsilon",
        value=points(missed.value),
        verdict=Verdict("note"),
        source="" if found.is_exact else CLOPPER_PEARSON,
    )


def _bound(found: Simulation, name: str) -> Step:
    claim, formula, source = _BOUNDS[name]
    value = found.bound(name, found.epsilon)
    is_above = value >= found.missed.value - SLACK
    text = tr("promises nothing") if value >= 1 else tr("holds")
    if not is_above:
        text = tr("below what is measured")
    outcome: Outcome = "note" if value >= 1 else "pass" if is_above else "fail"
    return Step(
        claim=tr(claim),
        formula=formula,
        value=Quantity(value, "", None),
        verdict=Verdict(outcome, None, text),
        source=source,
    )


def _excess(found: Simulation) -> Step:
    excess, tolerance = found.excess, found.draws.tolerance
    beyond = float(np.mean(excess > tolerance + 1e-12))
    high = float(np.quantile(excess, _MOST_SAMPLES))
    return Step(
        claim=tr(
            "The threshold that is best on the sample is on average {mean} worse on "
            "all data than the best there is, at most {high} in {most} of samples; "
            "beyond δ in {beyond}, which is never more often than samples miss ε.",
            mean=percent(float(excess.mean())),
            high=percent(high),
            most=percent(_MOST_SAMPLES),
            beyond=percent(beyond),
        ),
        formula=r"L(h_{train}, D_{all}) - L(h_{all}, D_{all}) \leq \delta",
        value=points(float(excess.mean())),
        verdict=Verdict("note"),
    )


def _width(found: Simulation) -> Step:
    p = found.draws.failure_prob
    gap = float(np.quantile(found.gaps, 1 - p))
    return Step(
        claim=tr(
            "An ε of {gap} would be kept by {share} of samples of this size.",
            gap=percent(gap),
            share=percent(1 - p),
        ),
        formula=r"P(\max_h |L(h, D_{train}) - L(h, D_{all})| > \varepsilon) \leq p",
        substitution=rf"P(\max_h |\ldots| > {tex(gap)}) \leq {tex(p)}",
        value=points(gap),
    )
