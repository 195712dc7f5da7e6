"""The pages of igv.js: as many candidates as fit their size."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bioloom.genome.kinds import gene_key
from bioloom.lincrna.browser.folder import FOLDER, BrowserInputs
from bioloom.lincrna.page.features import Sites
from bioloom.lincrna.page.slices import (
    Session,
    is_igv_reports_installed,
    locus_sessions,
)
from bioloom.lincrna.verdict.judged import Judged
from bioloom.run.output import write_text

PAGE = "igv.html"
NO_IGV_REPORTS_NOTE = (
    f"{FOLDER}/{PAGE} (candidates in igv.js) was left out: it needs the Python package "
    "igv-reports (`bioloom doctor igv` says how to install it)."
)
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class IgvRow:
    """A candidate in the table of the page, and what igv.js shows of it."""

    transcript_id: str
    gene: str
    region: str
    strand: str
    origin: str
    session: Session


@dataclass(frozen=True, slots=True)
class IgvView:
    """What the page holds.

    Parameters
    ----------
    rows
        The candidates that are shown, in the order of the report.
    n_candidates
        How many the run has.
    n_able
        How many of these igv.js can show: it splits a place at the first colon.
    """

    rows: Sequence[IgvRow]
    n_candidates: int
    n_able: int


def write_igv_page(
    candidates: Sequence[Judged],
    inputs: BrowserInputs | None,
    out: Path,
    lay_out: Callable[[IgvView], Mapping[str, str]],
    *,
    sites: Sites | None = None,
) -> tuple[str, ...]:
    """Write ``browser/igv.html``, with as many candidates as fit its size.

    Each language has a page of its own, for which the size holds.

    Parameters
    ----------
    candidates
        The first ones are shown.
    inputs
        Genome, annotation, samples, and the size; None writes no page.
    out
        Run folder.
    lay_out
        Gives the text of each page, by its name.
    sites
        Of miRNAs on the candidates.

    Returns
    -------
    Notes on how many are shown, or why there is no page.
    """
    path = out / FOLDER / PAGE
    for old in path.parent.glob("igv*.html"):  # of an earlier run
        old.unlink()
    if inputs is None or not inputs.igv_mb or not candidates:
        return ()
    if not is_igv_reports_installed():
        return (NO_IGV_REPORTS_NOTE,)
    able = [row for row in candidates if ":" not in row.collected.transcript.chrom]
    view = IgvView([], len(candidates), len(able))
    most = int(inputs.igv_mb * _MEGABYTE)
    sessions = locus_sessions(able, path.parent, inputs, sites or Sites({}))
    fitting = _first_that_fit(map(_row, able, sessions), most - _n_bytes(lay_out(view)))
    while fitting:
        view = replace(view, rows=fitting)
        if _n_bytes(pages := lay_out(view)) <= most:
            for name, text in pages.items():
                write_text(path.with_name(name), text)
            break
        fitting.pop()  # its row in the table was too much
    return (*_notes(len(fitting), view, inputs.igv_mb),)


def _notes(n: int, view: IgvView, size: float) -> Iterator[str]:
    page, n_all, n_able = f"{FOLDER}/{PAGE}", view.n_candidates, view.n_able
    if n == n_all:
        yield f"{page} shows all {n:,} candidates."
    elif n == n_able:
        yield f"{page} shows {n:,} of {n_all:,} candidates."
    elif n:
        yield (
            f"{page} shows {n:,} of {n_all:,} candidates: as many as fit {size:g} MB "
            "(setting browser.igv_mb)."
        )
    else:
        yield (
            f"{page} was left out: not one candidate fits {size:g} MB "
            "(setting browser.igv_mb)."
        )
    if n_able < n_all:
        yield (
            "Candidates on chromosomes with a colon in their name, which igv.js cannot "
            f"show: {n_all - n_able:,}."
        )


def _n_bytes(pages: Mapping[str, str]) -> int:
    """Size of the largest page."""
    return max(len(text.encode()) for text in pages.values())


def _first_that_fit(rows: Iterable[IgvRow], n_bytes: int) -> list[IgvRow]:
    fitting: list[IgvRow] = []
    for row in rows:
        n_bytes -= len(json.dumps(row.session))
        if n_bytes < 0:
            break
        fitting.append(row)
    return fitting


def _row(candidate: Judged, session: Session) -> IgvRow:
    tx = candidate.collected.transcript
    return IgvRow(
        transcript_id=candidate.transcript_id,
        gene=tx.gene_name or candidate.name or gene_key(tx),
        region=f"{tx.chrom}:{tx.start + 1:,}-{tx.end:,}",
        strand=tx.strand,
        origin=candidate.collected.origin,
        session=session,
    )
