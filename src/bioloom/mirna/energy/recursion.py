r"""The duplex recursion as written on paper: plain code that the kernels must match.

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
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy.turner import ASYMMETRY, MAX_ASYMMETRY, Energies, turner1999
from bioloom.mirna.options import MAX_LOOP, SearchOptions, SeedRegion
from bioloom.seq.alphabet import UNKNOWN, SeqCodes

# no duplex: more than any energy, and small enough that sums fit int16
INF = 15_000


class Move(NamedTuple):
    """A loop: unpaired bases of the target and of the miRNA."""

    target: int
    mirna: int


class Cell(NamedTuple):
    """A pair: index of the target base, and of the miRNA base counted from 3'."""

    i: int
    j: int


END = Move(-1, -1)
STACK = Move(0, 0)
SMALL = (Move(1, 1), Move(1, 2), Move(2, 1), Move(2, 2))
# unknown bases beyond both ends, so that no loop needs to check where it is
MARGIN = MAX_LOOP + 4


@cache
def moves(options: SearchOptions) -> tuple[Move, ...]:
    """Every loop, in RNAhybrid's order of preference.

    Of two structures whose doubles are equal, the one of the earlier move is kept.
    """
    sides = range(1, options.max_loop + 1)
    bulges = range(1, options.max_bulge + 1)
    loops = [Move(a, b) for a in sides for b in sides]
    return (
        END,
        *(move for move in loops if min(move) > 2),
        *(move for move in loops if move.target > 2 >= move.mirna),
        *(move for move in loops if move.mirna > 2 >= move.target),
        *(move for move in loops if move in SMALL),
        *(Move(0, b) for b in bulges),
        *(Move(a, 0) for a in bulges),
        STACK,
    )


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
        Target bases of earlier sites: they never pair, no loop spans one, they dangle
        without energy. Shape (n,); by default none.
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
    rows: SeedRegion | None = field(init=False)

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
        return move == STACK or is_free

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

    def start_parts(self, i: Any, j: int) -> tuple[Any, ...]:
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
                columns = reachable(strands, move)
                energy = _energies(strands, matrix, Cells(columns, j), move)
                best[columns] = np.minimum(best[columns], energy)
        pairing = strands.can_pair(np.arange(strands.n), j)
        matrix[j, : strands.n] = np.where(pairing, best, INF)
    return matrix


class Cells(NamedTuple):
    """Pairs of one miRNA base: indices of the target bases, and that of the base."""

    columns: NDArray[np.intp]
    j: int


def _energies(
    strands: Strands, matrix: NDArray[np.int16], cells: Cells, move: Move
) -> NDArray[np.int16]:
    """Energy of the duplexes that begin with some pairs and go on with one move."""
    columns, j = cells
    total = sum(strands.parts(columns, j, move), np.zeros(1, dtype=np.int16))
    if move != END:
        total = total + matrix[j + 1 + move.mirna, columns + 1 + move.target]
    return np.asarray(total)


def reachable(strands: Strands, move: Move) -> NDArray[np.intp]:
    """Target bases from which no masked base stops a move."""
    blocked = np.zeros(strands.n, dtype=np.bool_)
    for k in range(1, 1 + _looked_at(strands, move)):
        blocked |= strands.is_masked[k : k + strands.n]
    return np.flatnonzero(~blocked)


def _looked_at(strands: Strands, move: Move) -> int:
    """How many target bases after a pair must be unmasked for a move.

    Those of the loop; but for large loops RNAhybrid wants room for the longest one.
    """
    return strands.options.max_loop + 1 if min(move) > 2 else max(0, move.target)


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
    starts = _best_starts(strands, matrix)
    if starts.units >= 0:
        return None
    best: _Tail | None = None
    known: dict[Cell, _Tail] = {}
    for start in starts.cells:
        tail = _tail_from(strands, matrix, start, known)
        summed = _added(tail.summed, doubles(strands.start_parts(*start), END))
        if best is None or summed < best.summed:
            best = _Tail(summed, tail.cells)
    return None if best is None else Path(best.cells, starts.units, best.summed)


