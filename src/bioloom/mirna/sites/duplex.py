"""A site: where a miRNA binds a target, its energy, and its drawing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy.recursion import (
    END,
    Cell,
    Move,
    Path,
    Strands,
    energy_matrix,
    replay,
)
from bioloom.mirna.energy.turner import turner1999
from bioloom.mirna.options import SearchOptions
from bioloom.seq.alphabet import SeqCodes

LoopKind = Literal[
    "start", "stack", "target bulge", "miRNA bulge", "interior loop", "end"
]
_LETTERS = "ACGUN"


class Span(NamedTuple):
    """Bases of a strand: 0-based, half-open, 5'→3'."""

    start: int
    end: int


class Pair(NamedTuple):
    """A base pair: 0-based positions, both counted 5'→3'."""

    target: int
    mirna: int


class Drawing(NamedTuple):
    """Four lines as RNAhybrid draws a duplex; the miRNA runs 3'→5'."""

    target_unpaired: str
    target_paired: str
    mirna_paired: str
    mirna_unpaired: str


@dataclass(frozen=True, slots=True)
class Loop:
    """One term of a duplex's energy.

    Parameters
    ----------
    kind
        "start" and "end" are the dangling bases outside the first and last pair.
    target, mirna
        Bases that it spans, including its pairs.
    energy
        kcal/mol.
    """

    kind: LoopKind
    target: Span
    mirna: Span
    energy: float


@dataclass(frozen=True, slots=True)
class Duplex:
    """A miRNA on its site.

    Parameters
    ----------
    mfe
        Energy, kcal/mol: the exact sum of the loops.
    summed
        The same as RNAhybrid's doubles add up; it differs in the last bits, and so may
        differ when printed with one decimal.
    pairs
        From the target's 5' side.
    loops
        From the target's 5' side; their energies sum to `mfe`.
    lines
        As RNAhybrid draws it.
    """

    mfe: float
    summed: float
    pairs: tuple[Pair, ...]
    loops: tuple[Loop, ...]
    lines: Drawing

    @property
    def start(self) -> int:
        """First paired base of the target, 0-based."""
        return self.pairs[0].target

    @property
    def end(self) -> int:
        """One past the last paired base of the target."""
        return self.pairs[-1].target + 1

    @property
    def position(self) -> int:
        """RNAhybrid's: 1-based, of the dangling 5' base if there is one."""
        return position_of(self.start)


def position_of(start: int) -> int:
    """RNAhybrid's position of a site by its first paired base, 0-based."""
    return max(start, 1)


def fold_all(
    mirna: SeqCodes, target: SeqCodes, options: SearchOptions | None = None
) -> Iterator[Duplex]:
    """Sites of one miRNA on one target, best first, by the plain recursion.

    Parameters
    ----------
    mirna, target
        Base codes, 5'→3', uint8.
    options
        Rules of the search; by default the one best site.

    Notes
    -----
    Time O(hits · m · n · max_loop²): for short targets, explanations and tests.
    """
    options = options or SearchOptions()
    masked = np.zeros(len(target), dtype=np.bool_)
    n_found = 0
    while options.top is None or n_found < options.top:
        strands = Strands(mirna, target, options, masked=masked)
        path = replay(strands, energy_matrix(strands))
        if path is None or path.units / 100 > options.max_mfe:
            return
        duplex = duplex_of(strands, path)
        masked[duplex.start : duplex.end] = True
        n_found += 1
        yield duplex


def duplex_of(strands: Strands, path: Path) -> Duplex:
    """The duplex of a path through the energy matrix."""
    loops = tuple(_loops(strands, path))
    return Duplex(
        mfe=path.units / 100,
        summed=path.summed,
        pairs=tuple(Pair(i, strands.m - 1 - j) for i, j in path.cells),
        loops=loops,
        lines=_lines(strands, path),
    )


def shifted(duplex: Duplex, offset: int) -> Duplex:
    """The same duplex on a target that begins this many bases earlier."""
    if offset == 0:
        return duplex
    loops = tuple(
        replace(loop, target=Span(loop.target.start + offset, loop.target.end + offset))
        for loop in duplex.loops
    )
    pairs = tuple(Pair(i + offset, j) for i, j in duplex.pairs)
    return replace(duplex, pairs=pairs, loops=loops)


