r"""How likely a site is by chance: extreme-value distributions of the best energy.

The best of many nearly independent sites follows a Gumbel law whose location grows with
the logarithm of the target's length n: a target of n bases holds a site of energy
-x kcal/mol or better with

    p = 1 - exp(-K n exp(-x / s))

Scale s and density K of each miRNA are fitted to its best energies on random targets.
RNAhybrid's own presets, in which both follow from the miRNA's energy with its perfect
complement, are kept beside it.

References
----------
Rehmsmeier M. et al. (2004) RNA 10:1507. doi:10.1261/rna.5248604
Karlin S., Altschul S.F. (1990) PNAS 87:2264. doi:10.1073/pnas.87.6.2264
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import FitFailed

Floats = NDArray[np.float64]
PresetName = Literal["3utr_fly", "3utr_worm", "3utr_human"]

# xi and theta as lines in the energy with the perfect complement, kcal/mol
PRESETS: Mapping[PresetName, tuple[float, float, float, float]] = MappingProxyType(
    {
        "3utr_fly": (-0.03144, 0.7201, -0.003429, 0.01634),
        "3utr_worm": (-0.01074, 1.769, -0.001154, 0.1419),
        "3utr_human": (-0.01237, 1.901, -0.001678, 0.1349),
    }
)
TAIL = 0.1  # part of the best energies that the fit looks at
MIN_TAIL = 50
_SCALES = (0.05, 20.0)


@dataclass(frozen=True, slots=True)
class Gumbel:
    """Law of the best energy of one miRNA.

    Parameters
    ----------
    scale
        kcal/mol by which the best energy must fall for sites e times rarer.
    density
        K: expected sites of energy 0 or better per base, were the tail's law to hold
        there too.
    """

    scale: float
    density: float

    def p_value(self, mfe: Floats, n_bases: Floats | int) -> Floats:
        """Chance of a site this good or better on a random target.

        Parameters
        ----------
        mfe
            Energy, kcal/mol.
        n_bases
            Length of the target, nt.
        """
        expected = self.density * n_bases * np.exp(np.asarray(mfe) / self.scale)
        return np.asarray(-np.expm1(-expected))


def fit(name: str, mfe: Floats, n_bases: Floats) -> Gumbel:
    """Fit the law to the best energies of random targets, by maximum likelihood.

    Only the strongest tenth enters with its values; of the rest it counts that they are
    weaker. So the far tail, which p-values are about, decides, and targets without any
    site do no harm.

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
        If too few targets hold a site, or their energies hardly differ.
    """
    from scipy.optimize import minimize_scalar

    strength = -np.asarray(mfe, dtype=np.float64)
    limit = max(float(np.quantile(strength, 1 - TAIL)), 0.0)
    is_tail = strength > limit
    n_tail = int(is_tail.sum())
    if n_tail < MIN_TAIL or len(np.unique(strength[is_tail])) < 3:
        raise FitFailed(name, n_targets=len(strength), n_tail=n_tail)
    capped = np.maximum(strength, limit)
    surplus = float((strength[is_tail] - limit).sum())

    def density(scale: float) -> float:
        # energies are taken from the limit on, so that no exponent overflows
        return float(n_tail / (n_bases * np.exp((limit - capped) / scale)).sum())

    def loss(log_scale: float) -> float:
        scale = float(np.exp(log_scale))
        likelihood = n_tail * np.log(density(scale) / scale) - surplus / scale
        return float(-likelihood)

    bounds = np.log(_SCALES)
    found = minimize_scalar(loss, bounds=tuple(bounds), method="bounded")
    scale = float(np.exp(found.x))
    if not found.success or not _SCALES[0] * 1.01 < scale < _SCALES[1] / 1.01:
        raise FitFailed(name, n_targets=len(strength), n_tail=n_tail)
    return Gumbel(scale, density(scale) * float(np.exp(limit / scale)))


@dataclass(frozen=True, slots=True)
class PresetLaw:
    """RNAhybrid's law: its energies are divided by the logarithm of the lengths.

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
        """As `Gumbel.p_value`."""
        single = np.float32
        lengths = self.mirna_nt * np.asarray(n_bases, float)
        strength = (-np.asarray(mfe) / np.log(lengths)).astype(single)
        above = (single(self.xi) - strength) / single(self.theta)
        p = -np.expm1(-np.exp(above.astype(np.float64)))
        return np.asarray(p.astype(single), dtype=np.float64)


def preset_law(name: PresetName, stacked: np.float32, mirna_nt: int) -> PresetLaw:
    """The law of a preset for one miRNA.

    Parameters
    ----------
    name
        The preset.
    stacked
        What `bioloom.mirna.energetics.stacked_energies` gives, kcal/mol.
    mirna_nt
        Its length, nt.
    """
    a, b, c, d = map(np.float32, PRESETS[name])
    energy = np.float32(stacked)
    return PresetLaw(float(a * energy + b), float(c * energy + d), mirna_nt)


Law = Gumbel | PresetLaw


def q_values(p: Floats) -> Floats:
    """False discovery rates of p-values (Benjamini & Hochberg), in their order.

    Examples
    --------
    >>> q_values(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty_like(p)
    q[order] = np.minimum.accumulate(ranked[::-1])[::-1]
    return np.minimum(q, 1.0)
