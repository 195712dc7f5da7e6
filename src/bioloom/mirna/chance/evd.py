r"""How likely a site is by chance: extreme-value laws of the best energy.

The best of many nearly independent sites follows an extreme-value law: a target of n
bases holds a site of strength x = -E or better with

    p = 1 - exp(-n r(x)),    ln r(x) = a - b y - c y^2,    y = x - u

where r(x) is the rate of such sites per base beyond a strength u. With c = 0 that is
the Gumbel law; energies, being sums, fall off faster, and a seed rule makes them more
so. a, b and c of each miRNA are fitted to its best energies on random targets.
RNAhybrid's presets, in which a Gumbel law follows from the miRNA's energy with its
perfect complement, are here too.

References
----------
Rehmsmeier M. et al. (2004) RNA 10:1507. doi:10.1261/rna.5248604
Karlin S., Altschul S.F. (1990) PNAS 87:2264. doi:10.1073/pnas.87.6.2264
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.chance.rates import HALF_STEP, SurfaceLaw
from bioloom.mirna.errors import FitFailed
from bioloom.mirna.options import Preset

Floats = NDArray[np.float64]


class PresetLines(NamedTuple):
    """xi and theta as lines in the energy with the perfect complement, kcal/mol."""

    xi_slope: float
    xi_offset: float
    theta_slope: float
    theta_offset: float


PRESETS: Mapping[Preset, PresetLines] = MappingProxyType(
    {
        "3utr_fly": PresetLines(-0.03144, 0.7201, -0.003429, 0.01634),
        "3utr_worm": PresetLines(-0.01074, 1.769, -0.001154, 0.1419),
        "3utr_human": PresetLines(-0.01237, 1.901, -0.001678, 0.1349),
    }
)
TAIL = 0.1  # share of the best energies that the fit uses
MIN_TAIL = 50


@dataclass(frozen=True, slots=True)
class TailLaw:
    """Law of the best energy of one miRNA.

    Parameters
    ----------
    limit
        Strength u from which on it was fitted, kcal/mol.
    level, slope, curve
        a, b and c above: ln of the rate per base at u, and how it falls from there on,
        per kcal/mol and per its square.
    most
        Rate per base of sites of any strength; no rate is higher.
    """

    limit: float
    level: float
    slope: float
    curve: float
    most: float

    def rate(self, mfe: Floats) -> Floats:
        """Rate of sites of this energy or better per base of random target."""
        y = -np.asarray(mfe) - HALF_STEP - self.limit
        log_rate = self.level - self.slope * y - self.curve * np.maximum(y, 0) ** 2
        return np.minimum(np.exp(np.minimum(log_rate, 0.0)), self.most)

    def p_value(self, mfe: Floats, n_bases: Floats | int) -> Floats:
        """Chance of a site this good or better on a random target.

        Parameters
        ----------
        mfe
            Energy, kcal/mol.
        n_bases
            Length of the target, nt.
        """
        p = -np.expm1(-n_bases * self.rate(mfe))
        return np.where(np.asarray(mfe) < 0, p, 1.0)


def fit(name: str, mfe: Floats, n_bases: Floats) -> TailLaw:
    """Fit the law to the best energies of random targets, by maximum likelihood.

    Only the strongest tenth enters with its values; the rest count as weaker. So the
    fit follows the far tail, which p-values are about, and targets without a site do no
    harm. Where few targets have a site, the stronger half of these enters.

    Parameters
    ----------
    name
        Of the miRNA, for the message of an error.
    mfe
        Best energy of each target, kcal/mol; 0 where it has no site.
    n_bases
        Their lengths, nt.

    Raises
    ------
    FitFailed
        If too few targets have a site, or their energies hardly differ.
    """
    strength = -np.asarray(mfe, dtype=np.float64)
    has_site = strength > 0
    part = min(TAIL, float(has_site.mean()) / 2)
    # between two steps of energy, so that none lies on it
    limit = float(np.quantile(strength, 1 - part)) + HALF_STEP
    y = strength[strength > limit] - limit
    if len(y) < MIN_TAIL or len(np.unique(y)) < 3:
        raise FitFailed(name, n_targets=len(strength), n_tail=len(y))
    weaker = float(n_bases[strength <= limit].sum())
    tail = _Tail(y, n_bases[strength > limit], weaker)
    fall = _steepness(name, tail)
    level = np.log(len(y) / tail.exposure(fall))
    free = has_site.mean()
    most = 1.0 if free == 1 else -np.log1p(-free) / n_bases.mean()
    return TailLaw(limit, float(level), fall.slope, fall.curve, float(most))


class _Fall(NamedTuple):
    """How the log rate falls: per kcal/mol, and per its square."""

    slope: float
    curve: float


class _Tail(NamedTuple):
    """The strongest best energies beyond the limit, and the bases of their targets.

    `weaker` are the bases of all other targets.
    """

    y: Floats
    n_bases: Floats
    weaker: float

    def exposure(self, fall: _Fall) -> float:
        """Bases, weighted by how much rarer than at the limit the best site is."""
        rarity = np.exp(-fall.slope * self.y - fall.curve * self.y**2)
        return self.weaker + float((self.n_bases * rarity).sum())


def _steepness(name: str, tail: _Tail) -> _Fall:
    """Slope and curve of greatest likelihood; the level follows from them."""
    from scipy.optimize import minimize

    y = tail.y

    def loss(logs: Floats) -> float:
        slope, curve = np.exp(logs).tolist()
        likelihood = -len(y) * np.log(tail.exposure(_Fall(slope, curve)))
        likelihood += float((np.log(slope + 2 * curve * y)).sum())
        return float(slope * y.sum() + curve * (y**2).sum() - likelihood)

    begin = np.log([1 / y.mean(), 0.02])
    bounds = [(np.log(0.01), np.log(50.0)), (np.log(1e-6), np.log(5.0))]
    optimum = minimize(loss, begin, bounds=bounds, method="L-BFGS-B")
    if not np.isfinite(optimum.fun):
        raise FitFailed(name, n_targets=0, n_tail=len(y))
    return _Fall(*np.exp(optimum.x).tolist())


@dataclass(frozen=True, slots=True)
class PresetLaw:
    """RNAhybrid's law: energies are divided by the logarithm of the lengths.

    In single precision, as RNAhybrid computes it: of 1,080 p-values 17 still differ in
    the sixth decimal.

    Parameters
    ----------
    xi, theta
        Location and scale of the normalised energy.
    mirna_nt
        Length of the miRNA, nt.
    """

    xi: float
    theta: float
    mirna_nt: int

    def p_value(self, mfe: Floats, n_bases: Floats | int) -> Floats:
        """As `TailLaw.p_value`."""
        single = np.float32
        lengths = self.mirna_nt * np.asarray(n_bases, float)
        strength = (-np.asarray(mfe) / np.log(lengths)).astype(single)
        above = (single(self.xi) - strength) / single(self.theta)
        p = -np.expm1(-np.exp(above.astype(np.float64)))
        return np.asarray(p.astype(single), dtype=np.float64)


def preset_law(name: Preset, stacked: np.float32, mirna_nt: int) -> PresetLaw:
    """The law of a preset for one miRNA.

    Parameters
    ----------
    name
        The preset.
    stacked
        What `bioloom.mirna.search.best_energies.stacked_energies` gives, kcal/mol.
    mirna_nt
        Its length, nt.
    """
    a, b, c, d = map(np.float32, PRESETS[name])
    energy = np.float32(stacked)
    return PresetLaw(float(a * energy + b), float(c * energy + d), mirna_nt)


Law = TailLaw | PresetLaw | SurfaceLaw
