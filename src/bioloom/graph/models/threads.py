"""Sums over a large matrix in several threads: one block of rows each.

As many threads as torch uses (`torch.set_num_threads`). Each row is summed by one
thread and in the same order, so that results are the same for any number of threads.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray

from bioloom.graph.models import _kernels
from bioloom.graph.models._kernels import Floats, Pair, Rows, Thinning

LEAST_WORK = 2**22
"""Multiplications below which threads cost more than they save."""


def n_threads(work: int) -> int:
    """Threads for this many multiplications."""
    return torch.get_num_threads() if work >= LEAST_WORK else 1


def gather(A: Rows, values: Floats, H: Floats, out: Floats) -> None:
    """``out += A H``, as `_kernels.gather`."""
    n = n_threads(len(values) * H.shape[1])
    if n == 1:
        _kernels.gather(A, values, H, out)
        return
    in_threads(
        lambda rows: _kernels.gather(_part(A, rows), values, H, out[rows]),
        blocks(A.indptr, n),
    )


def gather_heads(A: Rows, alpha: Floats, H: Floats, out: Floats) -> None:
    """As `_kernels.gather_heads`."""
    n = n_threads(alpha.size * H.shape[2])
    if n == 1:
        _kernels.gather_heads(A, alpha, H, out)
        return
    in_threads(
        lambda rows: _kernels.gather_heads(_part(A, rows), alpha, H, out[rows]),
        blocks(A.indptr, n),
    )


def attend(A: Rows, scores: Pair, alpha: Floats) -> None:
    """As `_kernels.attend`."""
    n = n_threads(16 * alpha.size)
    if n == 1:
        _kernels.attend(A, scores, alpha)
        return
    source, target = scores
    in_threads(
        lambda rows: _kernels.attend(_part(A, rows), Pair(source, target[rows]), alpha),
        blocks(A.indptr, n),
    )


def thin(
    draws: NDArray[np.unsignedinteger], thinning: Thinning, H: Floats, out: Floats
) -> None:
    """As `_kernels.thin`."""
    n = n_threads(H.size)
    if n == 1:
        _kernels.thin(draws, thinning, H, out)
        return
    ends = np.linspace(0, H.size, n + 1).astype(np.int64)
    in_threads(
        lambda part: _kernels.thin(draws[part], thinning, H[part], out[part]),
        (slice(*pair) for pair in zip(ends[:-1], ends[1:], strict=True)),
    )


def blocks(indptr: NDArray[np.integer], n_blocks: int) -> Iterator[slice]:
    """Consecutive rows with about equally many entries."""
    n_rows = len(indptr) - 1
    wanted = np.linspace(0, indptr[-1], n_blocks + 1)[1:-1]
    ends = [0, *np.searchsorted(indptr, wanted).tolist(), n_rows]
    for begin, end in zip(ends[:-1], ends[1:], strict=True):
        yield slice(begin, end)


def in_threads(work: Callable[[slice], None], parts: Iterator[slice]) -> None:
    """Do the work on each part, in a thread each where there are several."""
    first, *others = parts
    waiting = [_pool(len(others)).submit(work, part) for part in others]
    work(first)
    for each in waiting:
        each.result()


def _part(A: Rows, rows: slice) -> Rows:
    return Rows(A.indptr[rows.start : rows.stop + 1], A.indices)


@cache
def _pool(size: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(size, thread_name_prefix="bioloom-rows")
