"""Contigs from reads: count k-mers, compact, clean, join."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bioloom.debruijn.graphs.cleaning import Removal, clean
from bioloom.debruijn.graphs.eulerian import eulerian_walk
from bioloom.debruijn.graphs.gfa import oriented_name
from bioloom.debruijn.graphs.kmers import count_kmers
from bioloom.debruijn.graphs.reads import ReadSource
from bioloom.debruijn.graphs.shape import components, n50
from bioloom.debruijn.graphs.spectrum import valley
from bioloom.debruijn.graphs.unitigs import UnitigGraph, build
from bioloom.result import Result
from bioloom.run.progress import OnStep, silent
from bioloom.seq.alphabet import SeqCodes, decode
from bioloom.seq.fasta import Record, write_fasta

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from bioloom.debruijn.graphs.reference import ReferenceCheck

COLUMNS = ("contig", "length", "coverage", "kind", "is_circle", "path")


@dataclass(frozen=True, slots=True)
class Contig:
    """One assembled sequence.

    Parameters
    ----------
    name
        By length, ``c1`` is the longest.
    codes
        Its bases.
    coverage
        Mean count of its k-mers, repeated ones counted as often.
    kind
        "unitig", or "walk" if several were joined.
    is_circle
        Whether its end continues at its beginning, with k - 1 bases shared.
    path
        Its oriented unitigs, as in ``3+,1-``.
    """

    name: str
    codes: SeqCodes
    coverage: float
    kind: str
    is_circle: bool
    path: str

    @property
    def record(self) -> Record:
        """As a FASTA record."""
        circle = " circular" if self.is_circle else ""
        description = f"length={len(self.codes)} coverage={self.coverage:.2f}{circle}"
        return Record(self.name, decode(self.codes), description)


@dataclass(frozen=True, repr=False)
class Assembly(Result):
    """Contigs, and the graphs behind them.

    Parameters
    ----------
    contigs
        Longest first.
    graph
        After cleaning.
    raw
        Before.
    min_count
        k-mers with a lower count were left out.
    removals
        What cleaning removed.
    n_walks, n_ambiguous
        Components with one Eulerian walk, joined; and with several, left as unitigs.
    check
        Comparison with a reference, if one was given.
    """

    contigs: tuple[Contig, ...]
    graph: UnitigGraph
    raw: UnitigGraph
    min_count: int
    removals: tuple[Removal, ...]
    n_walks: int
    n_ambiguous: int
    check: ReferenceCheck | None = None

    @property
    def n_bases(self) -> int:
        """Bases of all contigs."""
        return sum(len(contig.codes) for contig in self.contigs)

    @property
    def n50(self) -> int:
        """N50 of the contigs."""
        return n50([len(contig.codes) for contig in self.contigs])

    def summary(self) -> str:
        """Contigs, bases, N50, and the comparison with the reference."""
        text = (
            f"contigs: {len(self.contigs):,}, bases: {self.n_bases:,}, "
            f"N50: {self.n50:,}, lowest count of a k-mer: {self.min_count}"
        )
        return f"{text}; {self.check.summary()}" if self.check else text

    def write(self, path: str | Path) -> int:
        """Write the contigs as FASTA; return their number."""
        return write_fasta(path, (contig.record for contig in self.contigs))

    def plot(self) -> Figure:
        """Length and coverage of the unitigs of the cleaned graph."""
        from bioloom.debruijn.graphs.figures import coverage_figure

        return coverage_figure(self.graph)

    def plot_spectrum(self) -> Figure:
        """Number of k-mers by count; those left out are grey."""
        from bioloom.debruijn.graphs.figures import spectrum_figure

        return spectrum_figure(self.raw.table.spectrum, self.min_count)

    def to_frame(self) -> pd.DataFrame:
        """One row per contig."""
        import pandas as pd

        rows = [
            (x.name, len(x.codes), x.coverage, x.kind, x.is_circle, x.path)
            for x in self.contigs
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))


def assemble(
    reads: ReadSource,
    k: int,
    *,
    min_count: int | None = None,
    min_length: int | None = None,
    memory_mb: int = 1000,
    on_step: OnStep = silent,
) -> Assembly:
    """Assemble reads into contigs.

    Parameters
    ----------
    reads
        FASTA or FASTQ files, or sequences.
    k
        Odd, 3 to 127.
    min_count
        k-mers with a lower count are treated as errors; None is the valley of the
        spectrum.
    min_length
        Shorter contigs are left out; None is 2 k.
    memory_mb
        Memory for counting k-mers.
    on_step
        Called with the progress.

    Raises
    ------
    MissingFile, BadFasta, BadFastq, BadKmers
        As `bioloom.debruijn.graphs.kmers.count_kmers`.

    Notes
    -----
    A component becomes one contig if an Eulerian walk uses each unitig as often as its
    coverage says, and no other walk spells another sequence; else each of its unitigs
    is a contig. Reads are not used beyond their k-mers: repeats of k - 1 bases or more
    end contigs.
    """
    table = count_kmers(reads, k, memory_mb=memory_mb, on_step=on_step)
    least = valley(table.spectrum) if min_count is None else min_count
    raw = build(table.at_least(least))
    graph, removals = clean(raw, on_step=on_step)
    joined = _contigs(graph)
    shortest = 2 * k if min_length is None else min_length
    by_length = sorted(joined.contigs, key=lambda x: (-len(x.codes), decode(x.codes)))
    return Assembly(
        contigs=tuple(
            replace(contig, name=f"c{number}")
            for number, contig in enumerate(by_length, 1)
            if len(contig.codes) >= shortest
        ),
        graph=graph,
        raw=raw,
        min_count=least,
        removals=removals,
        n_walks=joined.n_walks,
        n_ambiguous=joined.n_ambiguous,
    )


class _Joined(NamedTuple):
    """Contigs without names, and how many components were joined or ambiguous."""

    contigs: list[Contig]
    n_walks: int
    n_ambiguous: int


def _contigs(graph: UnitigGraph) -> _Joined:
    labels = components(graph)
    order = np.argsort(labels, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    contigs: list[Contig] = []
    n_walks = n_ambiguous = 0
    for group in groups if graph.n_unitigs else []:
        walk = eulerian_walk(graph, group.tolist()) if len(group) > 1 else None
        if walk is not None and walk.is_unique:
            n_walks += 1
            contigs.append(_contig(graph, walk.path, "walk", is_circle=walk.is_circle))
            continue
        n_ambiguous += walk is not None
        contigs += [_single(graph, int(unitig)) for unitig in group]
    return _Joined(contigs, n_walks, n_ambiguous)


def _single(graph: UnitigGraph, unitig: int) -> Contig:
    ends = graph.ends[unitig]
    is_circle = bool(ends[0] == ends[1]) and graph.n_leaving[ends[0]] == 1
    return _contig(graph, (2 * unitig,), "unitig", is_circle=bool(is_circle))


def _contig(
    graph: UnitigGraph, path: Sequence[int], kind: str, *, is_circle: bool
) -> Contig:
    parts = [
        _oriented(graph, oriented)[(graph.k - 1) * (i > 0) :]
        for i, oriented in enumerate(path)
    ]
    unitigs = [oriented >> 1 for oriented in path]
    total = sum(int(graph.sums[unitig]) for unitig in set(unitigs))
    n_kmers = sum(int(graph.n_kmers[unitig]) for unitig in unitigs)
    names = ",".join(map(oriented_name, path))
    return Contig("", np.concatenate(parts), total / n_kmers, kind, is_circle, names)


def _oriented(graph: UnitigGraph, oriented: int) -> SeqCodes:
    codes = graph.sequence_codes(oriented >> 1)
    return (3 - codes[::-1]).astype(np.uint8) if oriented & 1 else codes
