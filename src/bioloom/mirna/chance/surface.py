r"""The rate of chance sites without a simulation: a fitted surface.

The rate per base of sites of strength x or better is the expected number N(x) of
duplexes (`saddlepoint`), divided by how many duplexes of that strength one site holds:

    ln r(x) = ln N(x) + g(x)

g is a quadratic function of features of the miRNA, the background and x, fitted by
`benchmarks/mirna_surface.py` to sites on random targets whose chance importance
sampling measures down to 1e-12; no real miRNA was among them. There are two surfaces:
without a rule on the seed region, and with one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.chance.annealed import Chain, Ensemble
from bioloom.mirna.chance.rates import STRENGTHS, Rates
from bioloom.mirna.chance.saddlepoint import Counts, expected_counts
from bioloom.mirna.energy.turner import turner1999
from bioloom.mirna.options import MAX_LOOP, SearchOptions
from bioloom.run.progress import OnStep, silent
from bioloom.seq.alphabet import SeqCodes

Floats = NDArray[np.float64]
FILE = Path(__file__).with_name("surface.json")
FORMAT = "bioloom mirna p-value surface 1"
# the number N comes from the first; the second tells how rough the landscape is
ENSEMBLES = (Ensemble(max_loop=5, min_helix=3), Ensemble(max_loop=15, min_helix=1))
SHIFTS = (1, 2, 3, 4)
SEED_REGIONS = ((2, 7), (2, 8))
FEWEST_NT, MOST_NT = 15, 30
Kind = Literal["free", "seed"]


@dataclass(frozen=True, slots=True)
class Quadratic:
    """A quadratic function of standardised features.

    Parameters
    ----------
    mean, deviation
        Of each feature.
    low, high
        Range in which each was fitted; features outside are moved to its end.
    coefficients
        Of 1, each feature, and each product of two, in the order of `terms`.
    """

    mean: Floats
    deviation: Floats
    low: Floats
    high: Floats
    coefficients: Floats

    def at(self, features: Floats) -> Floats:
        """The function's value; features are along the last axis."""
        inside = np.clip(features, self.low, self.high)
        standard = (inside - self.mean) / self.deviation
        n = len(self.mean)
        linear, of_products = np.split(self.coefficients[1:], [n])
        products = np.zeros((n, n))
        products[np.triu_indices(n)] = of_products
        value: Floats = ((standard @ products + linear) * standard).sum(axis=-1)
        return np.asarray(value + self.coefficients[0])


def terms(features: Floats) -> Floats:
    """1, the features and their products, along the last axis."""
    first, second = np.triu_indices(features.shape[-1])
    products = features[..., first] * features[..., second]
    ones = np.ones((*features.shape[:-1], 1))
    return np.concatenate([ones, features, products], axis=-1)


@cache
def packaged(kind: Kind) -> Quadratic:
    """The surface that comes with the package."""
    entries = json.loads(FILE.read_text("utf-8"))["surfaces"][kind]
    return Quadratic(**{name: np.array(values) for name, values in entries.items()})


def is_covered(mirna: SeqCodes, options: SearchOptions) -> bool:
    """Whether the surface holds for a miRNA under these rules."""
    region = options.seed_region
    default_loops = options.max_loop == options.max_bulge == MAX_LOOP
    known_region = region is None or tuple(region) in SEED_REGIONS
    return default_loops and known_region and FEWEST_NT <= len(mirna) <= MOST_NT


class Landscape(NamedTuple):
    """Numbers of duplexes of each miRNA along x, and the features of g there.

    Parameters
    ----------
    counts
        Of the first ensemble.
    features
        Shape (n_mirnas, n_points, n_features).
    """

    counts: Counts
    features: Floats


def landscape(
    mirnas: Sequence[SeqCodes], chain: Chain, options: SearchOptions
) -> Landscape:
    """Numbers of duplexes on random targets, and the features of g."""
    counts, others = (
        expected_counts(mirnas, chain, ensemble, options) for ensemble in ENSEMBLES
    )
    x = counts.strength
    columns = [
        x,
        *(_shape(counts, x)),
        *(_shape(others, x)),
        _along(others, others.log_count, x) - counts.log_count,
    ]
    constant = np.array([_constants(mirna, chain, options) for mirna in mirnas])
    repeated = np.repeat(constant[:, None], x.shape[1], axis=1)
    return Landscape(counts, np.concatenate([np.stack(columns, -1), repeated], -1))