class _Starts(NamedTuple):
    """Lowest energy, 0.01 kcal/mol, and the outermost pairs that reach it."""

    units: int
    cells: list[Cell]


class _Tail(NamedTuple):
    """Pairs of the inner part of a duplex, and their energy in double precision."""

    summed: float
    cells: tuple[Cell, ...]


class _Step(NamedTuple):
    """A move, and the pair that it leads to."""

    move: Move
    inner: Cell


def _best_starts(strands: Strands, matrix: NDArray[np.int16]) -> _Starts:
    """Lowest energy with outer dangles, and the pairs that reach it, left to right."""
    columns = np.arange(strands.n)
    totals = np.full((strands.m, strands.n), INF, dtype=np.int16)
    for j in filter(strands.may_start, range(strands.m)):
        dangles = sum(strands.start_parts(columns, j), np.zeros(1, dtype=np.int16))
        totals[j] = matrix[j, : strands.n] + dangles
    lowest = int(totals.min(initial=INF))
    starts = (
        Cell(*start) for start in np.argwhere(np.equal(totals.T, lowest)).tolist()
    )
    return _Starts(lowest, sorted(starts, key=_preference))


def _preference(start: Cell) -> tuple[int, ...]:
    """Left to right, counted from the bases that dangle; then few of them."""
    i, j = start
    return max(i - 1, 0), max(j - 1, 0), min(i, 1) + min(i, j, 1)


def _tail_from(
    strands: Strands, matrix: NDArray[np.int16], cell: Cell, known: dict[Cell, _Tail]
) -> _Tail:
    """The best duplex from a pair on, by energies in double precision."""
    if cell in known:
        return known[cell]
    best = _Tail(float(INF), ())
    steps = _best_steps(strands, matrix, cell)
    for _, alike in groupby(steps, key=lambda step: _family(step.move)):
        lowest, last_energy = _Tail(float(INF), ()), 0.0
        for move, inner in alike:
            rest = _Tail(0.0, ())
            if move != END:
                rest = _tail_from(strands, matrix, inner, known)
            *energies, last = doubles(strands.parts(*cell, move), move)
            summed = _added(rest.summed, energies)
            if summed < lowest.summed:
                lowest, last_energy = _Tail(summed, rest.cells), last
        summed = lowest.summed + last_energy
        if summed < best.summed:
            best = _Tail(summed, (cell, *lowest.cells))
    known[cell] = best
    return best


def _family(move: Move) -> tuple[int, ...]:
    """Loops that RNAhybrid compares before it adds their last energy.

    Large interior loops share it, their outer mismatch; each other loop is a family.
    """
    a, b = move
    if min(a, b) <= 0 or move in SMALL:
        return move
    return (min(a, 3) // 3, min(b, 3) // 3, 3)


def _best_steps(
    strands: Strands, matrix: NDArray[np.int16], cell: Cell
) -> Iterator[_Step]:
    """Steps that reach exactly C of a cell, in order of preference."""
    i, j = cell
    for move in moves(strands.options):
        if strands.allows(j, move) and _is_reachable(strands, i, move):
            inner = Cell(i + 1 + move.target, j + 1 + move.mirna)
            rest = 0 if move == END else int(matrix[inner.j, inner.i])
            energy = sum(map(int, strands.parts(i, j, move)))
            if rest < INF and rest + energy == int(matrix[j, i]):
                yield _Step(move, inner)


def _is_reachable(strands: Strands, i: int, move: Move) -> bool:
    return not strands.is_masked[i + 1 : i + 1 + _looked_at(strands, move)].any()


def doubles(parts: Sequence[int], move: Move) -> list[float]:
    """Energies in kcal/mol as the doubles that RNAhybrid holds."""
    energies = [int(part) / 100 for part in parts]
    if len(parts) == 4:
        # RNAhybrid's asymmetry is a product, which rounds differently from the decimal
        rate, most = ASYMMETRY / 100, MAX_ASYMMETRY / 100
        energies[2] = min(most, rate * abs(move.target - move.mirna))
    return energies


def _added(start: float, energies: Sequence[float]) -> float:
    for energy in energies:
        start += energy
    return start
