"""The four lines by which RNAhybrid draws a site, for many sites at once."""

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.sites.hits import Hits, MirnaTable
from bioloom.run.jit import kernel
from bioloom.seq.alphabet import SeqCodes

_LETTERS = np.frombuffer(b"ACGUN", dtype=np.uint8)
_BLANK = ord(" ")
_LAST = 4  # code of a base that is not known, or taken by an earlier site


def drawings(hits: Hits, mirnas: MirnaTable, target: SeqCodes) -> NDArray[np.str_]:
    """Lines of each hit, shape (n, 4): see `bioloom.mirna.sites.duplex.Duplex.lines`.

    Parameters
    ----------
    hits
        Sites on one target, by miRNA, in the order in which they were found: a
        dangling base that belongs to an earlier site of the miRNA is drawn as N.
    mirnas
        The miRNAs.
    target
        Codes of the target.
    """
    longest = (
        int((hits.end - hits.start).max(initial=0)) + 2 * mirnas.codes.shape[1] + 4
    )
    lines = np.zeros((len(hits), 4, longest), dtype=np.uint8)
    _draw(
        (hits.mirna, hits.start, hits.end, hits.partners),
        (mirnas.codes, mirnas.lengths, target),
        lines,
    )
    return lines.reshape(-1, longest).view(f"S{longest}").astype(str).reshape(-1, 4)


@kernel
def _draw(
    hits: tuple[
        NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]
    ],
    strands: tuple[NDArray[np.uint8], NDArray[np.int64], SeqCodes],
    lines: NDArray[np.uint8],
) -> None:
    mirna, start, end, partners = hits
    mirnas, lengths, target = strands
    first = 0
    for row in range(len(mirna)):
        if mirna[row] != mirna[first]:
            first = row
        own, m = mirnas[mirna[row]], lengths[mirna[row]]
        before = _dangle(target, start[row] - 1, (start, end), (first, row))
        behind = _dangle(target, end[row], (start, end), (first, row))
        _draw_one((own, m, partners[row]), (target, before, behind), lines[row])


@kernel
def _dangle(
    target: SeqCodes,
    place: int,
    spans: tuple[NDArray[np.int64], NDArray[np.int64]],
    earlier: tuple[int, int],
) -> int:
    """Code of a base beside a site; -1 beyond the target."""
    if place < 0 or place >= len(target):
        return -1
    for k in range(earlier[0], earlier[1]):
        if spans[0][k] <= place < spans[1][k]:
            return _LAST
    return int(target[place])


@kernel
def _draw_one(
    query: tuple[NDArray[np.uint8], int, NDArray[np.int64]],
    around: tuple[SeqCodes, int, int],
    lines: NDArray[np.uint8],
) -> None:
    """Draw from the target's 5' side; k counts the miRNA's bases from its 3' end."""
    (own, m, partners), (target, before, behind) = query, around
    dangles = np.array([max(before, 0), max(behind, 0)], dtype=np.uint8)
    column, last, unpaired = 0, -1, 0
    for k in range(m):
        there = partners[m - 1 - k]
        if there < 0:
            unpaired += 1
            continue
        below = own[m - k : m - k + unpaired][::-1]
        if last < 0:
            column = _unpaired(lines, (0, True), dangles[: before >= 0], below)
        else:
            above = target[last + 1 : there]
            column = _unpaired(lines, (column, False), above, below)
        lines[:, column] = _BLANK
        lines[1, column] = _LETTERS[target[there]]
        lines[2, column] = _LETTERS[own[m - 1 - k]]
        column, last, unpaired = column + 1, there, 0
    below = own[:unpaired][::-1]
    _unpaired(lines, (column, False), dangles[1 : 1 + (behind >= 0)], below)


@kernel
def _unpaired(
    lines: NDArray[np.uint8],
    place: tuple[int, bool],
    above: SeqCodes,
    below: SeqCodes,
) -> int:
    """Write unpaired bases of both strands from a column on; the column behind them.

    Before the first pair they stand to the right, else to the left.
    """
    column, is_right = place
    end = column + max(len(above), len(below))
    lines[:, column:end] = _BLANK
    for k in range(len(above)):
        lines[0, (end - len(above) if is_right else column) + k] = _LETTERS[above[k]]
    for k in range(len(below)):
        lines[3, (end - len(below) if is_right else column) + k] = _LETTERS[below[k]]
    return end
