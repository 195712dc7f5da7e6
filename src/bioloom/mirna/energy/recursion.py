r"""The duplex recursion as it is written on paper: obvious, and the kernels' judge.

The target is read 5'→3' (index i) and the miRNA 3'→5' (index j). C(i, j) is the best
energy of a duplex whose outermost pair, at the target's 5' side, is (i, j):

    C(i, j) = min over (a, b) of  C(i + 1 + a, j + 1 + b) + E(i, j, a, b)

where a bases of the target and b of the miRNA stay unpaired; (0, 0) is a stack, one
zero is a bulge, else it is an interior loop. A duplex may also end at (i, j), with its
dangling bases. Neither strand folds on itself; no initiation and no penalty for a
terminal AU are added.

`replay` finds the one structure, among equals, that RNAhybrid reports. Energies are
exact here, but RNAhybrid adds doubles, whose rounding breaks its ties: so the sum of
each best structure is repeated in doubles, in its order.

References
----------
Rehmsmeier M. et al. (2004) RNA 10:1507. doi:10.1261/rna.5248604
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy.turner import ASYMMETRY, MAX_ASYMMETRY, Energies, turner1999
from bioloom.mirna.options import MAX_LOOP, SearchOptions
from bioloom.seq.alphabet import UNKNOWN, SeqCodes

# no duplex: more than any energy, and small enough that sums fit int16
INF = 15_000
END = (-1, -1)
SMALL = ((1, 1), (1, 2), (2, 1), (2, 2))
# unknown bases beyond both ends, so that no loop needs to look where it is
MARGIN = MAX_LOOP + 4

Move = tuple[int, int]
Cell = tuple[int, int]


def moves(options: SearchOptions) -> list[Move]:
    """Unpaired bases (target, miRNA) of every loop, in RNAhybrid's order of preference.

    Of two structures whose doubles are equal, the one of the earlier move is kept.
    """
    sides = range(1, options.max_loop + 1)
    bulges = range(1, options.max_bulge + 1)
    loops = [(a, b) for a in sides for b in sides]
    return [
        END,
        *((a, b) for a, b in loops if a > 2 and b > 2),
        *((a, b) for a, b in loops if a > 2 and b <= 2),
        *((a, b) for a, b in loops if a <= 2 and b > 2),
        *((a, b) for a, b in loops if (a, b) in SMALL),
        *((0, b) for b in bulges),
        *((a, 0) for a in bulges),
        (0, 0),
    ]


@dataclass(frozen=True)
class Strands:
    """A miRNA and a target, and the energy of any loop between them.

    Parameters
    ----------
    mirna, target
        Base codes, 5'→3'.
    options
        Loop limits and the helix rule.
    masked
        Target bases that earlier sites took: they never pair, no loop spans one, they
        dangle without energy. Shape (n,); none if not given.
    energies
        The tables.
    """

    mirna: SeqCodes
    target: SeqCodes
    options: SearchOptions = field(default_factory=SearchOptions)
    masked: NDArray[np.bool_] | None = None
    energies: Energies = field(default_factory=turner1999)

    def __post_init__(self) -> None:
        masked = np.zeros(len(self.target), dtype=np.bool_)
        if self.masked is not None:
            masked = self.masked
        bases = np.where(masked, UNKNOWN, self.target)
        put = object.__setattr__
        put(self, "n", len(self.target))
        put(self, "m", len(self.mirna))
        put(self, "t", _padded(bases))
        put(self, "q", _padded(self.mirna[::-1]))
        put(self, "is_masked", np.concatenate([masked, np.zeros(MARGIN, dtype=bool)]))
        put(self, "rows", self.options.helix_rows(self.m))

    n: int = field(init=False)
    m: int = field(init=False)
    t: NDArray[np.intp] = field(init=False)
    q: NDArray[np.intp] = field(init=False)
    is_masked: NDArray[np.bool_] = field(init=False)
    rows: tuple[int, int] | None = field(init=False)

    def can_pair(self, i: Any, j: int) -> Any:
        """Whether target base i (or each of an array) pairs with miRNA base j."""
        allowed = self.energies.pairs[self.t[i], self.q[j]]
        if self.rows and not self.options.allow_gu and self._in_helix(j):
            allowed = allowed & (self.t[i] + self.q[j] == 3)
        return allowed

    def _in_helix(self, j: int) -> bool:
        return self.rows is not None and self.rows[0] <= j <= self.rows[1]

    def may_start(self, j: int) -> bool:
        """Whether a duplex may have its outermost pair at miRNA base j."""
        return self.rows is None or self.rows[0] >= max(j, 0)

    def allows(self, j: int, move: Move) -> bool:
        """Whether a loop may open at miRNA base j: it must not break the helix."""
        if move == END:
            return self.rows is None or j >= self.rows[1]
        inner = j + 1 + move[1]
        if inner >= self.m:
            return False
        is_free = self.rows is None or inner <= self.rows[0] or j >= self.rows[1]
        return move == (0, 0) or is_free

    def parts(self, i: Any, j: int, move: Move) -> tuple[Any, ...]:
        """Energies of a loop, 0.01 kcal/mol, in the order in which they are added.

        Parameters
        ----------
        i
            Target index of the outer pair, or an array of them.
        j
            miRNA index of the outer pair.
        move
            Unpaired bases of target and miRNA; `END` for the dangling end.
        """
        e, t, q, (a, b) = self.energies, self.t, self.q, move
        if move == END:
            return e.dangle3[q[j], t[i], t[i + 1]], e.dangle5[q[j + 1], q[j], t[i]]
        inner_t, inner_q = t[i + 1 + a], q[j + 1 + b]
        if a == 0 or b == 0:
            stack = (e.stack[t[i], q[j], inner_t, inner_q],) if a + b < 2 else ()
            return (*stack, e.bulge[a + b]) if a + b else stack
        if move in SMALL:
            table = getattr(e, f"int{a}{b}")
            bases = (*(t[i + k] for k in range(1, a + 1)), *q[j + 1 : j + 1 + b])
            return (table[t[i], q[j], *bases, inner_t, inner_q],)
        return (
            e.mismatch[inner_q, q[j + b], t[i + a], inner_t],
            e.interior[a + b],
            e.asymmetry[abs(a - b)],
            e.mismatch[t[i], t[i + 1], q[j + 1], q[j]],
        )

    def start_parts(self, i: Any, j: int) -> tuple[Any, Any]:
        """Energies of the bases that dangle outside the outermost pair (i, j)."""
        e, t, q = self.energies, self.t, self.q
        return e.dangle5[t[i - 1], t[i], q[j]], e.dangle3[t[i], q[j], q[j - 1]]


def _padded(codes: SeqCodes) -> NDArray[np.intp]:
    # index -1 is an unknown base too: the last of the margin
    padded = np.full(len(codes) + MARGIN, UNKNOWN, dtype=np.intp)
    padded[: len(codes)] = codes
    return padded


def energy_matrix(strands: Strands) -> NDArray[np.int16]:
    """C(i, j) of every pair of bases.

    Returns
    -------
    Energies in 0.01 kcal/mol, shape (m + MARGIN, n + MARGIN), row j, column i; `INF`
    where no duplex starts.

    Notes
    -----
    Time O(m·n·max_loop²), memory O(m·n).
    """
    shape = (strands.m + MARGIN, strands.n + MARGIN)
    matrix = np.full(shape, INF, dtype=np.int16)
    for j in range(strands.m - 1, -1, -1):
        best = np.full(strands.n, INF, dtype=np.int16)
        for move in moves(strands.options):
            if strands.allows(j, move):
                _lower(best, strands, matrix, (j, move))
        pairing = strands.can_pair(np.arange(strands.n), j)
        matrix[j, : strands.n] = np.where(pairing, best, INF)
    return matrix


def _lower(
    best: NDArray[np.int16],
    strands: Strands,
    matrix: NDArray[np.int16],
    step: tuple[int, Move],
) -> None:
    """Take one move from every target base of a row where it is better."""
    j, move = step
    columns = reachable(strands, move)
    total = sum(strands.parts(columns, j, move), np.zeros(1, dtype=np.int16))
    if move != END:
        total = total + matrix[j + 1 + move[1], columns + 1 + move[0]]
    best[columns] = np.minimum(best[columns], total)


def reachable(strands: Strands, move: Move) -> NDArray[np.intp]:
    """Target bases from which no masked base stops a move."""
    blocked = np.zeros(strands.n, dtype=np.bool_)
    for k in range(1, 1 + _looked_at(strands, move)):
        blocked |= strands.is_masked[k : k + strands.n]
    return np.flatnonzero(~blocked)


def _looked_at(strands: Strands, move: Move) -> int:
    """How many target bases after a pair must be unmasked for a move.

    A loop's own; but for large loops RNAhybrid wants room for the longest of them.
    """
    return strands.options.max_loop + 1 if min(move) > 2 else max(0, move[0])


@dataclass(frozen=True, slots=True)
class Path:
    """One duplex: its pairs (i, j) from the target's 5' side, and its energy.

    Parameters
    ----------
    cells
        Target and reversed miRNA index of each pair.
    units
        Energy, 0.01 kcal/mol, exact.
    summed
        The same in kcal/mol, as RNAhybrid's doubles add up.
    """

    cells: tuple[Cell, ...]
    units: int
    summed: float


def replay(strands: Strands, matrix: NDArray[np.int16]) -> Path | None:
    """The best duplex, of equal ones RNAhybrid's choice; None if there is none."""
    units, starts = _best_starts(strands, matrix)
    if units >= 0:
        return None
    best: tuple[float, tuple[Cell, ...]] | None = None
    known: dict[Cell, tuple[float, tuple[Cell, ...]]] = {}
    for i, j in starts:
        inner, cells = _sum_from(strands, matrix, (i, j), known)
        summed = _added(inner, doubles(strands.start_parts(i, j), END))
        if best is None or summed < best[0]:
            best = summed, cells
    return None if best is None else Path(best[1], units, best[0])


