r"""A table of the rates of chance sites, and p-values from it.

A target of n bases holds by chance a site of strength x or better with

    p = 1 - exp(-r(x) w),    w = mean of max(n + 1 - s, 0)

where r(x) is the rate of such sites per base and w the expected number of places for
one, whose span s is taken as normally distributed.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STEP = 0.25  # kcal/mol, of the table
HALF_STEP = 0.05  # kcal/mol: most energies are multiples of 0.1
STRENGTHS = np.arange(0, 100 + STEP / 2, STEP)
_CERTAIN = 50.0  # ln of an expected number of sites


class Rates(NamedTuple):
    """Rates of chance sites, at the strengths of the last axis, which are `STRENGTHS`.

    Parameters
    ----------
    log_count
        ln of the expected number of duplexes of a strength or better, per base.
    log_rate
        ln r: sites per base; it falls with the strength.
    span, span_deviation
        Mean and standard deviation of the target bases that such sites span, nt.
    """

    log_count: Floats
    log_rate: Floats
    span: Floats
    span_deviation: Floats


class PlaceInTable(NamedTuple):
    """Where energies lie between two strengths of the table."""

    low: NDArray[np.intp]
    share: Floats

    def mixed(self, low: Floats, high: Floats) -> Floats:
        """Values interpolated between those of the two strengths."""
        return low + self.share * (high - low)


def place_in_table(mfe: Floats) -> PlaceInTable:
    """Where the strengths of sites lie.

    Half a step is subtracted: the rates are those of a continuous strength, and
    energies are multiples of 0.1.
    """
    at = np.clip((-np.asarray(mfe) - HALF_STEP) / STEP, 0, len(STRENGTHS) - 1)
    low = np.minimum(at.astype(np.intp), len(STRENGTHS) - 2)
    return PlaceInTable(low, at - low)


@dataclass(frozen=True, slots=True)
class SurfaceLaw:
    """The law of one miRNA on targets of one composition.

    Parameters
    ----------
    rates
        With the strength as their only axis.
    gc
        G+C of the background.
    """

    rates: Rates
    gc: float

    def at(self, mfe: Floats) -> Rates:
        """The table's values at some energies."""
        place = place_in_table(mfe)
        low, high = place.low, place.low + 1
        return Rates(*(place.mixed(table[low], table[high]) for table in self.rates))

    def p_value(self, mfe: Floats, n_bases: Floats | int) -> Floats:
        """Chance of a site this good or better on a random target.

        Parameters
        ----------
        mfe
            Energy, kcal/mol.
        n_bases
            Known bases of the target.
        """
        return chance(self.at(mfe), n_bases)


def chance(rates: Rates, n_bases: Floats | int) -> Floats:
    """P above."""
    log_sites = rates.log_rate + log_places(n_bases, rates.span, rates.span_deviation)
    return np.asarray(-np.expm1(-np.exp(np.minimum(log_sites, _CERTAIN))))


def log_places(n_bases: Floats | int, span: Floats, deviation: Floats) -> Floats:
    """Ln w: of the expected number of places of a site on a target of n bases."""
    z = (n_bases + 1 - span) / deviation
    density = np.exp(-0.5 * np.minimum(np.abs(z), 30) ** 2) / np.sqrt(2 * np.pi)
    # far below, an asymptotic form: the difference would be lost in rounding
    mean = np.where(z > -3, z * _normal_share(z) + density, density / (z**2 + 2.6))
    places: Floats = np.log(deviation) + np.log(mean)
    return places


def _normal_share(z: Floats) -> Floats:
    """Share of a standard normal distribution below z, within 1e-7.

    Abramowitz and Stegun's formula 26.2.17; scipy takes longer to load than all
    p-values of a small run.
    """
    t = 1 / (1 + 0.2316419 * np.abs(z))
    series = np.polynomial.polynomial.polyval(
        t, [0, 0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429]
    )
    upper = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi) * series
    return np.asarray(np.where(z >= 0, 1 - upper, upper))
