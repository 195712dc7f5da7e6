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
                "infinite."
            ),
            r"2 |H| e^{-2 n \varepsilon^2}",
            HOEFFDING,
        ),
        "vc": (
            mark(
                "Vapnik and Chervonenkis for thresholds (dimension 1); independent "
                "draws."
            ),
            r"4 (2 n + 1) e^{-n \varepsilon^2 / 8}",
            VC,
        ),
    }
)


def explain_simulation(simulation: Simulation) -> Explanation:
    """Show what was measured next to what each bound allows."""
    thresholds = simulation.thresholds
    return Explanation(
        title=tr(
            "Thresholds between {negative!r} and {positive!r}: samples of {n:,} from "
            "{total:,}",
            negative=thresholds.negative,
            positive=thresholds.positive,
            n=simulation.draws.n_sample,
            total=thresholds.n_examples,
        ),
        inputs={
            tr("samples"): _samples(simulation),
            tr("tolerance δ"): percent(simulation.draws.tolerance),
            "ε = δ/2": percent(simulation.epsilon),
        },
        steps=(
            _class(simulation),
            _best(simulation),
            _missed(simulation),
            *(_bound(simulation, name) for name in _BOUNDS),
            _excess(simulation),
            _width(simulation),
        ),
    )


def _samples(simulation: Simulation) -> str:
    n = len(simulation.most)
    if simulation.is_exact:
        return tr("{n:,}, all possible samples", n=n)
    return tr(
        "{n:,}, drawn at random, rng_seed {seed}", n=n, seed=simulation.draws.rng_seed
    )


def _class(simulation: Simulation) -> Step:
    size = len(simulation.thresholds.cuts)
    return Step(
        claim=tr(
            "{size:,} distinct values make {size:,} cuts, each with two sides. A "
            "threshold and its opposite have the same gap, so a union bound counts "
            "them once.",
            size=size,
        ),
        formula=r"|H| = 2 m",
        substitution=rf"2 \cdot {size} = {2 * size}",
        value=Quantity(len(simulation.thresholds), tr("members of the class")),
    )


def _best(simulation: Simulation) -> Step:
    best = int(simulation.losses.argmin())
    return Step(
        claim=tr(
            "The best on all data: {hypothesis}.",
            hypothesis=_words(simulation.thresholds, best),
        ),
        value=points(float(simulation.losses[best])),
    )


def _words(thresholds: Thresholds, number: int) -> str:
    """A hypothesis in words; `Thresholds.words` are those of tables, in English."""
    said, cuts = thresholds.positive, thresholds.cuts
    cut = cuts[number % len(cuts)]
    if number >= len(cuts):
        return tr("{said!r} up to {cut:g}", said=said, cut=cut)
    return tr("{said!r} above {cut:g}", said=said, cut=cut)


def _missed(simulation: Simulation) -> Step:
    missed, n = simulation.missed, len(simulation.most)
    return Step(
        claim=tr(
            "{n_missed:,} of {n:,} samples are not representative: some threshold has "
            "a gap beyond ε ({share}).",
            n_missed=simulation.n_missed,
            n=n,
            share=tr("exactly") if simulation.is_exact else ends(missed),
        ),
        formula=r"\max_h |L(h, D_{train}) - L(h, D_{all})| > \varepsilon",
        value=points(missed.value),
        verdict=Verdict("note"),
        source="" if simulation.is_exact else CLOPPER_PEARSON,
    )


def _bound(simulation: Simulation, name: str) -> Step:
    claim, formula, source = _BOUNDS[name]
    value = simulation.bound(name, simulation.epsilon)
    is_above = value >= simulation.missed.value - SLACK
    text = tr("guarantees nothing") if value >= 1 else tr("holds")
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


def _excess(simulation: Simulation) -> Step:
    excess, tolerance = simulation.excess, simulation.draws.tolerance
    beyond = float(np.mean(excess > tolerance + 1e-12))
    high = float(np.quantile(excess, _MOST_SAMPLES))
    return Step(
        claim=tr(
            "The threshold that is best on the sample is on average {mean} worse on "
            "all data than the best threshold, at most {high} in {most} of samples; "
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


def _width(simulation: Simulation) -> Step:
    p = simulation.draws.failure_prob
    gap = float(np.quantile(simulation.gaps, 1 - p))
    return Step(
        claim=tr(
            "With an ε of {gap}, {share} of samples of this size are representative.",
            gap=percent(gap),
            share=percent(1 - p),
        ),
        formula=r"P(\max_h |L(h, D_{train}) - L(h, D_{all})| > \varepsilon) \leq p",
        substitution=rf"P(\max_h |\ldots| > {tex(gap)}) \leq {tex(p)}",
        value=points(gap),
    )
