"""The energies again, laid out for the kernels.

Every table is indexed by a *context*, the miRNA's bases around a pair, and a *key*, the
target's bases around it, as whole numbers in base 5. Where a base must pair, its
partner leaves it two choices, so that one bit is enough: 0 for A and C, 1 for G
and U.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy.recursion import INF
from bioloom.mirna.energy.turner import Energies, turner1999
from bioloom.seq.alphabet import UNKNOWN, SeqCodes

Table = NDArray[np.int16]
ALWAYS = -32_768
_BIT = np.array([0, 0, 1, 1, 0])
# target base that pairs with a miRNA base, by bit
_PARTNER = np.array([[3, 3], [2, 2], [1, 3], [0, 2], [4, 4]])


def partners(bases: NDArray[np.intp]) -> NDArray[np.intp]:
    """Target bases that pair with miRNA bases, by bit; shape (2, ...)."""
    return np.moveaxis(_PARTNER[bases], -1, 0)


# where a table starts in a kernel's memory
PAIR, PAIR_NO_GU, STACK, END, START, OUTSIDE, INSIDE = range(0, 5600, 800)
INT11, INT12, INT21, INT22 = 5_600, 9_600, 29_600, 45_600
BULGE, INTERIOR, ASYMMETRY = 125_600, 125_632, 125_664
# of the dangles, what the target's base adds
END_TARGET, START_TARGET = 125_696, 126_496
TABLES_END = 127_296


@cache
def kernel_tables() -> Table:
    """Tables of the packaged energies in one piece, 0.01 kcal/mol.

    `PAIR` holds `ALWAYS` where a target base pairs with a miRNA base, else `INF`; `END`
    and `START` the dangles of the last and the first pair; `OUTSIDE` and `INSIDE` the
    mismatch in a loop beside its outer and its inner pair.
    """
    e = turner1999()
    q0, q1, t0, t1 = np.ix_(*[range(5)] * 4)
    pairs = e.pairs[t0, q0]
    memory = np.zeros(TABLES_END, dtype=np.int16)
    parts = {
        PAIR: _flat(np.where(pairs, ALWAYS, INF)),
        PAIR_NO_GU: _flat(np.where(pairs & (t0 + q0 == 3), ALWAYS, INF)),
        STACK: _flat(e.stack[t0, q0, t1, q1]),
        END: _flat(e.dangle3[q0, t0, t1] + e.dangle5[q1, q0, t0]),
        # here q1 and t1 stand for the bases before: contexts and keys look back
        START: _flat(e.dangle5[t1, t0, q0] + e.dangle3[t0, q0, q1]),
        OUTSIDE: _flat(e.mismatch[t0, t1, q1, q0]),
        INSIDE: _flat(e.mismatch[q0, q1, t1, t0]),
        INT11: _loop_table(e, 1, 1),
        INT12: _loop_table(e, 1, 2),
        INT21: _loop_table(e, 2, 1),
        INT22: _loop_table(e, 2, 2),
        BULGE: e.bulge,
        INTERIOR: e.interior,
        ASYMMETRY: e.asymmetry,
        END_TARGET: _flat(e.dangle3[q0, t0, t1]),
        START_TARGET: _flat(e.dangle5[t1, t0, q0]),
    }
    for start, part in parts.items():
        memory[start : start + len(part)] = part
    return memory


def _flat(table: NDArray[np.generic]) -> Table:
    """Contexts (two bases) by keys (two bases, 25 of 32 used), aligned and flat."""
    return _rows_of(np.broadcast_to(table, (5, 5, 5, 5)).reshape(25, 25), 32)


def _loop_table(e: Energies, a: int, b: int) -> Table:
    """Small loop with a target and b miRNA bases unpaired.

    Context: q[j] to q[j + b + 1]; key: bit, unpaired bases, bit.
    """
    sizes = [5] * (b + 2) + [2] + [5] * a + [2]
    index = np.ix_(*map(range, sizes))
    contexts, keys = index[: b + 2], index[b + 2 :]
    outer, inner = _PARTNER[contexts[0], keys[0]], _PARTNER[contexts[-1], keys[-1]]
    unpaired = (*keys[1:-1], *contexts[1:-1])
    table = getattr(e, f"int{a}{b}")[outer, contexts[0], *unpaired, inner, contexts[-1]]
    return _rows_of(table.reshape(5 ** (b + 2), -1), 32 if a == 1 else 128)


def _rows_of(table: NDArray[np.generic], length: int) -> Table:
    rows = np.zeros((table.shape[0], length), dtype=np.int16)
    rows[:, : table.shape[1]] = table
    return rows.ravel()


def row_length(table: int) -> int:
    """Entries of a table's row, one for each of its keys, with room to spare."""
    return 128 if table in (INT21, INT22) else 32


def aligned(size: int, fill: int = 0) -> Table:
    """An int16 array that starts at a multiple of 64 bytes, one cache line."""
    raw = np.full(size + 32, fill, dtype=np.int16)
    skip = (-raw.ctypes.data % 64) // 2
    return raw[skip : skip + size]


# keys of a target position: (t[i], t[i + 1]), (t[i], t[i - 1]) and (t[i], t[i + 2]),
# each below 25; loops with one or two target bases, below 20 and 100
N_KEYS = 5
NEXT_BASE, BASE_BEFORE, AFTER_NEXT, ONE_BETWEEN, TWO_BETWEEN = range(N_KEYS)


def keys_of(target: SeqCodes) -> Table:
    """Keys of every target position, shape (N_KEYS, n); beyond its ends is unknown."""
    n = len(target)
    t = np.pad(target, (1, 3), constant_values=UNKNOWN).astype(np.int16)
    before, t0, t1, t2, t3 = (t[k : k + n] for k in range(5))
    bit = _BIT.astype(np.int16)
    return np.stack(
        [
            5 * t0 + t1,
            5 * t0 + before,
            5 * t0 + t2,
            10 * bit[t0] + 2 * t1 + bit[t2],
            50 * bit[t0] + 10 * t1 + 2 * t2 + bit[t3],
        ]
    )
