"""Pairs of RNAs that share more miRNAs than chance: competing endogenous RNAs.

miRNAs of one seed bind the same sites and count once, as a family. Of M families, K
have a site on the first RNA and n on the second; by chance x of them are shared with
the hypergeometric probability.

References
----------
Salmena L. et al. (2011) Cell 146:353. doi:10.1016/j.cell.2011.07.014
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.inputs.records import MIN_MIRNA_NT, Mirna
from bioloom.seq.alphabet import decode
from bioloom.statistics.multiple_testing import benjamini_hochberg


@dataclass(frozen=True, slots=True)
class SharedFamilies:
    """How many seed families two RNAs share.

    Parameters
    ----------
    sponge, target
        Names of the two RNAs.
    n_families
        Families of all miRNAs.
    n_sponge, n_target
        Families with a site on each.
    shared
        Those with a site on both, by the name of their first miRNA.
    p
        Probability of that many or more by chance.
    q
        False discovery rate over all pairs.
    """

    sponge: str
    target: str
    n_families: int
    n_sponge: int
    n_target: int
    shared: tuple[str, ...]
    p: float
    q: float

    @property
    def n_shared(self) -> int:
        """Number of shared families."""
        return len(self.shared)

    @property
    def n_expected(self) -> float:
        """Families shared by chance."""
        return self.n_sponge * self.n_target / self.n_families


def families_of(mirnas: Sequence[Mirna]) -> dict[str, list[int]]:
    """Numbers of the miRNAs of each seed (bases 2 to 8), by its letters."""
    families: dict[str, list[int]] = {}
    for number, mirna in enumerate(mirnas):
        families.setdefault(decode(mirna.codes[1:MIN_MIRNA_NT]), []).append(number)
    return families


def by_family(
    counts: NDArray[np.int64], families: dict[str, list[int]]
) -> NDArray[np.bool_]:
    """Whether a family has a site, shape (n_rnas, n_families).

    Parameters
    ----------
    counts
        Sites of each miRNA, shape (n_rnas, n_mirnas).
    families
        Numbers of the miRNAs of each.
    """
    columns = [counts[:, numbers[0]] > 0 for numbers in families.values()]
    return np.stack(columns, axis=1)


@dataclass(frozen=True, slots=True)
class FamilySites:
    """RNAs, and which families have a site on each.

    Parameters
    ----------
    names
        Of the RNAs.
    has_site
        Shape (n_rnas, n_families).
    """

    names: Sequence[str]
    has_site: NDArray[np.bool_]


def shared_families(
    sponges: FamilySites, targets: FamilySites, names: Sequence[str]
) -> Iterator[SharedFamilies]:
    """Every pair of a sponge and another RNA that shares a family.

    Parameters
    ----------
    sponges, targets
        The two sets of RNAs.
    names
        Of the families.
    """
    from scipy.stats import hypergeom

    m = sponges.has_site.shape[1]
    own, other = (each.has_site.astype(np.int64) for each in (sponges, targets))
    n_shared = own @ other.T
    n_own, n_other = own.sum(axis=1)[:, None], other.sum(axis=1)[None, :]
    p = hypergeom.sf(n_shared - 1, m, n_own, n_other)
    is_pair = np.array(sponges.names)[:, None] != np.array(targets.names)[None, :]
    q = np.ones_like(p)
    q[is_pair] = benjamini_hochberg(p[is_pair])
    for row, column in np.argwhere(is_pair & (n_shared > 0)).tolist():
        both = sponges.has_site[row] & targets.has_site[column]
        yield SharedFamilies(
            sponge=sponges.names[row],
            target=targets.names[column],
            n_families=m,
            n_sponge=int(n_own[row, 0]),
            n_target=int(n_other[0, column]),
            shared=tuple(names[k] for k in np.flatnonzero(both).tolist()),
            p=float(p[row, column]),
            q=float(q[row, column]),
        )