def _best_starts(strands: Strands, matrix: NDArray[np.int16]) -> tuple[int, list[Cell]]:
    """Lowest energy with outer dangles, and the pairs that reach it, left to right."""
    columns = np.arange(strands.n)
    totals = np.full((strands.m, strands.n), INF, dtype=np.int16)
    for j in filter(strands.may_start, range(strands.m)):
        dangles = sum(strands.start_parts(columns, j), np.zeros(1, dtype=np.int16))
        totals[j] = matrix[j, : strands.n] + dangles
    lowest = int(totals.min(initial=INF))
    found_i, found_j = np.nonzero(np.equal(totals.T, lowest))
    starts = zip(found_i.tolist(), found_j.tolist(), strict=True)
    return lowest, sorted(starts, key=_preference)


def _preference(start: Cell) -> tuple[int, int, int]:
    """Left to right, counted from the bases that dangle; then few of them."""
    i, j = start
    return max(i - 1, 0), max(j - 1, 0), min(i, 1) + min(i, j, 1)


def _sum_from(
    strands: Strands,
    matrix: NDArray[np.int16],
    cell: Cell,
    known: dict[Cell, tuple[float, tuple[Cell, ...]]],
) -> tuple[float, tuple[Cell, ...]]:
    """Double-precision energy from a pair on, and the pairs that give it."""
    if cell in known:
        return known[cell]
    best: tuple[float, tuple[Cell, ...]] = (float(INF), ())
    steps = _best_moves(strands, matrix, cell)
    for _, alike in groupby(steps, key=lambda step: _family(step[0])):
        lowest: tuple[float, tuple[Cell, ...], float] = (float(INF), (), 0.0)
        for move, inner in alike:
            rest = (
                (0.0, ()) if move == END else _sum_from(strands, matrix, inner, known)
            )
            *energies, last = doubles(strands.parts(*cell, move), move)
            summed = _added(rest[0], energies)
            if summed < lowest[0]:
                lowest = summed, rest[1], last
        summed = lowest[0] + lowest[2]
        if summed < best[0]:
            best = summed, (cell, *lowest[1])
    known[cell] = best
    return best


