"""UMIs → molecules: those that stem from sequencing errors of others are merged."""

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

NO_UMI_CODE = -1
"""Stands for a read without a UMI, which is a molecule of its own."""

_CODES = str.maketrans("ACGT", "0123")


def umi_code(umi: str) -> int:
    """A UMI of up to 31 letters ACGT as a number, two bits each, the last the lowest.

    Examples
    --------
    >>> umi_code("AACT")
    7
    """
    return int(umi.translate(_CODES), 4)


def molecules(
    keys: NDArray[np.int64], umis: NDArray[np.int64], n_reads: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The molecule that each UMI is counted for, by the directional method.

    A UMI with one difference from another and at most half as many reads (more exactly:
    the other has at least twice its reads less one) is an error of it.

    Parameters
    ----------
    keys
        What the UMIs belong to, such as a cell's gene, ascending; equal keys are one
        group, shape (n,).
    umis
        `umi_code` of each, distinct within a group.
    n_reads
        Reads of each.

    Returns
    -------
    Index of the UMI with the most reads of each molecule, shape (n,).

    References
    ----------
    Smith T. et al. (2017) Genome Res 27:491. doi:10.1101/gr.209601.116
    """
    order = np.lexsort((umis, -n_reads, keys))
    starts = np.flatnonzero(np.diff(keys, prepend=keys[:1] - 1))
    bounds = np.append(starts, len(keys))
    labels = _label_groups(bounds, umis[order], n_reads[order])
    result = np.empty_like(order)
    result[order] = order[labels]
    return result


@kernel
def _label_groups(
    bounds: NDArray[np.int64], umis: NDArray[np.int64], n_reads: NDArray[np.int64]
) -> NDArray[np.int64]:
    """For each UMI the place of its molecule's first; most reads first in a group."""
    labels = np.full(len(umis), -1, np.int64)
    stack = np.empty(len(umis), np.int64)
    for group in range(len(bounds) - 1):
        start, end = bounds[group], bounds[group + 1]
        for seed in range(start, end):
            if labels[seed] >= 0:
                continue
            labels[seed] = seed
            stack[0], size = seed, 1
            while size:
                size -= 1
                parent = stack[size]
                for child in range(start, end):
                    if (
                        labels[child] < 0
                        and n_reads[parent] >= 2 * n_reads[child] - 1
                        and _is_one_error(umis[parent], umis[child])
                    ):
                        labels[child] = seed
                        stack[size] = child
                        size += 1
    return labels


@kernel
def _is_one_error(left: int, right: int) -> bool:
    """Whether two codes of two bits a letter differ in one letter."""
    differ = left ^ right
    letters = (differ | (differ >> 1)) & 0x5555555555555555
    return letters != 0 and letters & (letters - 1) == 0
