"""From reads to a graph or an assembly, by settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bioloom.debruijn.errors import BadKmers
from bioloom.debruijn.graphs.assembly import Assembly, assemble
from bioloom.debruijn.graphs.colours import Colours, check_samples, colours_of
from bioloom.debruijn.graphs.gfa import write_gfa, write_unitigs
from bioloom.debruijn.graphs.kmers import check_k, count_kmers
from bioloom.debruijn.graphs.reads import ReadSource, sources_of
from bioloom.debruijn.graphs.reference import check_contigs
from bioloom.debruijn.graphs.shape import GraphShape, n_dead_ends, shape_of
from bioloom.debruijn.graphs.unitigs import UnitigGraph, build
from bioloom.debruijn.settings import AssemblySettings, GraphSettings
from bioloom.result import Result
from bioloom.run.progress import OnStep, silent
from bioloom.seq.sources import SequenceSource

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True, repr=False)
class ReadGraph(Result):
    """The De Bruijn graph of reads, compacted into unitigs.

    Parameters
    ----------
    graph
        The unitigs.
    min_count
        k-mers with a lower count were left out.
    colours
        Which sample has which unitigs; None where there is one sample.
    """

    graph: UnitigGraph
    min_count: int
    colours: Colours | None = None

    @property
    def shape(self) -> GraphShape:
        """Counts of links, tips, bubbles and components, and the N50."""
        return shape_of(self.graph, min_count=self.min_count)

    def summary(self) -> str:
        """Counts of k-mers, unitigs and links."""
        shape = self.shape
        return (
            f"k-mers: {shape.n_edges:,} (k = {shape.k}), unitigs: "
            f"{shape.n_unitigs:,}, N50: {shape.n50:,}, links: {shape.n_links:,}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per unitig, named as in the GFA file; its samples, if several."""
        import pandas as pd

        graph = self.graph
        columns = {
            "unitig": range(1, graph.n_unitigs + 1),
            "length": graph.lengths,
            "coverage": graph.coverage,
            "is_circle": graph.is_circle,
            "n_dead_ends": n_dead_ends(graph),
            "sequence": [graph.sequence(unitig) for unitig in range(graph.n_unitigs)],
        }
        frame = pd.DataFrame(columns)
        if self.colours is None:
            return frame
        return frame.merge(self.colours.to_frame(), on="unitig")

    def write_gfa(self, path: str | Path) -> None:
        """Write unitigs and links as GFA 1."""
        write_gfa(path, self.graph, self.colours)

    def write_fasta(self, path: str | Path) -> None:
        """Write unitigs as FASTA."""
        write_unitigs(path, self.graph)

    def plot(self) -> Figure:
        """Length and coverage of the unitigs."""
        from bioloom.debruijn.graphs.figures import coverage_figure

        return coverage_figure(self.graph)

    def plot_spectrum(self) -> Figure:
        """Number of k-mers by count; those left out are grey."""
        from bioloom.debruijn.graphs.figures import spectrum_figure

        return spectrum_figure(self.graph.table.spectrum, self.min_count)


def graph_of(
    reads: ReadSource, settings: GraphSettings, *, on_step: OnStep = silent
) -> ReadGraph:
    """Count the k-mers of reads and compact their graph."""
    _check_counts(settings)
    table = count_kmers(
        reads,
        check_k(settings.k),
        min_count=settings.min_count,
        memory_mb=settings.memory_mb,
        on_step=on_step,
    )
    if settings.max_count is not None:
        table = table.subset(table.counts <= settings.max_count)
    on_step("compacting", 0, 0)
    return ReadGraph(build(table), settings.min_count)


def coloured_graph_of(
    samples: Mapping[str, ReadSource],
    settings: GraphSettings,
    *,
    on_step: OnStep = silent,
) -> ReadGraph:
    """One graph of the reads of several samples, by name; each is read twice."""
    check_samples(samples)
    together = [source for reads in samples.values() for source in sources_of(reads)]
    result = graph_of(cast("ReadSource", together), settings, on_step=on_step)
    colours = colours_of(
        result.graph, samples, memory_mb=settings.memory_mb, on_step=on_step
    )
    return replace(result, colours=colours)


def _check_counts(settings: GraphSettings) -> None:
    most = settings.max_count
    if most is not None and most < settings.min_count:
        raise BadKmers(
            where="max_count",
            found=f"{most}, below min_count {settings.min_count}",
            expected="a count from min_count on",
            advice="No k-mer would be left: give a higher --max-count.",
        )


def assembly_of(
    reads: ReadSource,
    settings: AssemblySettings,
    *,
    reference: SequenceSource | None = None,
    on_step: OnStep = silent,
) -> Assembly:
    """Assemble reads; compare the contigs with a reference, if there is one."""
    assembly = assemble(
        reads,
        check_k(settings.k),
        min_count=settings.min_count,
        min_length=settings.min_length,
        memory_mb=settings.memory_mb,
        on_step=on_step,
    )
    if reference is None:
        return assembly
    check = check_contigs(assembly.contigs, reference, n_shared=settings.k - 1)
    return replace(assembly, check=check)
