"""All that the page of a graph of reads, or of an assembly, shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from bioloom.debruijn.graphs.assembly import Assembly
from bioloom.debruijn.graphs.shape import GraphShape
from bioloom.run.language import mark, tr

TABLES: Mapping[str, str] = MappingProxyType(
    {
        "summary": mark(
            "`measure`, `value`: k; sequences and letters read; the lowest count "
            "used; nodes ((k-1)-mers) and edges (k-mers), each with its reverse "
            "complement; unitigs, links, tips (shorter than 2 k bases, with one dead "
            "end), bubbles (several unitigs from one node to the same other node), "
            "components; total length of the unitigs, length of the longest, N50. Of "
            "an assembly: of the cleaned graph, then contigs, their total length, "
            "longest and N50, and components joined by their only Eulerian walk "
            "(`n_walks`) or left as unitigs because there are several "
            "(`n_ambiguous`); with a reference also what was recovered "
            "(`reference_covered`) and the sums of reference.tsv; `n_breaks` are "
            "relocations, inversions and translocations."
        ),
        "spectrum": mark(
            "`count`, `n_kmers`: number of k-mers by count, of all that were read; "
            "the last row is for all higher counts."
        ),
        "samples": mark(
            "Of a graph of several samples: unitigs and k-mers by the samples that "
            "have them, which are those with at least half of a unitig's k-mers. "
            "colours.tsv has one row per unitig: its samples, then for each the "
            "number of its k-mers found there and their mean count."
        ),
        "contigs": mark(
            "One row per contig: name, length, mean count of its k-mers, `kind` "
            "(unitig, or walk if unitigs were joined), whether it is a circle, and "
            "its unitigs in graph.gfa."
        ),
        "cleaning": mark(
            "What was removed from the graph, in order: `kind` (tip, weak, bubble), "
            "unitigs, k-mers."
        ),
        "reference": mark(
            "One row per contig: length without the bases that the end of a circle "
            "repeats, bases aligned with the reference, errors (wrong, missing and "
            "additional bases, indels of up to 50); joints where it continues "
            "elsewhere on the same strand (relocation), on the other strand "
            "(inversion; a block turned round has two) or in another record "
            "(translocation); deletions, insertions and duplications of more than 50 "
            "bases, and their bases; times that it passes from the end of a record to"
            " its beginning (`n_origins`), as on a circular genome; bases that align "
            "nowhere (`n_unplaced`), inserted ones included."
        ),
    }
)
"""What each table of the run folder contains."""


@dataclass(frozen=True, slots=True)
class PageFigure:
    """A figure of the run folder: its file's name, its title, its caption, its SVG."""

    name: str
    title: str
    caption: str
    svg: str


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table of the run folder: its file's name, its meaning, its rows."""

    name: str
    meaning: str
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True)
class ReadsPage:
    """All that the page shows.

    Parameters
    ----------
    kind, title, lead
        What it is, of what, and the result in a sentence.
    figures, tables
        In order.
    """

    kind: str
    title: str
    lead: str
    figures: tuple[PageFigure, ...]
    tables: tuple[PageTable, ...]


_FIGURE_TITLES = {"spectrum": mark("k-mer spectrum"), "unitigs": mark("Unitigs")}
_CAPTIONS = {
    "spectrum": mark(
        "Number of k-mers by count. Errors are at the left, the genome's coverage is "
        "the peak; grey k-mers were left out."
    ),
    "unitigs": mark(
        "Length and coverage of each unitig; those with a dead end in orange."
    ),
}


def graph_page(
    shape: GraphShape, frames: Mapping[str, pd.DataFrame], svg: Mapping[str, str]
) -> ReadsPage:
    """The page of a graph of reads, in the language in force.

    Parameters
    ----------
    shape
        Counts of the graph.
    frames, svg
        Tables and figures of the run folder, by name.
    """
    return _page(
        frames,
        svg,
        kind=tr("De Bruijn graph of reads"),
        k=shape.k,
        lead=tr(
            "{edges:,} distinct k-mers (k = {k}) make {unitigs:,} unitigs with an N50 "
            "of {n50:,} bases, {tips:,} tips and {bubbles:,} bubbles, in "
            "{components:,} components.",
            edges=shape.n_edges,
            k=shape.k,
            unitigs=shape.n_unitigs,
            n50=shape.n50,
            tips=shape.n_tips,
            bubbles=shape.n_bubbles,
            components=shape.n_components,
        ),
    )


def assembly_page(
    assembly: Assembly, frames: Mapping[str, pd.DataFrame], svg: Mapping[str, str]
) -> ReadsPage:
    """The page of an assembly; parameters as for `graph_page`."""
    longest = max((len(contig.codes) for contig in assembly.contigs), default=0)
    lead = tr(
        "{contigs:,} contigs, {bases:,} bases, N50 {n50:,}; the longest has "
        "{longest:,}.",
        contigs=len(assembly.contigs),
        bases=assembly.n_bases,
        n50=assembly.n50,
        longest=longest,
    )
    if check := assembly.check:
        covered = tr(
            "They cover {share:.2%} of the reference with {errors:,} errors and "
            "{breaks:,} breaks ({events}).",
            share=check.recovered,
            errors=check.n_errors,
            breaks=check.n_breaks,
            events=check.events(),
        )
        lead = tr("{sentence} {more}", sentence=lead, more=covered)
    return _page(frames, svg, kind=tr("Assembly"), k=assembly.graph.k, lead=lead)


def _page(
    frames: Mapping[str, pd.DataFrame],
    svg: Mapping[str, str],
    *,
    kind: str,
    k: int,
    lead: str,
) -> ReadsPage:
    return ReadsPage(
        kind=kind,
        title=tr("Reads, k = {k}", k=k),
        lead=lead,
        figures=tuple(
            PageFigure(name, tr(_FIGURE_TITLES[name]), tr(_CAPTIONS[name]), svg[name])
            for name in svg
        ),
        tables=tuple(
            PageTable(name, TABLES[name], frame)
            for name, frame in frames.items()
            if len(frame)
        ),
    )
