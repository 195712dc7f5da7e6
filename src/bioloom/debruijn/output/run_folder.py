"""Run folders of `debruijn graph` and `debruijn assemble`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numba
import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from bioloom.debruijn.graphs.assembly import Assembly
from bioloom.debruijn.graphs.building import (
    ReadGraph,
    assembly_of,
    coloured_graph_of,
    graph_of,
)
from bioloom.debruijn.graphs.figures import coverage_figure, spectrum_figure
from bioloom.debruijn.graphs.gfa import write_gfa, write_unitigs
from bioloom.debruijn.graphs.kmers import check_k
from bioloom.debruijn.graphs.shape import shape_of
from bioloom.debruijn.graphs.unitigs import UnitigGraph
from bioloom.debruijn.output.page import (
    TABLES,
    ReadsPage,
    assembly_page,
    graph_page,
)
from bioloom.debruijn.settings import AssemblySettings, GraphSettings
from bioloom.draw import save
from bioloom.run.output import write_text
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import RunRecord, recorded_run
from bioloom.run.tables import tables_readme, write_table

Report = Callable[[Callable[[], ReadsPage], Path], object]
"""Writes a page to a file."""
Ints = NDArray[np.int64]


def run_graph(
    reads: Sequence[Path],
    settings: GraphSettings,
    *,
    out: Path,
    samples: Mapping[str, Sequence[Path]] | None = None,
    force: bool = False,
    report: Report | None = None,
    on_step: OnStep = silent,
) -> ReadGraph:
    """Build the graph of reads and write a run folder.

    Parameters
    ----------
    reads
        FASTA or FASTQ files; "-" is standard input.
    settings
        k-mer length, lowest count, memory.
    out
        The folder: graph.gfa, unitigs.fa, tables, figures, run.json.
    samples
        Files by sample, in place of `reads`: which sample has which unitigs is told.
    force
        Whether to replace a finished folder.
    report
        Writes the page.
    on_step
        Called with the progress.

    Raises
    ------
    OutputExists
        If `out` contains a finished run and `force` is not set.
    BioloomError
        If the reads cannot be used.
    """
    check_k(settings.k)
    samples = samples or {}
    inputs = [*reads, *(path for paths in samples.values() for path in paths)]
    arguments = asdict(settings) | ({"samples": list(samples)} if samples else {})
    with _recorded("graph", inputs, arguments, out=out, force=force):
        if samples:
            result = coloured_graph_of(samples, settings, on_step=on_step)
        else:
            result = graph_of(reads, settings, on_step=on_step)
        result.write_gfa(out / "graph.gfa")
        write_unitigs(out / "unitigs.fa", result.graph)
        spectrum = result.graph.table.spectrum
        shape = result.shape
        frames = {"summary": shape.to_frame(), "spectrum": _spectrum(spectrum)}
        if result.colours:
            write_table(result.colours.to_frame(), out, "colours")
            frames["samples"] = result.colours.shared_frame()
        _write_tables(frames, out)
        figures = _draw(result.graph, spectrum, settings.min_count, out)
        if report:
            report(partial(graph_page, shape, frames, figures), out)
    return result


def run_assembly(
    reads: Sequence[Path],
    settings: AssemblySettings,
    *,
    out: Path,
    reference: Path | None = None,
    force: bool = False,
    report: Report | None = None,
    on_step: OnStep = silent,
) -> Assembly:
    """Assemble reads and write a run folder.

    Parameters
    ----------
    reads
        FASTA or FASTQ files.
    settings
        k-mer length, lowest count, shortest contig, memory.
    out
        The folder: contigs.fa, graph.gfa (cleaned), tables, figures, run.json.
    reference
        FASTA to compare the contigs with.
    force
        Whether to replace a finished folder.
    report
        Writes the page.
    on_step
        Called with the progress.

    Raises
    ------
    OutputExists
        If `out` contains a finished run and `force` is not set.
    BioloomError
        If the reads or the reference cannot be used.
    """
    check_k(settings.k)
    inputs = [*reads, *([reference] if reference else [])]
    with _recorded("assemble", inputs, asdict(settings), out=out, force=force):
        assembly = assembly_of(reads, settings, reference=reference, on_step=on_step)
        assembly.write(out / "contigs.fa")
        write_gfa(out / "graph.gfa", assembly.graph)
        spectrum = assembly.raw.table.spectrum
        frames = _assembly_frames(assembly)
        _write_tables(frames, out)
        figures = _draw(assembly.graph, spectrum, assembly.min_count, out)
        if report:
            report(partial(assembly_page, assembly, frames, figures), out)
    return assembly


def _recorded(
    verb: str,
    inputs: Sequence[Path],
    arguments: Mapping[str, object],
    *,
    out: Path,
    force: bool,
) -> AbstractContextManager[RunRecord]:
    return recorded_run(
        out,
        command=f"debruijn {verb}",
        arguments={"inputs": list(map(str, inputs)), **arguments},
        inputs=[path for path in inputs if str(path) != "-"],
        tools={tool.__name__: tool.__version__ for tool in (np, numba, scipy)},
        force=force,
    )


def _assembly_frames(assembly: Assembly) -> dict[str, pd.DataFrame]:
    shape = shape_of(assembly.graph, min_count=assembly.min_count).to_frame()
    lengths = [len(contig.codes) for contig in assembly.contigs]
    more = {
        "n_contigs": len(lengths),
        "contig_bases": assembly.n_bases,
        "contig_longest": max(lengths, default=0),
        "contig_n50": assembly.n50,
        "n_walks": assembly.n_walks,
        "n_ambiguous": assembly.n_ambiguous,
    }
    check = assembly.check
    if check:
        more |= {
            "reference_bases": check.n_reference,
            "reference_covered": check.n_covered,
            "n_breaks": check.n_breaks,
            **check.totals,
        }
    rows = pd.DataFrame(more.items(), columns=["measure", "value"])
    removals = pd.DataFrame(
        [asdict(removal) for removal in assembly.removals],
        columns=["kind", "n_unitigs", "n_kmers"],
    )
    frames = {
        "summary": pd.concat([shape, rows]),
        "spectrum": _spectrum(assembly.raw.table.spectrum),
        "contigs": assembly.to_frame(),
        "cleaning": removals,
    }
    return frames | ({"reference": check.to_frame()} if check else {})


def _spectrum(spectrum: Ints) -> pd.DataFrame:
    counts = np.flatnonzero(spectrum)
    return pd.DataFrame({"count": counts, "n_kmers": spectrum[counts]})


def _write_tables(frames: Mapping[str, pd.DataFrame], out: Path) -> None:
    for name, frame in frames.items():
        write_table(frame, out, name)
    meanings = {name: TABLES[name] for name in frames}
    write_text(out / "tables" / "README.md", tables_readme(meanings))
    rows = frames["summary"].itertuples(index=False)
    write_text(out / "log.txt", "".join(f"{x.measure}: {x.value}\n" for x in rows))


def _draw(
    graph: UnitigGraph, spectrum: Ints, min_count: int, out: Path
) -> dict[str, str]:
    """Write the figures; their SVG by name."""
    figures = {
        "spectrum": spectrum_figure(spectrum, min_count),
        "unitigs": coverage_figure(graph),
    }
    return {
        name: save(figure, out / "figures" / name) for name, figure in figures.items()
    }