def _shape(counts: Counts, x: Floats) -> tuple[Floats, ...]:
    return (
        _along(counts, counts.b, x),
        np.log(_along(counts, counts.variance, x)),
        _along(counts, counts.span, x),
        x / counts.strength[:, -1:],
    )


def _along(counts: Counts, values: Floats, x: Floats) -> Floats:
    """Values at other strengths than those at which they are known."""
    rows = zip(x, counts.strength, values, strict=True)
    return np.array([np.interp(at, known, value) for at, known, value in rows])


def _constants(
    mirna: SeqCodes, chain: Chain, options: SearchOptions
) -> tuple[float, ...]:
    shares = np.bincount(mirna, minlength=4)[:3] / len(mirna)
    rule: tuple[float, ...] = ()
    if options.seed_region is not None:
        rule = (float(options.allow_gu), float(options.seed_region.last))
    return (
        float(len(mirna)),
        *shares.tolist(),
        *chain.stationary[:3].tolist(),
        *_repeats(mirna),
        *rule,
    )


def _repeats(mirna: SeqCodes) -> list[float]:
    """How well a miRNA pairs with its complement, shifted; by shift, at most 2.

    Stacks of the shifted duplex as a share of those of the perfect one. Sites of a
    miRNA with repeats hold many duplexes.
    """
    e, n = turner1999(), len(mirna)
    q = mirna.astype(np.intp)
    t = 3 - q
    stack = np.minimum(e.stack[t[1:, None], q[1:], t[:-1, None], q[:-1]], 0)
    pairs = e.pairs[t[:, None], q]
    stack = stack * (pairs[1:, 1:] & pairs[:-1, :-1])
    whole = np.trace(stack)
    both = (
        np.trace(stack, shift) + np.trace(stack, -shift) if shift < n - 1 else 0
        for shift in SHIFTS
    )
    return [float(each / whole) if whole else 0.0 for each in both]


def surface_rates(
    mirnas: Sequence[SeqCodes],
    chains: Sequence[Chain],
    options: SearchOptions,
    *,
    on_step: OnStep = silent,
) -> Rates:
    """Rates of chance sites on random targets.

    Parameters
    ----------
    mirnas
        Base codes, 5'→3'; `is_covered` holds for each.
    chains
        Backgrounds.
    options
        Rules of the search.
    on_step
        Called with the progress.

    Returns
    -------
    Tables of the shape (n_chains, n_mirnas, n_strengths).
    """
    tables = []
    for done, chain in enumerate(chains):
        on_step("p-values: rates of chance sites", done, len(chains))
        tables.append(_table(landscape(mirnas, chain, options), options))
    on_step("p-values: rates of chance sites", len(chains), len(chains))
    return Rates(*np.moveaxis(np.array(tables), 1, 0))


def _table(known: Landscape, options: SearchOptions) -> Floats:
    """The four tables of one background: [which, miRNA, strength]."""
    counts = known.counts
    surface = packaged("seed" if options.seed_region else "free")
    log_rate = counts.log_count + surface.at(known.features)
    x = np.broadcast_to(STRENGTHS, (len(log_rate), len(STRENGTHS)))
    # at both ends ln N goes on with the slope that it has there
    beyond = counts.b[:, -1:] * np.maximum(x - counts.strength[:, -1:], 0)
    beyond = beyond - counts.b[:, :1] * np.maximum(counts.strength[:, :1] - x, 0)
    log_count = _along(counts, counts.log_count, x) - beyond
    falling = np.minimum.accumulate(_along(counts, log_rate, x) - beyond, axis=1)
    deviation = np.sqrt(counts.span_variance)
    return np.stack(
        [
            log_count,
            np.minimum(falling, 0.0),
            _along(counts, counts.span, x),
            _along(counts, deviation, x),
        ]
    )
