"""A node table out of FASTA files: one node a sequence, described by its composition.

Joins what other programs write: sites of miRNAs on targets are edges, and the sequences
that they name are nodes.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadGraph
from bioloom.run.output import open_aside
from bioloom.seq.alphabet import BASES, UNKNOWN, SeqCodes, encode
from bioloom.seq.fasta import read_fasta

MAX_K = 6


def composition(codes: SeqCodes, k: int) -> NDArray[np.float64]:
    """Share of each k-mer among the known ones of a sequence, in order AA…A to TT…T.

    Shape (4^k,); zeros where the sequence holds none.

    Examples
    --------
    >>> composition(encode("AACGN"), 1).tolist()
    [0.5, 0.25, 0.25, 0.0]
    """
    n = max(len(codes) - k + 1, 0)
    words, is_known = np.zeros(n, dtype=np.int64), np.ones(n, dtype=bool)
    for place in range(k):
        base = codes[place : place + n]
        words = 4 * words + base
        is_known &= base < UNKNOWN
    counts = np.bincount(words[is_known], minlength=4**k)
    return counts / max(int(counts.sum()), 1)


def node_rows(
    files: Sequence[tuple[str, Path]], *, max_k: int = 2
) -> Iterator[tuple[str, ...]]:
    """Rows of a node table, its header first.

    Parameters
    ----------
    files
        Class and FASTA file of each kind of node; the class may be empty: not known.
    max_k
        Features are log10 of the length and the shares of all k-mers up to this length.

    Raises
    ------
    BioloomError
        If a file is missing or broken, or a name occurs twice.
    """
    words = [
        "".join(word) for k in range(1, max_k + 1) for word in product(BASES, repeat=k)
    ]
    yield ("id", "label", "log10_nt", *words)
    seen: dict[str, Path] = {}
    for label, path in files:
        for record in read_fasta(path):
            if record.name in seen:
                raise BadGraph(
                    where=f"{path}: {record.name}",
                    found=f"a name that {seen[record.name]} has already",
                    expected="one sequence a node, each with a name of its own",
                    advice="Rename one of them, in the edge list too.",
                )
            seen[record.name] = path
            yield (record.name, label, *_features(encode(record.sequence), max_k))


def _features(codes: SeqCodes, max_k: int) -> Iterator[str]:
    yield f"{np.log10(max(len(codes), 1)):.6f}"
    for k in range(1, max_k + 1):
        yield from (f"{share:.6f}" for share in composition(codes, k).tolist())


def write_nodes(rows: Iterable[Sequence[str]], path: str | Path) -> int:
    """Write a node table, tab-separated; return how many nodes it has."""
    n = -1
    with open_aside(path) as stream:
        for n, row in enumerate(rows):  # noqa: B007 (the header is number 0)
            stream.write("\t".join(row) + "\n")
    return n
