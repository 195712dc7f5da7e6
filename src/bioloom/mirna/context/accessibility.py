"""How much energy it takes to open a site, by ViennaRNA's partition function.

The target folds on itself. In windows of 80 nt, with pairs at most 40 nt apart, the
probability that all bases of the site are unpaired is averaged over the windows that
hold it, as RNAplfold does; the opening energy is -RT ln of it. Window and span are
those that predict siRNA efficacy best (Tafer 2008). Energies are ViennaRNA's (Turner
2004 at 37 °C), not those of the duplex.

References
----------
Bernhart S.H., Hofacker I.L., Stadler P.F. (2006) Bioinformatics 22:614.
doi:10.1093/bioinformatics/btk014
Tafer H. et al. (2008) Nat Biotechnol 26:578. doi:10.1038/nbt1404
Kertesz M. et al. (2007) Nat Genet 39:1278. doi:10.1038/ng2135
Lorenz R. et al. (2011) Algorithms Mol Biol 6:26. doi:10.1186/1748-7188-6-26
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.run.external import require_packages
from bioloom.seq.alphabet import SeqCodes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EXTRA = "mirna-structure"
WINDOW_NT, MAX_SPAN_NT = 80, 40
RT = 1.98717e-3 * 310.15
"""kcal/mol at 37 °C, with ViennaRNA's gas constant."""
_LETTERS = np.frombuffer(b"ACGUN", dtype=np.uint8)
_BLOCK_NT = 4096  # longest stretch that is folded at once, beside its flanks


class _Block(NamedTuple):
    """A stretch of the target, and the sites that it is folded for."""

    low: int
    high: int
    rows: Ints


def require_vienna() -> None:
    """Check that ViennaRNA is installed.

    Raises
    ------
    PackageMissing
        If it is not; the message names the extra.
    """
    require_packages("RNA", extra=EXTRA)


def opening_energies(
    target: SeqCodes,
    start: Ints,
    end: Ints,
    *,
    window_nt: int = WINDOW_NT,
    max_span_nt: int = MAX_SPAN_NT,
) -> Floats:
    """Energy that frees all bases of each span from pairs of the target, kcal/mol.

    Parameters
    ----------
    target
        Codes of the target.
    start, end
        Half-open spans, shape (n,).
    window_nt
        Bases that fold together.
    max_span_nt
        Farthest apart that two paired bases can be, nt.

    Returns
    -------
    0 or more, shape (n,); NaN for a span longer than the window.

    Raises
    ------
    PackageMissing
        If ViennaRNA is not installed.

    Notes
    -----
    Only what lies within a window's length of a site is folded; sites that are near
    each other share the work.
    """
    require_vienna()
    energies = np.full(len(start), np.nan)
    fitting = np.flatnonzero((end - start <= window_nt) & (end > start))
    for low, high, rows in _blocks(fitting, start, end, (window_nt, len(target))):
        longest = int((end[rows] - start[rows]).max())
        chances = _unpaired(target[low:high], longest, window_nt, max_span_nt)
        for row in rows.tolist():
            chance = chances[int(end[row]) - low][int(end[row] - start[row])]
            energies[row] = max(0.0, -RT * np.log(max(chance, 1e-300)))
    return energies


def _blocks(
    rows: Ints, start: Ints, end: Ints, window: tuple[int, int]
) -> Iterator[_Block]:
    """Stretches that hold all windows of their sites."""
    flank, n = window
    first, members, reach = 0, list[int](), 0
    for row in rows[np.argsort(start[rows], kind="stable")].tolist():
        low, high = max(0, int(start[row]) - flank), min(n, int(end[row]) + flank)
        if members and (low >= reach or high - first > _BLOCK_NT):
            yield _Block(first, reach, np.array(members, dtype=np.int64))
            members = []
        if not members:
            first, reach = low, high
        members.append(row)
        reach = max(reach, high)
    if members:
        yield _Block(first, reach, np.array(members, dtype=np.int64))


def _unpaired(
    codes: SeqCodes, longest: int, window_nt: int, max_span_nt: int
) -> tuple[tuple[float, ...], ...]:
    """Probability that the bases before a position are unpaired: [end][length]."""
    import RNA

    sequence = _LETTERS[codes].tobytes().decode("ascii")
    window = min(window_nt, len(sequence))
    found: tuple[tuple[float, ...], ...] = RNA.pfl_fold_up(
        sequence, longest, window, min(max_span_nt, window)
    )
    return found
