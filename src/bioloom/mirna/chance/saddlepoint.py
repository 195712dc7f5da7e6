r"""Expected number of duplexes of a strength or better per base of random targets.

With K(b) = ln Z(b) of `annealed`, the saddlepoint approximation of that number is

    ln N(x) = K(b) - b x - ln b - ln(2 pi K''(b)) / 2,    where K'(b) = x.

K is computed at a dozen b and interpolated by the polynomial through them, whose
derivatives give the strengths x. Derivatives by ln z give the mean and the variance of
the target bases that such duplexes span.

References
----------
Daniels H.E. (1954) Ann Math Stat 25:631. doi:10.1214/aoms/1177728652
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from bioloom.mirna.chance.annealed import Chain, Ensemble, Grid, log_sums
from bioloom.mirna.options import SearchOptions
from bioloom.seq.alphabet import SeqCodes

Floats = NDArray[np.float64]
LOWEST_B, HIGHEST_B = 0.25, 2.4  # per kcal/mol
N_NODES = 12
N_POINTS = 40
_LOG_Z = 0.04


class Counts(NamedTuple):
    """Numbers of duplexes along a range of strengths, each of shape (n_mirnas, n).

    Parameters
    ----------
    b
        Inverse temperature at which the strength is typical, per kcal/mol; ascending.
    log_sum
        K(b), the logarithm of the Boltzmann sum.
    strength
        x, kcal/mol, ascending.
    variance
        K''(b), of the strengths.
    log_count
        ln N(x), per base.
    span, span_variance
        Of the target bases of such duplexes, nt.
    """

    b: Floats
    log_sum: Floats
    strength: Floats
    variance: Floats
    log_count: Floats
    span: Floats
    span_variance: Floats


class _Basis(NamedTuple):
    """Matrices that take values at the nodes to the values and derivatives between."""

    nodes: tuple[float, ...]
    points: Floats
    value: Floats
    slope: Floats
    curve: Floats


@cache
def _basis() -> _Basis:
    unit_nodes = chebyshev.chebpts1(N_NODES)
    half = (HIGHEST_B - LOWEST_B) / 2
    # closer together at low b, where strengths change fast
    points = LOWEST_B * (HIGHEST_B / LOWEST_B) ** np.linspace(0, 1, N_POINTS)
    unit_points = (points - LOWEST_B) / half - 1
    inverse = np.linalg.inv(chebyshev.chebvander(unit_nodes, N_NODES - 1))
    polynomials = np.eye(N_NODES)
    value, slope, curve = (
        chebyshev.chebval(unit_points, chebyshev.chebder(polynomials, order)).T
        @ inverse
        / half**order
        for order in range(3)
    )
    nodes = tuple((LOWEST_B + half * (unit_nodes + 1)).tolist())
    return _Basis(nodes, points, value, slope, curve)


def expected_counts(
    mirnas: Sequence[SeqCodes],
    chain: Chain,
    ensemble: Ensemble,
    options: SearchOptions,
) -> Counts:
    """Expected numbers of duplexes of each miRNA, from weak to strong.

    Parameters
    ----------
    mirnas
        Base codes, 5'→3'.
    chain
        What random targets are drawn from.
    options
        Rules on the seed region and on loops.
    """
    basis = _basis()
    fugacities = tuple(np.exp([-_LOG_Z, 0.0, _LOG_Z]).tolist())
    grid = Grid(basis.nodes, fugacities)
    sums = log_sums(mirnas, chain, grid, ensemble, options=options)
    less, log_sum, more = np.moveaxis(sums, 2, 0)
    b = np.broadcast_to(basis.points, (len(mirnas), N_POINTS))
    k, strength = log_sum @ basis.value.T, log_sum @ basis.slope.T
    variance = np.maximum(log_sum @ basis.curve.T, 1e-3)
    correction = np.log(b) + 0.5 * np.log(2 * np.pi * variance)
    # along x, not along b: spans of duplexes of a strength or better
    span = (more - less) / (2 * _LOG_Z)
    span_variance = (more + less - 2 * log_sum) / _LOG_Z**2
    return Counts(
        b=b,
        log_sum=k,
        strength=np.maximum.accumulate(strength, axis=1),
        variance=variance,
        log_count=k - b * strength - correction,
        span=span @ basis.value.T,
        span_variance=np.maximum(span_variance @ basis.value.T, 0.01),
    )