def _loops(strands: Strands, path: Path) -> Iterator[Loop]:
    m, n, cells = strands.m, strands.n, path.cells

    def loop(kind: LoopKind, first: Cell, last: Cell, units: int) -> Loop:
        target = Span(max(0, first.i), min(n, last.i + 1))
        mirna = Span(max(0, m - 1 - last.j), min(m, m - first.j))
        return Loop(kind, target, mirna, units / 100)

    first, last = cells[0], cells[-1]
    dangles = sum(map(int, strands.start_parts(*first)))
    yield loop("start", Cell(first.i - 1, first.j - 1), first, dangles)
    for outer, inner in pairwise(cells):
        move = Move(inner.i - outer.i - 1, inner.j - outer.j - 1)
        energy = sum(map(int, strands.parts(*outer, move)))
        yield loop(_kind(move), outer, inner, energy)
    dangles = sum(map(int, strands.parts(*last, END)))
    yield loop("end", last, Cell(last.i + 1, last.j + 1), dangles)


def _kind(move: Move) -> LoopKind:
    match move:
        case (0, 0):
            return "stack"
        case (_, 0):
            return "target bulge"
        case (0, _):
            return "miRNA bulge"
    return "interior loop"


def _lines(strands: Strands, path: Path) -> Drawing:
    """Four lines: unpaired ends and loops outside, pairs inside."""
    target = "".join(_LETTERS[code] for code in strands.t[: strands.n])
    mirna = "".join(_LETTERS[code] for code in strands.q[: strands.m])
    (i, j), (last_i, last_j) = path.cells[0], path.cells[-1]
    # at the 5' side both strands end at the duplex, at the 3' side they start there
    width = max(j, min(i, 1))
    blocks = [(target[max(0, i - 1) : i].rjust(width), mirna[:j].rjust(width))]
    for outer, inner in pairwise(path.cells):
        unpaired = (target[outer.i + 1 : inner.i], mirna[outer.j + 1 : inner.j])
        blocks.append(unpaired)
    blocks.append((target[last_i + 1 : last_i + 2], mirna[last_j + 1 :]))
    rows = ["", "", "", ""]
    for k, (above, below) in enumerate(blocks):
        width = max(len(above), len(below))
        cell = path.cells[k : k + 1]
        top, bottom = (target[cell[0][0]], mirna[cell[0][1]]) if cell else ("", "")
        gap = " " * len(top)
        rows[0] += above.ljust(width) + gap
        rows[1] += " " * width + top
        rows[2] += " " * width + bottom
        rows[3] += below.ljust(width) + gap
    return Drawing(*rows)


def perfect_target(mirna: SeqCodes) -> SeqCodes:
    """The miRNA's perfect complement, 5'→3'; unknown bases stay unknown."""
    complement: NDArray[np.uint8] = np.array([3, 2, 1, 0, 4], dtype=np.uint8)
    return complement[mirna[::-1]]


def perfect_mfe(mirna: SeqCodes) -> float:
    """Energy of a miRNA on its perfect complement, kcal/mol; 0.0 if nothing pairs.

    Examples
    --------
    >>> from bioloom.seq.alphabet import encode
    >>> perfect_mfe(encode("UGAGGUAGUAGGUUGUAUAGUU"))
    -40.7
    """
    best = next(fold_all(mirna, perfect_target(mirna)), None)
    return best.mfe if best else 0.0


def stacked_energies(mirnas: Sequence[SeqCodes]) -> NDArray[np.float32]:
    """The energy by which RNAhybrid's presets measure each miRNA, kcal/mol.

    The sum of the stacks with the perfect complement, but with both strands read the
    wrong way round, and in single precision: so RNAhybrid 2.1.2 computes it for its
    p-values.
    """
    stack = turner1999().stack
    sums = []
    for q in mirnas:
        t = perfect_target(q)[::-1]
        terms = (stack[t[:-1], q[:-1], t[1:], q[1:]] / 100).astype(np.float32)
        sums.append(np.cumsum(terms)[-1])  # in sequence: np.sum adds in another order
    return np.array(sums, dtype=np.float32)
