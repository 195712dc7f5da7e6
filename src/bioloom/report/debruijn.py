"""The page of a graph of reads, or of an assembly."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from bioloom.debruijn.outputs import TABLES
from bioloom.report.evaluation import Words, drawn_pictures
from bioloom.report.frames import file_table
from bioloom.report.run import Content, write_run_page

if TYPE_CHECKING:
    import pandas as pd

_FIGURES: Words = MappingProxyType(
    {
        "spectrum": (
            "k-mer spectrum",
            "How many k-mers were seen how often. Errors stand at the left, the "
            "genome's coverage is the hump; grey ones were not believed.",
        ),
        "unitigs": (
            "Unitigs",
            "Length and coverage of each unitig; those at whose end nothing follows "
            "stand out.",
        ),
    }
)


def write_report(frames: Mapping[str, pd.DataFrame], out: Path) -> Path:
    """Write the page: spectrum, unitigs, and the tables of the run folder.

    Parameters
    ----------
    frames
        Tables by name.
    out
        Run folder; its figures are taken into the page.

    Returns
    -------
    Path of the page.
    """
    told: dict[str, int] = dict(frames["summary"].itertuples(index=False))
    tables = [
        file_table(name, TABLES[name], frame)
        for name, frame in frames.items()
        if len(frame)
    ]
    is_assembly = "contigs" in frames
    content = Content(
        kind="Assembly" if is_assembly else "De Bruijn graph of reads",
        title=f"Reads, k = {told['k']}",
        lead=_of_contigs(told) if is_assembly else _of_unitigs(told),
        pictures=list(drawn_pictures(out / "figures", _FIGURES)),
        tables=tables,
    )
    return write_run_page(content, out / "report.html")


def _of_unitigs(told: Mapping[str, int]) -> str:
    return (
        f"{told['n_edges']:,} different k-mers (k = {told['k']}) make "
        f"{told['n_unitigs']:,} unitigs with an N50 of {told['n50']:,} bases, "
        f"{told['n_tips']:,} tips, {told['n_bubbles']:,} bubbles, in "
        f"{told['n_components']:,} components."
    )


def _of_contigs(told: Mapping[str, int]) -> str:
    lead = (
        f"{told['n_contigs']:,} contigs, {told['contig_bases']:,} bases, N50 "
        f"{told['contig_n50']:,}; the longest has {told['contig_longest']:,}."
    )
    if "reference_bases" not in told:
        return lead
    share = 100 * told["reference_covered"] / told["reference_bases"]
    return (
        f"{lead} They cover {share:.2f} % of the reference with {told['n_errors']:,} "
        f"errors and {told['n_breaks']:,} breaks."
    )
