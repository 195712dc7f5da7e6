"""Kernels that draw duplexes as RNAhybrid does: four lines of letters."""

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel
from bioloom.seq.alphabet import SeqCodes

Ints = NDArray[np.int64]
Letters = NDArray[np.uint8]

_LETTERS = np.frombuffer(b"ACGUN", dtype=np.uint8)
_BLANK = ord(" ")
_TAKEN = 4  # code of a base that is not known, or part of an earlier site


@kernel
def draw(
    mirna: Ints,
    start: Ints,
    end: Ints,
    partners: Ints,
    mirnas: SeqCodes,
    lengths: Ints,
    target: SeqCodes,
    lines: Letters,
) -> None:
    """Draw all sites on one target.

    Parameters
    ----------
    mirna, start, end, partners
        Columns of the hits.
    mirnas, lengths
        Codes of all miRNAs, one a row, padded, and their lengths.
    target
        Codes of the target.
    lines
        Room for four lines of each hit.
    """
    first = 0
    for row in range(len(mirna)):
        if mirna[row] != mirna[first]:
            first = row
        codes = mirnas[mirna[row], : lengths[mirna[row]]]
        before = dangle(target, start[row] - 1, start[first:row], end[first:row])
        behind = dangle(target, end[row], start[first:row], end[first:row])
        draw_site(codes, partners[row], target, before, behind, lines[row])


@kernel
def dangle(target: SeqCodes, place: int, starts: Ints, ends: Ints) -> int:
    """Code of a base beside a site, masked by earlier sites; -1 beyond the target."""
    if place < 0 or place >= len(target):
        return -1
    for k in range(len(starts)):
        if starts[k] <= place < ends[k]:
            return _TAKEN
    return int(target[place])


@kernel
def draw_site(
    codes: SeqCodes,
    partners: Ints,
    target: SeqCodes,
    before: int,
    behind: int,
    lines: Letters,
) -> None:
    """Draw from the target's 5' side; k counts the miRNA's bases from its 3' end."""
    m = len(codes)
    dangles = np.array([max(before, 0), max(behind, 0)], dtype=np.uint8)
    column, last, unpaired = 0, -1, 0
    for k in range(m):
        place = partners[m - 1 - k]
        if place < 0:
            unpaired += 1
            continue
        below = codes[m - k : m - k + unpaired][::-1]
        if last < 0:
            column = draw_unpaired(lines, 0, True, dangles[: before >= 0], below)
        else:
            above = target[last + 1 : place]
            column = draw_unpaired(lines, column, False, above, below)
        lines[:, column] = _BLANK
        lines[1, column] = _LETTERS[target[place]]
        lines[2, column] = _LETTERS[codes[m - 1 - k]]
        column, last, unpaired = column + 1, place, 0
    below = codes[:unpaired][::-1]
    draw_unpaired(lines, column, False, dangles[1 : 1 + (behind >= 0)], below)


@kernel
def draw_unpaired(
    lines: Letters,
    column: int,
    is_right: bool,  # noqa: FBT001 (a kernel)
    above: SeqCodes,
    below: SeqCodes,
) -> int:
    """Write unpaired bases of both strands; return the column behind them.

    Before the first pair they are aligned to the right, else to the left.
    """
    end = column + max(len(above), len(below))
    lines[:, column:end] = _BLANK
    for k in range(len(above)):
        lines[0, (end - len(above) if is_right else column) + k] = _LETTERS[above[k]]
    for k in range(len(below)):
        lines[3, (end - len(below) if is_right else column) + k] = _LETTERS[below[k]]
    return end
