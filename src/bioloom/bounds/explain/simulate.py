"""How often training sets of one's own data are not representative."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from bioloom.bounds.check import percent
from bioloom.bounds.explain.wording import (
    CLOPPER_PEARSON,
    HOEFFDING,
    SERFLING,
    VC,
    ends,
    points,
    tex,
)
from bioloom.bounds.simulate import Simulation
from bioloom.explain import Explanation, Outcome, Quantity, Step, Verdict

_BOUNDS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "exact": (
            "The exact tail of each threshold for its own number of mistakes, summed.",
            r"\sum_h P\left(\left|\frac{k_h}{n} - \frac{K_h}{N}\right| > "
            r"\varepsilon\right)",
            "",
        ),
        "serfling": (
            "Serfling's inequality and the union bound.",
            r"2 |H| e^{-2 n \varepsilon^2 / (1 - (n - 1)/N)}",
            SERFLING,
        ),
        "hoeffding": (
            "Hoeffding's inequality and the union bound, as if the data were endless.",
            r"2 |H| e^{-2 n \varepsilon^2}",
            HOEFFDING,
        ),
        "vc": (
            "Vapnik and Chervonenkis for thresholds (dimension 1); draws independent.",
            r"4 (2 n + 1) e^{-n \varepsilon^2 / 8}",
            VC,
        ),
    }
)


def explain_simulation(found: Simulation) -> Explanation:
    """Show what was measured beside what each bound allows."""
    n, total = found.draws.n_sample, found.thresholds.n_examples
    how = "all samples there are" if found.is_exact else "drawn by chance"
    seed = "" if found.is_exact else f", rng_seed {found.draws.rng_seed}"
    return Explanation(
        title=f"Thresholds between {found.thresholds.negative!r} and "
        f"{found.thresholds.positive!r}: samples of {n:,} from {total:,}",
        inputs={
            "samples": f"{len(found.most):,}, {how}{seed}",
            "tolerance δ": percent(found.draws.tolerance),
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


def _class(found: Simulation) -> Step:
    size = len(found.thresholds.cuts)
    return Step(
        claim=f"{size:,} distinct values make {size:,} cuts, each with two sides. A "
        "threshold and its opposite have the same gap, so a union bound counts them "
        "once.",
        formula=r"|H| = 2 m",
        substitution=rf"2 \cdot {size} = {2 * size}",
        value=Quantity(len(found.thresholds), "hypotheses"),
    )


def _best(found: Simulation) -> Step:
    best = int(found.losses.argmin())
    return Step(
        claim=f"On all data the best says {found.thresholds.words(best)}.",
        value=points(float(found.losses[best])),
    )


def _missed(found: Simulation) -> Step:
    missed, n = found.missed, len(found.most)
    around = "exactly" if found.is_exact else f"{ends(missed)}"
    return Step(
        claim=f"{found.n_missed:,} of {n:,} samples are not representative: some "
        f"threshold has a gap beyond ε ({around}).",
        formula=r"\max_h |L(h, D_{train}) - L(h, D_{all})| > \varepsilon",
        value=points(missed.share),
        verdict=Verdict("note"),
        source="" if found.is_exact else CLOPPER_PEARSON,
    )


def _bound(found: Simulation, name: str) -> Step:
    claim, formula, source = _BOUNDS[name]
    value = found.bound(name, found.epsilon)
    over = value - found.missed.share
    text = "promises nothing" if value >= 1 else "holds"
    outcome: Outcome = "note" if value >= 1 else "pass" if over >= 0 else "fail"
    return Step(
        claim=claim,
        formula=formula,
        value=Quantity(value, "", None),
        verdict=Verdict(outcome, None, text if over >= 0 else "below what is measured"),
        source=source,
    )


def _excess(found: Simulation) -> Step:
    excess, tolerance = found.excess, found.draws.tolerance
    beyond = float(np.mean(excess > tolerance + 1e-12))
    high = float(np.quantile(excess, 0.95))
    return Step(
        claim="The threshold that is best on the sample is on average "
        f"{percent(float(excess.mean()))} worse on all data than the best there is, at "
        f"most {percent(high)} in 95 % of samples; beyond δ in {percent(beyond)}, "
        "which is never more often than samples miss ε.",
        formula=r"L(h_{train}, D_{all}) - L(h_{all}, D_{all}) \leq \delta",
        value=points(float(excess.mean())),
        verdict=Verdict("note"),
    )


def _width(found: Simulation) -> Step:
    p = found.draws.failure_prob
    gap = float(np.quantile(found.gaps, 1 - p))
    return Step(
        claim=f"An ε of {percent(gap)} would be kept by {percent(1 - p)} of samples of "
        "this size.",
        formula=r"P(\max_h |L(h, D_{train}) - L(h, D_{all})| > \varepsilon) \leq p",
        substitution=rf"P(\max_h |\ldots| > {tex(gap)}) \leq {tex(p)}",
        value=points(gap),
    )
