"""Run folders of `debruijn graph` and `debruijn assemble`."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

import numba
import numpy as np
import pandas as pd
import scipy

from bioloom.debruijn.assembly import Assembly, assemble
from bioloom.debruijn.figures_graph import coverage_figure, spectrum_figure
from bioloom.debruijn.gfa import write_gfa, write_unitigs
from bioloom.debruijn.kmers import KmerTable, check_k, count_kmers
from bioloom.debruijn.reference import ReferenceCheck, check_contigs
from bioloom.debruijn.shape import GraphShape, shape_of
from bioloom.debruijn.unitigs import UnitigGraph, build
from bioloom.draw import save
from bioloom.run.output import write_text
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import RunRecord, recorded_run
from bioloom.run.tables import tables_readme, write_table
from bioloom.seq.fasta import write_fasta

Report = Callable[[Mapping[str, pd.DataFrame], Path], object]
TABLES: Mapping[str, str] = MappingProxyType(
    {
        "summary": "`measure`, `value`: k; sequences and letters read; the least count "
        "believed; nodes ((k-1)-mers) and edges (k-mers), each with its reverse "
        "complement; unitigs, links, tips (shorter than 2 k bases, nothing follows at "
        "one end), bubbles (several unitigs from one node to the same other), "
        "components; bases in all, of the longest, N50. Of an assembly: of the cleaned "
        "graph, then contigs, their bases, longest and N50, and components joined by "
        "their only Eulerian walk (`n_walks`) or left apart because there are several "
        "(`n_ambiguous`); with a reference also what was recovered.",
        "spectrum": "`count`, `n_kmers`: how many k-mers were seen so often, all that "
        "were read; the last row holds all higher counts.",
        "contigs": "One row a contig: name, bases, mean count of its k-mers, `kind` "
        "(unitig, or walk where unitigs were joined), whether it is a circle, and the "
        "unitigs of graph.gfa that it consists of.",
        "cleaning": "What was taken out of the graph, in order: `kind` (tip, weak, "
        "bubble), unitigs, k-mers.",
        "reference": "One row a contig: bases along the reference, errors (wrong, "
        "missing and additional bases), breaks (places where it goes on elsewhere), "
        "bases that lie nowhere.",
    }
)


def run_graph(
    sources: Sequence[Path],
    k: int,
    *,
    out: Path,
    min_count: int = 2,
    memory_mb: int = 1000,
    force: bool = False,
    report: Report | None = None,
    on_step: OnStep = silent,
) -> GraphShape:
    """Build the graph of reads and write a run folder.

    Parameters
    ----------
    sources
        FASTA or FASTQ files; "-" is standard input.
    k
        Odd, 3 to 31.
    out
        The folder: graph.gfa, unitigs.fa, tables, figures, run.json.
    min_count
        k-mers seen less often are left out.
    memory_mb
        For counting k-mers.
    force
        Whether to replace a finished folder.
    report
        Called with the tables, by name, and the folder: writes a page.
    on_step
        Told what is being done.

    Raises
    ------
    OutputExists
        If `out` holds a finished run and `force` is not set.
    BioloomError
        If the reads cannot be used.
    """
    check_k(k)
    arguments = {"k": k, "min_count": min_count, "memory_mb": memory_mb}
    with _recorded("graph", sources, arguments, out=out, force=force):
        table = count_kmers(
            sources, k, min_count=min_count, memory_mb=memory_mb, on_step=on_step
        )
        on_step("compacting", 0, 0)
        graph = build(table)
        shape = shape_of(graph, min_count=min_count)
        write_gfa(out / "graph.gfa", graph)
        write_unitigs(out / "unitigs.fa", graph)
        frames = {"summary": shape.to_frame(), "spectrum": _spectrum(table)}
        _write_tables(frames, out)
        _draw(graph, table.spectrum, min_count, out)
        _log(frames["summary"], out)
        if report:
            report(frames, out)
    return shape


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblySettings:
    """How to assemble; see `bioloom.debruijn.assembly.assemble`."""

    k: int = 31
    min_count: int | None = None
    min_length: int | None = None
    memory_mb: int = 1000


def run_assembly(
    sources: Sequence[Path],
    settings: AssemblySettings,
    *,
    out: Path,
    reference: Path | None = None,
    force: bool = False,
    report: Report | None = None,
    on_step: OnStep = silent,
) -> tuple[Assembly, ReferenceCheck | None]:
    """Assemble reads and write a run folder.

    Parameters
    ----------
    sources
        FASTA or FASTQ files.
    settings
        How.
    out
        The folder: contigs.fa, graph.gfa (cleaned), tables, figures, run.json.
    reference
        FASTA that the contigs are judged by.
    force
        Whether to replace a finished folder.
    report
        Called with the tables, by name, and the folder: writes a page.
    on_step
        Told what is being done.

    Raises
    ------
    OutputExists
        If `out` holds a finished run and `force` is not set.
    BioloomError
        If the reads or the reference cannot be used.
    """
    check_k(settings.k)
    inputs = [*sources, *([reference] if reference else [])]
    with _recorded("assemble", inputs, asdict(settings), out=out, force=force):
        found = assemble(
            sources,
            settings.k,
            min_count=settings.min_count,
            min_length=settings.min_length,
            memory_mb=settings.memory_mb,
            on_step=on_step,
        )
        check = check_contigs(found.contigs, reference) if reference else None
        write_fasta(out / "contigs.fa", (one.record for one in found.contigs))
        write_gfa(out / "graph.gfa", found.graph)
        frames = _assembly_frames(found, check)
        _write_tables(frames, out)
        _draw(found.graph, found.raw.table.spectrum, found.min_count, out)
        _log(frames["summary"], out)
        if report:
            report(frames, out)
    return found, check


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
        arguments={"inputs": [str(one) for one in inputs], **arguments},
        inputs=[one for one in inputs if str(one) != "-"],
        tools={one.__name__: one.__version__ for one in (np, numba, scipy)},
        force=force,
    )


def _assembly_frames(
    found: Assembly, check: ReferenceCheck | None
) -> dict[str, pd.DataFrame]:
    shape = shape_of(found.graph, min_count=found.min_count).to_frame()
    lengths = [len(one.codes) for one in found.contigs]
    more = {
        "n_contigs": len(lengths),
        "contig_bases": sum(lengths),
        "contig_longest": max(lengths, default=0),
        "contig_n50": found.n50,
        "n_walks": found.n_walks,
        "n_ambiguous": found.n_ambiguous,
    }
    if check:
        more |= {
            "reference_bases": check.n_reference,
            "reference_covered": check.n_covered,
            "n_errors": check.n_errors,
            "n_breaks": check.n_breaks,
        }
    rows = pd.DataFrame(more.items(), columns=["measure", "value"])
    columns = ["kind", "n_unitigs", "n_kmers"]
    removed = pd.DataFrame([asdict(one) for one in found.removals], columns=columns)
    frames = {
        "summary": pd.concat([shape, rows]),
        "spectrum": _spectrum(found.raw.table),
        "contigs": found.to_frame(),
        "cleaning": removed,
    }
    return frames | ({"reference": check.to_frame()} if check else {})


def _spectrum(table: KmerTable) -> pd.DataFrame:
    counts = np.flatnonzero(table.spectrum)
    return pd.DataFrame({"count": counts, "n_kmers": table.spectrum[counts]})


def _write_tables(frames: Mapping[str, pd.DataFrame], out: Path) -> None:
    for name, frame in frames.items():
        write_table(frame, out, name)
    meanings = {name: TABLES[name] for name in frames}
    write_text(out / "tables" / "README.md", tables_readme(meanings))


def _draw(graph: UnitigGraph, spectrum: np.ndarray, min_count: int, out: Path) -> None:
    save(spectrum_figure(spectrum, min_count), out / "figures" / "spectrum")
    save(coverage_figure(graph), out / "figures" / "unitigs")


def _log(summary: pd.DataFrame, out: Path) -> None:
    rows = summary.itertuples(index=False)
    write_text(out / "log.txt", "".join(f"{x.measure}: {x.value}\n" for x in rows))
