r"""Expected Boltzmann sums over the duplexes of a miRNA with random targets.

For targets drawn from a Markov chain of first order, the expectation, per base, of the
sum over all duplexes d that start there,

    Z(b, z) = E[ sum over d of exp(b x_d) z^n_d ],    x_d = -E_d in kcal/mol,

where n_d are the target bases that d spans, follows from a recursion over the pairs of
the miRNA, as the energies do: the target is summed out with the chain's transitions.
ln Z is the cumulant generating function of the strengths and spans of all duplexes.

All miRNAs and all b are computed at once, with numpy alone. Moves between two pairs
depend on at most four bases of the miRNA (at both pairs and beside them), so that their
weights are tabulated for the 256 contexts first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy.turner import turner1999
from bioloom.mirna.options import SearchOptions, SeedRegion
from bioloom.seq.alphabet import UNKNOWN, SeqCodes

Floats = NDArray[np.float64]
# target bases that pair with a miRNA base; A and C have only one
_PARTNERS = np.array([[3, 3], [2, 2], [1, 3], [0, 2]])
_IS_PARTNER = np.array([[True, False], [True, False], [True, True], [True, True]])
_IS_GU = np.array([[False, False], [False, False], [False, True], [False, True]])


@dataclass(frozen=True, slots=True)
class Chain:
    """A Markov chain of first order over the bases.

    Parameters
    ----------
    transitions
        Probability that base b follows base a: [a, b], shape (4, 4).
    stationary
        Frequencies of the bases, shape (4,).
    """

    transitions: Floats
    stationary: Floats


class Grid(NamedTuple):
    """Inverse temperatures b, per kcal/mol, and weights z per target base."""

    inverse_temperatures: tuple[float, ...]
    fugacities: tuple[float, ...] = (1.0,)

    @property
    def size(self) -> int:
        """Points of the grid."""
        return len(self.inverse_temperatures) * len(self.fugacities)


class Ensemble(NamedTuple):
    """Which duplexes count.

    Parameters
    ----------
    max_loop
        Longest side of a loop and longest bulge, nt.
    min_helix
        Fewest stacked pairs between two loops: a sum over all duplexes counts each site
        many times over, with isolated pairs added to it or left out.
    """

    max_loop: int
    min_helix: int


def log_sums(
    mirnas: Sequence[SeqCodes],
    chain: Chain,
    grid: Grid,
    ensemble: Ensemble,
    *,
    options: SearchOptions,
) -> Floats:
    """Ln Z of each miRNA at each point of a grid; -inf where no duplex is allowed.

    Parameters
    ----------
    mirnas
        Base codes, 5'→3', without unknown bases.
    chain
        What random targets are drawn from.
    grid
        Values of b and z.
    ensemble
        Which duplexes count, of those that the rules allow.
    options
        Rules on the seed region and on loops.

    Returns
    -------
    Shape (n_mirnas, n_inverse_temperatures, n_fugacities).

    Notes
    -----
    Time O(miRNAs · their length · longest loop · points of the grid).
    """
    tables = _tables(chain, grid, _limited(options, ensemble.max_loop))
    rows = _rows_of(mirnas, options, len(tables.moves) - 2)
    n_rows = rows.bases.shape[1] - 2
    # [k]: weights of all duplexes from a pair on, towards the miRNA's 5' end, that
    # begin with k stacks at least
    onward = np.zeros((ensemble.min_helix, len(mirnas), n_rows, 2, grid.size))
    total = np.zeros((len(mirnas), grid.size))
    for row in range(n_rows):
        allowed = rows.is_partner[:, row, :, None]
        stacked = _moved(rows, _Moves(row, _STACK), onward, tables)
        looped = _moved(rows, _Moves(row, rows.loops(row)), onward[-1:], tables)[0]
        free = (_ended(rows, row, tables) + stacked[0] + looped) * allowed
        onward[0, :, row] = free
        onward[1:, :, row] = stacked[:-1] * allowed
        base, outside = rows.bases[:, row + 1], rows.bases[:, row + 2]
        started = (onward[-1, :, row] * tables.starts[base, outside]).sum(axis=1)
        total += started * rows.may_start[:, row, None]
    with np.errstate(divide="ignore"):
        logs: Floats = np.log(total)
    return logs.reshape(len(mirnas), len(grid.inverse_temperatures), -1)


def _limited(options: SearchOptions, max_loop: int) -> SearchOptions:
    return replace(
        options,
        max_loop=min(options.max_loop, max_loop),
        max_bulge=min(options.max_bulge, max_loop),
    )


class _Rows(NamedTuple):
    """miRNAs from their 5' end on: row k is base k, counted from 0.

    Parameters
    ----------
    bases
        Padded at both ends with an unknown base: row k is column k + 1.
    is_partner
        Whether each choice of a partner is allowed: [miRNA, row, choice].
    may_start, may_end
        Whether a duplex may have its first pair (towards the target's 5' end), or its
        last, at a row: [miRNA, row].
    helix
        First and last row of the seed region; None without one.
    max_loop
        Most bases of the miRNA that a move skips.
    """

    bases: NDArray[np.intp]
    is_partner: NDArray[np.bool_]
    may_start: NDArray[np.bool_]
    may_end: NDArray[np.bool_]
    helix: SeedRegion | None
    max_loop: int

    def loops(self, row: int) -> NDArray[np.intp]:
        """Moves from a row, but for a stack, that do not break the helix."""
        skipped = np.arange(min(self.max_loop, row - 1) + 1, dtype=np.intp)
        if self.helix is not None and row > self.helix.first:
            skipped = skipped[row - 1 - skipped >= self.helix.last]
        return skipped + 1


def _rows_of(
    mirnas: Sequence[SeqCodes], options: SearchOptions, max_loop: int
) -> _Rows:
    lengths = np.array([len(mirna) for mirna in mirnas])
    bases = np.full((len(mirnas), lengths.max() + 2), UNKNOWN, dtype=np.intp)
    for padded, mirna in zip(bases, mirnas, strict=True):
        padded[1 : len(mirna) + 1] = mirna
    row = np.arange(lengths.max())
    exists = row < lengths[:, None]
    known = np.minimum(bases[:, 1:-1], 3)
    partner = _IS_PARTNER[known] & exists[:, :, None]
    if options.seed_region is None:
        return _Rows(bases, partner, exists, exists, None, max_loop)
    helix = SeedRegion(*(number - 1 for number in options.seed_region))
    in_helix = (row >= helix.first) & (row <= helix.last)
    if not options.allow_gu:
        partner &= ~(_IS_GU[known] & in_helix[:, None])
    may_start = exists & (row >= helix.last)
    may_end = exists & (row <= helix.first)
    return _Rows(bases, partner, may_start, may_end, helix, max_loop)


def _ended(rows: _Rows, row: int, tables: "_Tables") -> Floats:
    ended = tables.ends[rows.bases[:, row + 1], rows.bases[:, row]]
    return ended * rows.may_end[:, row, None, None]


class _Moves(NamedTuple):
    """Moves from a row; see `_Tables`."""

    row: int
    numbers: NDArray[np.intp]


_STACK = np.zeros(1, dtype=np.intp)


def _moved(rows: _Rows, moves: _Moves, onward: Floats, tables: "_Tables") -> Floats:
    """Weights of the duplexes that go on from a row with one of these moves.

    Shape (helices, n_mirnas, choices, points), as `onward` but for the row.
    """
    row, numbers = moves
    if row == 0:
        return np.zeros_like(onward[:, :, 0])
    inner = row - 1 - np.maximum(numbers - 1, 0)
    bases = np.minimum(rows.bases, 3)  # beyond its end a miRNA has no partner anyway
    outer = 64 * bases[:, [row + 1]] + 16 * bases[:, [row]]
    context = outer + 4 * bases[:, inner + 2] + bases[:, inner + 1]
    weights = tables.moves[numbers, context]
    return np.asarray(np.einsum("mbsin,hmbin->hmsn", weights, onward[:, :, inner]))


class _Tables(NamedTuple):
    """Weights of moves, ends and starts at the n points of a grid.

    Parameters
    ----------
    moves
        [move, context, choice of the outer partner, of the inner one, n]. Move 0 is a
        stack; move 1 + b any other that skips b bases of the miRNA. The context is
        the outer base of the miRNA and its neighbour inwards, the neighbour of the
        inner base outwards and the inner base, as a number in base 4.
    ends
        [miRNA base, its neighbour inwards, choice of the partner, n].
    starts
        [miRNA base, its neighbour outwards, choice of the partner, n].
    """

    moves: Floats
    ends: Floats
    starts: Floats


class _Context:
    """Bases of both strands around a move, as index arrays that broadcast.

    q0 and q3 are the miRNA's bases of the outer and the inner pair, q1 and q2 their
    neighbours between them; t0 and t1 are their partners.
    """

    q0, q1, q2, q3, _outer, _inner = np.ogrid[:4, :4, :4, :4, :2, :2]
    t0, t1 = _PARTNERS[q0, _outer], _PARTNERS[q3, _inner]


def _tables(chain: Chain, grid: Grid, options: SearchOptions) -> _Tables:
    e = turner1999()
    inverse, fugacity = (values.ravel() for values in np.meshgrid(*grid, indexing="ij"))
    longest = max(options.max_loop, options.max_bulge)
    steps = _steps(chain, fugacity, longest)
    moves = np.zeros((longest + 2, 4, 4, 4, 4, 2, 2, grid.size))
    c = _Context()
    stack = _weight(e.stack[c.t0, c.q0, c.t1, c.q3], inverse)
    adjacent = steps[1][c.t0, c.t1]
    moves[0] = stack * adjacent
    for size in range(1, options.max_bulge + 1):
        bulge = _weight(e.bulge[size], inverse) * (stack if size == 1 else 1.0)
        moves[1] += bulge * steps[size + 1][c.t0, c.t1]
        moves[1 + size] += bulge * adjacent
    for skipped in range(1, options.max_loop + 1):
        moves[1 + skipped] += _large_loops(steps, inverse, options.max_loop, skipped)
    for a, b in _SMALL:
        if max(a, b) <= options.max_loop:
            small = _small_loop(chain, grid.inverse_temperatures, a, b)
            many = np.repeat(small, len(grid.fugacities), axis=-1)
            moves[1 + b] += many * fugacity ** (a + 1)
    flat = moves.reshape(longest + 2, 256, 2, 2, grid.size)
    return _Tables(flat, _ends(chain, inverse), _starts(chain, inverse, fugacity))


_SMALL = ((1, 1), (1, 2), (2, 1), (2, 2))


def _weight(units: NDArray[np.int16], inverse: Floats) -> Floats:
    """exp(b x) of energies in 0.01 kcal/mol; the points of the grid come last."""
    weight: Floats = np.exp(units[..., None] * (-inverse / 100))
    return weight


def _steps(chain: Chain, fugacity: Floats, longest: int) -> Floats:
    """Weights of going from one target base to that k further on: [k, a, b, n]."""
    one = chain.transitions[:, :, None] * fugacity
    steps = np.zeros((longest + 2, 4, 4, len(fugacity)))
    steps[0] = np.eye(4)[:, :, None]
    for k in range(longest + 1):
        steps[k + 1] = np.einsum("abn,bcn->acn", steps[k], one)
    return steps


def _large_loops(steps: Floats, inverse: Floats, max_loop: int, skipped: int) -> Floats:
    """Interior loops without a table of their own that skip so many miRNA bases.

    They depend on the target's first and last unpaired base, u and v.
    """
    e = turner1999()
    sizes = np.arange(3 if skipped <= 2 else 1, max_loop + 1)
    units = e.interior[sizes + skipped] + e.asymmetry[np.abs(sizes - skipped)]
    between = np.einsum("kn,kuvn->nuv", _weight(units, inverse), steps[sizes - 1])
    q0, q1, choice, u = np.ogrid[:4, :4, :2, :4]
    t0 = _PARTNERS[q0, choice]
    outer = _weight(e.mismatch[t0, u, q1, q0], inverse) * steps[1][t0, u]
    q2, q3, choice, v = np.ogrid[:4, :4, :2, :4]
    t1 = _PARTNERS[q3, choice]
    inner = _weight(e.mismatch[q3, q2, v, t1], inverse) * steps[1][v, t1]
    n = len(inverse)
    left = outer.reshape(32, 4, n).transpose(2, 0, 1)
    right = inner.reshape(32, 4, n).transpose(2, 1, 0)
    joined = (left @ between @ right).reshape(n, 4, 4, 2, 4, 4, 2)
    return np.asarray(joined.transpose(1, 2, 4, 5, 3, 6, 0))


def _small_loop(
    chain: Chain, inverse_temperatures: tuple[float, ...], a: int, b: int
) -> Floats:
    """Interior loops with a target and b miRNA bases unpaired, but for z."""
    c, p = _Context(), chain.transitions
    boltzmann = _small_loop_weights(inverse_temperatures, a, b)
    u, v = np.ogrid[:4, :4]
    t0, t1 = c.t0[..., None, None], c.t1[..., None, None]
    path = p[t0, u] * p[u, v] * p[v, t1]
    if a == 1:
        path = (p[c.t0[..., None], u[:, 0]] * p[u[:, 0], c.t1[..., None]])[..., None]
    path = np.broadcast_to(path, boltzmann.shape[:-1])
    return np.asarray(np.einsum("abcdefuvn,abcdefuv->abcdefn", boltzmann, path))


@cache
def _small_loop_weights(
    inverse_temperatures: tuple[float, ...], a: int, b: int
) -> Floats:
    """exp(b x) of the tabulated loops: [context, choices, u, v, n]."""
    e, c = turner1999(), _Context()
    q0, q1, q2, q3, t0, t1 = (
        each[..., None, None] for each in (c.q0, c.q1, c.q2, c.q3, c.t0, c.t1)
    )
    u = np.arange(4)[:, None]
    unpaired = (u,) if a == 1 else (u, np.arange(4))
    mirna = (q1,) if b == 1 else (q1, q2)
    units = getattr(e, f"int{a}{b}")[t0, q0, *unpaired, *mirna, t1, q3]
    width = 1 if a == 1 else 4
    units = np.broadcast_to(units, (4, 4, 4, 4, 2, 2, 4, width))
    return _weight(units, np.array(inverse_temperatures))


def _ends(chain: Chain, inverse: Floats) -> Floats:
    """Dangling bases beside the last pair, inside of both strands."""
    e = turner1999()
    q0, q1, choice = np.ogrid[:5, :5, :2]
    q0 = np.minimum(q0, 3)
    t0 = _PARTNERS[q0, choice]
    target = _weight(e.dangle3[q0[..., None], t0[..., None], np.arange(4)], inverse)
    dangling = np.einsum("...xn,...x->...n", target, chain.transitions[t0])
    return np.asarray(dangling * _weight(e.dangle5[q1, q0, t0], inverse))


def _starts(chain: Chain, inverse: Floats, fugacity: Floats) -> Floats:
    """Dangling bases beside the first pair, and the frequency of its target base."""
    e = turner1999()
    q0, outside, choice = np.ogrid[:5, :5, :2]
    q0 = np.minimum(q0, 3)
    t0 = _PARTNERS[q0, choice]
    before = chain.stationary[:, None] * chain.transitions
    y = np.arange(4)
    target = _weight(e.dangle5[y, t0[..., None], q0[..., None]], inverse)
    dangling = np.einsum("...yn,...y->...n", target, before[y, t0[..., None]])
    dangling = dangling * _weight(e.dangle3[t0, q0, outside], inverse)
    return np.asarray(dangling * fugacity)