def _family(move: Move) -> tuple[int, ...]:
    """Loops that RNAhybrid compares before it adds their last energy.

    Large interior loops share it, their outer mismatch; others are their own family.
    """
    a, b = move
    if min(a, b) <= 0 or move in SMALL:
        return move
    return (min(a, 3) // 3, min(b, 3) // 3, 3)


def _best_moves(
    strands: Strands, matrix: NDArray[np.int16], cell: Cell
) -> Iterator[tuple[Move, Cell]]:
    """Moves that reach exactly C of a cell, in order of preference."""
    i, j = cell
    for move in moves(strands.options):
        if strands.allows(j, move) and _is_reachable(strands, i, move):
            inner = (i + 1 + move[0], j + 1 + move[1])
            rest = 0 if move == END else int(matrix[inner[1], inner[0]])
            if rest < INF and rest + sum(map(int, strands.parts(i, j, move))) == int(
                matrix[j, i]
            ):
                yield move, inner


def _is_reachable(strands: Strands, i: int, move: Move) -> bool:
    return not strands.is_masked[i + 1 : i + 1 + _looked_at(strands, move)].any()


def doubles(parts: Sequence[int], move: Move) -> list[float]:
    """Energies in kcal/mol as the doubles that RNAhybrid holds."""
    energies = [int(part) / 100 for part in parts]
    if len(parts) == 4:
        # its asymmetry is a product, which rounds otherwise than the decimal number
        rate, most = ASYMMETRY / 100, MAX_ASYMMETRY / 100
        energies[2] = min(most, rate * abs(move[0] - move[1]))
    return energies


def _added(start: float, energies: Sequence[float]) -> float:
    for energy in energies:
        start += energy
    return start
