"""The seed region of a site: which of the known seed classes its pairs form.

Positions count the miRNA's bases from 1 at its 5' end; the seed is 2 to 8. The
class follows from the pairs of the duplex, the strongest first:

8mer          2-8 paired without G:U, A on the target opposite 1
7mer-m8       2-8
7mer-A1       2-7, A opposite 1
6mer          2-7
offset 6mer   3-8
GU            2-7 or 2-8 in one helix, with G:U pairs
bulged        2-7 or 2-8 all paired, with one target base bulged out
none          anything else

References
----------
Bartel D.P. (2009) Cell 136:215. doi:10.1016/j.cell.2009.01.002
Chi S.W., Hannon G.J., Darnell R.B. (2012) Nat Struct Mol Biol 19:321.
doi:10.1038/nsmb.2230
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.sites.hits import Hits
from bioloom.run.language import mark
from bioloom.seq.alphabet import SeqCodes

KINDS = (
    "8mer",
    "7mer-m8",
    "7mer-A1",
    "6mer",
    mark("offset 6mer"),
    mark("GU"),
    mark("bulged"),
    mark("none"),
)
_A = 0
_FAR = -1_000_000  # partner of an unpaired base: no helix holds it


@dataclass(frozen=True, slots=True)
class SeedMatches:
    """Seed class of each hit, and its span on the target.

    Parameters
    ----------
    kind
        Index into `KINDS`, shape (n,).
    start, end
        Half-open span of the seed on the target, the A opposite 1 included; both -1
        for "none".
    has_a
        Whether the target base opposite position 1 is an A, shape (n,).
    """

    kind: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    has_a: NDArray[np.bool_]

    @property
    def names(self) -> NDArray[np.str_]:
        """Names of the classes."""
        return np.array(KINDS)[self.kind]


def seed_matches(
    hits: Hits, mirnas: NDArray[np.uint8], target: SeqCodes
) -> SeedMatches:
    """Seed class of each hit on one target.

    Parameters
    ----------
    hits
        Hits, with the target base of each miRNA base.
    mirnas
        Codes of all miRNAs, one a row, padded; shape (n_mirnas, width).
    target
        Codes of the target.
    """
    partner = np.where(hits.partners < 0, _FAR, hits.partners)[:, :8]
    paired = partner >= 0
    bases = mirnas[hits.mirna][:, : partner.shape[1]]
    opposite = target[np.where(paired, partner, 0)]
    strict = paired & (bases + opposite == 3)
    # target bases between the partners of neighbours; 1 in a helix
    steps = partner[:, :-1] - partner[:, 1:]

    def helix(first: int, last: int, bases: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether positions first to last form one helix of such pairs."""
        inside = slice(first - 1, last)
        joined = (steps[:, first - 1 : last - 1] == 1).all(axis=1)
        return np.asarray(bases[:, inside].all(axis=1) & joined)

    def bulged(last: int) -> NDArray[np.bool_]:
        inside = steps[:, 1 : last - 1]
        has_bulge = (inside == 2).sum(axis=1) == 1
        is_close = np.isin(inside, (1, 2)).all(axis=1)
        return np.asarray(paired[:, 1:last].all(axis=1) & (has_bulge & is_close))

    beyond = partner[:, 1] + 1  # the target base opposite position 1
    is_inside = (beyond >= 0) & (beyond < len(target))
    has_a = is_inside & (target[np.where(is_inside, beyond, 0)] == _A)
    m8, m7, m38 = helix(2, 8, strict), helix(2, 7, strict), helix(3, 8, strict)
    loose8, loose7 = helix(2, 8, paired), helix(2, 7, paired)
    tests = [m8 & has_a, m8, m7 & has_a, m7, m38]
    tests += [loose8 | loose7, bulged(8) | bulged(7)]
    kind = np.select(tests, range(len(tests)), default=len(tests))
    # last position of the seed, and the first: 3 for the offset one
    is_8 = np.isin(kind, (0, 1, 4)) | ((kind == 5) & loose8) | ((kind == 6) & bulged(8))
    last = np.where(is_8, partner[:, 7], partner[:, 6])
    first = np.where(kind == 4, partner[:, 2], partner[:, 1])
    end = first + 1 + np.isin(kind, (0, 2))
    none = kind == len(tests)
    return SeedMatches(kind, np.where(none, -1, last), np.where(none, -1, end), has_a)


def supplementary_pairs(
    hits: Hits, mirnas: NDArray[np.uint8], target: SeqCodes
) -> NDArray[np.int64]:
    """Pairs beyond the seed: the longest Watson-Crick helix within bases 12 to 17.

    Four or more around bases 13 to 16 make a site stronger (3'-supplementary), or make
    up for a seed that does not match (3'-compensatory).

    Parameters
    ----------
    hits, mirnas, target
        As for `seed_matches`.

    Returns
    -------
    Pairs of each hit, shape (n,), 0 to 6.

    References
    ----------
    Grimson A. et al. (2007) Mol Cell 27:91. doi:10.1016/j.molcel.2007.06.017
    """
    partner = hits.partners[:, 11:17]
    bases = mirnas[hits.mirna][:, 11:17]
    opposite = target[np.where(partner >= 0, partner, 0)]
    n_columns = min(partner.shape[1], bases.shape[1])
    longest = run = np.zeros(len(hits), dtype=np.int64)
    for k in range(n_columns):
        pairs = (partner[:, k] >= 0) & (bases[:, k] + opposite[:, k] == 3)
        follows = partner[:, k - 1] - partner[:, k] == 1 if k else pairs
        run = np.where(pairs, np.where(follows, run, 0) + 1, 0)
        longest = np.maximum(longest, run)
    return longest
