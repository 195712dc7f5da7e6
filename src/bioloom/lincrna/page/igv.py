"""The page of igv.js: as many candidates as fit its size."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bioloom.genome.kinds import gene_key
from bioloom.lincrna.browser.folder import FOLDER, BrowserInputs
from bioloom.lincrna.page.slices import (
    Session,
    is_igv_reports_installed,
    locus_sessions,
)
from bioloom.lincrna.verdict.judged import Judged
from bioloom.run.output import write_text

PAGE = "igv.html"
NO_IGV_REPORTS = (
    f"{FOLDER}/{PAGE} (candidates in igv.js) was left out: it needs the Python package "
    "igv-reports (pip install 'bioloom[igv]')."
)
_ALL = "{path} shows all {n:,} candidates."
_SHOWN = (
    "{path} shows {n:,} of {n_all:,} candidates: as many as fit {size:g} MB "
    "(setting browser.igv_mb)."
)
_NONE_FITS = (
    "{path} was left out: not one candidate fits {size:g} MB (setting browser.igv_mb)."
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
    name
        Of the run folder.
    rows
        The candidates that are shown, in the order of the report.
    n_candidates
        How many the run has.
    """

    name: str
    rows: Sequence[IgvRow]
    n_candidates: int


def write_igv_page(
    candidates: Sequence[Judged],
    inputs: BrowserInputs | None,
    out: Path,
    lay_out: Callable[[IgvView], str],
) -> tuple[str, ...]:
    """Write ``browser/igv.html``, with as many candidates as fit its size.

    Parameters
    ----------
    candidates
        The first ones are shown.
    inputs
        Genome, annotation, samples, and the size; None writes no page.
    out
        Run folder.
    lay_out
        Gives the page's text.

    Returns
    -------
    Notes on how many are shown, or why there is no page.
    """
    path = out / FOLDER / PAGE
    path.unlink(missing_ok=True)  # of an earlier run
    if inputs is None or not inputs.igv_mb or not candidates:
        return ()
    if not is_igv_reports_installed():
        return (NO_IGV_REPORTS,)
    most, name, n_all = (
        int(inputs.igv_mb * _MEGABYTE),
        out.resolve().name,
        len(candidates),
    )
    frame = _n_bytes(lay_out(IgvView(name, [], n_all)))
    sessions = locus_sessions(candidates, path.parent, inputs)
    rows = _first_that_fit(map(_row, candidates, sessions), most - frame)
    while rows and _n_bytes(text := lay_out(IgvView(name, rows, n_all))) > most:
        rows.pop()  # its row in the table was too much
    if rows:
        write_text(path, text)
    return (_note(len(rows), n_all, inputs.igv_mb),)


def _note(n: int, n_all: int, size: float) -> str:
    told = _SHOWN if n else _NONE_FITS
    if n == n_all:
        told = _ALL
    return told.format(path=f"{FOLDER}/{PAGE}", n=n, n_all=n_all, size=size)


def _n_bytes(text: str) -> int:
    return len(text.encode())


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
