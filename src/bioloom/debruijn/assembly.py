"""Contigs from reads: count, compact, clean, walk."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bioloom.debruijn.cleaning import Removal, clean
from bioloom.debruijn.eulerian import eulerian_walk
from bioloom.debruijn.gfa import oriented_name
from bioloom.debruijn.kmers import count_kmers
from bioloom.debruijn.shape import components, n50
from bioloom.debruijn.spectrum import valley
from bioloom.debruijn.unitigs import UnitigGraph, build
from bioloom.run.progress import OnStep, silent
from bioloom.seq.alphabet import SeqCodes, decode
from bioloom.seq.fasta import Record

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("contig", "length", "coverage", "kind", "is_circle", "path")


@dataclass(frozen=True, slots=True)
class Contig:
    """One assembled sequence.

    Parameters
    ----------
    name
        In the order of length, ``c1`` the longest.
    codes
        Its bases.
    coverage
        Mean count of its k-mers, those taken several times as often.
    kind
        "unitig", or "walk" where several were joined.
    is_circle
        Whether its end goes on at its beginning, k - 1 bases shared.
    path
        The oriented unitigs it consists of, as in ``3+,1-``.
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


@dataclass(frozen=True)
class Assembly:
    """Contigs, and how they came about.

    Parameters
    ----------
    contigs
        Longest first.
    graph
        After cleaning.
    raw
        Before.
    min_count
        k-mers seen less often were left out.
    removals
        What cleaning took out.
    n_walks, n_ambiguous
        Components with one Eulerian walk, joined; and with several, left as unitigs.
    """

    contigs: tuple[Contig, ...]
    graph: UnitigGraph
    raw: UnitigGraph
    min_count: int
    removals: tuple[Removal, ...]
    n_walks: int
    n_ambiguous: int

    @property
    def n50(self) -> int:
        """N50 of the contigs."""
        return n50([len(one.codes) for one in self.contigs])

    def to_frame(self) -> "pd.DataFrame":
        """One row a contig."""
        import pandas as pd

        rows = [
            (x.name, len(x.codes), x.coverage, x.kind, x.is_circle, x.path)
            for x in self.contigs
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))


def assemble(
    sources: Sequence[Path],
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
    sources
        FASTA or FASTQ files.
    k
        Odd, 3 to 31.
    min_count
        k-mers seen less often are taken for errors; None takes the valley of the
        spectrum.
    min_length
        Shorter contigs are left out; None is 2 k.
    memory_mb
        For counting k-mers.
    on_step
        Told what is being done.

    Raises
    ------
    MissingFile, BadFasta, BadFastq, BadKmers
        As `bioloom.debruijn.kmers.count_kmers`.

    Notes
    -----
    A component becomes one contig if an Eulerian walk exists that takes each unitig as
    often as its coverage says, and no other walk spells another sequence; else each of
    its unitigs is a contig. Reads are not used beyond their k-mers: repeats of k - 1
    bases and more end contigs.
    """
    table = count_kmers(sources, k, memory_mb=memory_mb, on_step=on_step)
    least = valley(table.spectrum) if min_count is None else min_count
    raw = build(table.at_least(least))
    graph, removals = clean(raw, on_step=on_step)
    contigs, n_walks, n_ambiguous = _contigs(graph)
    shortest = 2 * k if min_length is None else min_length
    named = tuple(
        Contig(f"c{number}", one.codes, one.coverage, one.kind, one.is_circle, one.path)
        for number, one in enumerate(
            sorted(contigs, key=lambda x: (-len(x.codes), decode(x.codes))), 1
        )
        if len(one.codes) >= shortest
    )
    return Assembly(named, graph, raw, least, removals, n_walks, n_ambiguous)


def _contigs(graph: UnitigGraph) -> tuple[list[Contig], int, int]:
    labels = components(graph)
    order = np.argsort(labels, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    found: list[Contig] = []
    n_walks = n_ambiguous = 0
    for group in groups if graph.n_unitigs else []:
        walk = eulerian_walk(graph, group.tolist()) if len(group) > 1 else None
        if walk is not None and walk.is_only:
            n_walks += 1
            found.append(_joined(graph, walk.path, is_circle=walk.is_circle))
            continue
        n_ambiguous += walk is not None
        found += [_alone(graph, int(unitig)) for unitig in group]
    return found, n_walks, n_ambiguous


def _alone(graph: UnitigGraph, unitig: int) -> Contig:
    ends = graph.ends[unitig]
    is_circle = bool(ends[0] == ends[1]) and graph.n_leaving[ends[0]] == 1
    return _contig(graph, (2 * unitig,), "unitig", is_circle=bool(is_circle))


def _joined(graph: UnitigGraph, path: Sequence[int], *, is_circle: bool) -> Contig:
    return _contig(graph, path, "walk", is_circle=is_circle)


def _contig(
    graph: UnitigGraph, path: Sequence[int], kind: str, *, is_circle: bool
) -> Contig:
    parts = [
        _oriented(graph, one)[(graph.k - 1) * (i > 0) :] for i, one in enumerate(path)
    ]
    used = [one >> 1 for one in path]
    total = sum(int(graph.sums[one]) for one in set(used))
    n_kmers = sum(int(graph.n_kmers[one]) for one in used)
    names = ",".join(oriented_name(one) for one in path)
    return Contig("", np.concatenate(parts), total / n_kmers, kind, is_circle, names)


def _oriented(graph: UnitigGraph, oriented: int) -> SeqCodes:
    codes = graph.sequence_codes(oriented >> 1)
    return (3 - codes[::-1]).astype(np.uint8) if oriented & 1 else codes
