"""Node tables from sequences: one node per sequence, described by its composition.

Together with an edge table that names the same sequences (such as miRNA sites on
targets) they make a graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.graph.errors import BadGraph
from bioloom.result import Result
from bioloom.run.output import open_aside
from bioloom.seq.alphabet import BASES, UNKNOWN, SeqCodes, encode
from bioloom.seq.sources import SequenceSource, records_of

MAX_K = 6


class LabelledSequences(NamedTuple):
    """Sequences of one class; an empty label means that it is not known."""

    label: str
    sequences: SequenceSource


@dataclass(frozen=True, slots=True, repr=False)
class SequenceNodes(Result):
    """A node table: one row per sequence.

    Parameters
    ----------
    columns
        ``id``, ``label``, ``log10_nt`` and the k-mers.
    rows
        Values as text.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def summary(self) -> str:
        """Number of nodes and features."""
        return f"{len(self.rows):,} nodes with {len(self.columns) - 2} features"

    def to_frame(self) -> pd.DataFrame:
        """The table; features are numbers."""
        frame = pd.DataFrame(list(self.rows), columns=list(self.columns))
        features = list(self.columns[2:])
        return frame.astype(dict.fromkeys(features, float))

    def write(self, path: str | Path) -> None:
        """Write the table, tab-separated; "-" is standard output."""
        with open_aside(path) as stream:
            for row in (self.columns, *self.rows):
                stream.write("\t".join(row) + "\n")


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


def sequence_nodes(
    classes: Iterable[LabelledSequences], *, max_k: int = 2
) -> SequenceNodes:
    """Node table of labelled sequences.

    Parameters
    ----------
    classes
        Sequences of each class, as paths, texts or dictionaries.
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
    rows = tuple(_rows(classes, max_k))
    return SequenceNodes(("id", "label", "log10_nt", *words), rows)


def _rows(
    classes: Iterable[LabelledSequences], max_k: int
) -> Iterator[tuple[str, ...]]:
    sources: dict[str, str] = {}
    for label, sequences in classes:
        where = _name_of(label, sequences)
        for record in records_of(sequences):
            if record.name in sources:
                raise BadGraph(
                    where=f"{where}: {record.name}",
                    found=f"a name that {sources[record.name]} also has",
                    expected="one sequence per node, each with its own name",
                    advice="Rename one of them, in the edge list too.",
                )
            sources[record.name] = where
            yield (record.name, label, *_features(encode(record.sequence), max_k))


def _name_of(label: str, sequences: SequenceSource) -> str:
    """Name of the sequences in messages."""
    if isinstance(sequences, Path | str) and len(str(sequences)) < 200:
        return str(sequences)
    return f"the sequences of class {label!r}"


def _features(codes: SeqCodes, max_k: int) -> Iterator[str]:
    yield f"{np.log10(max(len(codes), 1)):.6f}"
    for k in range(1, max_k + 1):
        yield from (f"{share:.6f}" for share in composition(codes, k).tolist())
