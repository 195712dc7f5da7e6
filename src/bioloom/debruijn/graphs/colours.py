"""Several samples in one graph: which of them has each unitig.

References
----------
Iqbal Z. et al. (2012) De novo assembly and genotyping of variants using colored de
Bruijn graphs. Nat Genet 44:226. doi:10.1038/ng.1028
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.errors import BadKmers
from bioloom.debruijn.graphs._found import add_found
from bioloom.debruijn.graphs.kmers import count_kmers
from bioloom.debruijn.graphs.reads import ReadSource, sources_of
from bioloom.debruijn.graphs.unitigs import Ints, UnitigGraph, indexed
from bioloom.run.progress import OnStep, silent
from bioloom.seq.sources import is_path

if TYPE_CHECKING:
    import pandas as pd

_NAME = re.compile(r"[!-+\--~]+")  # printable, no blank and no comma


@dataclass(frozen=True, slots=True)
class Colours:
    """Samples of a graph.

    Parameters
    ----------
    names
        Of the samples.
    n_kmers
        k-mers of each unitig that a sample has, shape (n_samples, n_unitigs).
    sums
        Sum of their counts in it.
    lengths
        k-mers of each unitig, shape (n_unitigs,).
    """

    names: tuple[str, ...]
    n_kmers: Ints
    sums: Ints
    lengths: Ints

    @property
    def has(self) -> NDArray[np.bool_]:
        """Whether a sample has at least half of a unitig's k-mers."""
        return 2 * self.n_kmers >= self.lengths

    def to_frame(self) -> pd.DataFrame:
        """One row per unitig: its samples, then k-mers and mean count in each."""
        import pandas as pd

        has, names = self.has, np.array(self.names)
        columns: dict[str, object] = {
            "unitig": range(1, len(self.lengths) + 1),
            "n_samples": has.sum(axis=0),
            "samples": [",".join(names[of_unitig]) for of_unitig in has.T],
        }
        rows = zip(self.names, self.n_kmers, self.sums, strict=True)
        for name, n_kmers, sums in rows:
            columns[f"{name}_kmers"] = n_kmers
            columns[f"{name}_coverage"] = (sums / self.lengths).round(4)
        return pd.DataFrame(columns)

    def shared_frame(self) -> pd.DataFrame:
        """Unitigs and k-mers by the samples that have them, the most k-mers first."""
        frame = self.to_frame().assign(n_kmers=self.lengths)
        by_samples = frame.groupby("samples", sort=False)["n_kmers"]
        shared = by_samples.agg(n_unitigs="size", n_kmers="sum").reset_index()
        return shared.sort_values("n_kmers", ascending=False, kind="stable")


def check_samples(samples: Mapping[str, ReadSource]) -> None:
    """Check that samples have names that GFA can hold, and can be read twice.

    Raises
    ------
    BadKmers
        If a name is empty, or has a blank or a comma in it, or if reads come from
        standard input.
    """
    for name, reads in samples.items():
        if any(is_path(one) and str(one) == "-" for one in sources_of(reads)):
            raise BadKmers(
                where=f"sample {name}",
                found="standard input",
                expected="files: the reads of samples are read twice",
                advice="Write the reads to a file first.",
            )
        if not _NAME.fullmatch(name):
            raise BadKmers(
                where="samples",
                found=f"the name {name!r}",
                expected="letters, digits and signs but blanks and commas",
                advice="Give the sample another name.",
            )


def colours_of(
    graph: UnitigGraph,
    samples: Mapping[str, ReadSource],
    *,
    memory_mb: int = 1000,
    on_step: OnStep = silent,
) -> Colours:
    """Count each unitig's k-mers in each sample.

    Parameters
    ----------
    graph
        Of all samples together.
    samples
        Reads by name; all their k-mers count, however rare.
    memory_mb
        Memory for counting.
    on_step
        Called with the letters read.

    Raises
    ------
    BioloomError
        If the reads of a sample cannot be used.
    """
    k, n_unitigs = graph.k, graph.n_unitigs
    unitig_of = np.empty(len(graph.order), dtype=np.int32)
    unitig_of[graph.order] = np.repeat(np.arange(n_unitigs), graph.n_kmers)
    index = indexed(graph.table.kmers, k)
    found = np.zeros((len(samples), 2, n_unitigs), dtype=np.int64)
    for of_sample, reads in zip(found, samples.values(), strict=True):
        table = count_kmers(reads, k, memory_mb=memory_mb, on_step=on_step)
        add_found(index, unitig_of, table.kmers, table.counts, of_sample)
    return Colours(tuple(samples), found[:, 0], found[:, 1], graph.n_kmers)
