"""Candidates of a lincRNA run in igv.js: one page that needs no network."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from bioloom.genome.kinds import gene_key
from bioloom.lincrna.browser.folder import FOLDER, BrowserInputs
from bioloom.lincrna.page.slices import (
    Session,
    is_igv_reports_installed,
    locus_sessions,
)
from bioloom.lincrna.verdict.judged import Judged
from bioloom.report.page import PAGES, asset, path_link, render
from bioloom.run.language import language_in_force, tr
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
_SCRIPTS = ("igv.min.js", "lincrna_igv.js")
_MEGABYTE = 1_000_000


def write_igv_page(
    rows: Sequence[Judged], inputs: BrowserInputs | None, out: Path
) -> tuple[str, ...]:
    """Write ``browser/igv.html``, with as many candidates as fit its size.

    Parameters
    ----------
    rows
        Candidates; the first ones are shown.
    inputs
        Genome, annotation, samples, and the size; None writes no page.
    out
        Run folder.

    Returns
    -------
    Notes on how many are shown, or why there is no page.
    """
    path = out / FOLDER / PAGE
    path.unlink(missing_ok=True)  # of an earlier run
    if inputs is None or not inputs.igv_mb or not rows:
        return ()
    if not is_igv_reports_installed():
        return (NO_IGV_REPORTS,)
    most = int(inputs.igv_mb * _MEGABYTE)
    sessions = _first_that_fit(
        locus_sessions(rows, path.parent, inputs), most - _n_bytes(_page(rows, [], out))
    )
    while sessions and _n_bytes(text := _page(rows, sessions, out)) > most:
        sessions.pop()  # its row in the table was too much
    if sessions:
        write_text(path, text)
    return (_note(len(sessions), len(rows), inputs.igv_mb),)


def _note(n: int, n_all: int, size: float) -> str:
    told = _SHOWN if n else _NONE_FITS
    if n == n_all:
        told = _ALL
    return told.format(path=f"{FOLDER}/{PAGE}", n=n, n_all=n_all, size=size)


def _n_bytes(text: str) -> int:
    return len(text.encode())


def _first_that_fit(sessions: Iterable[Session], n_bytes: int) -> list[Session]:
    fitting: list[Session] = []
    for session in sessions:
        n_bytes -= len(json.dumps(session))
        if n_bytes < 0:
            break
        fitting.append(session)
    return fitting


def _page(rows: Sequence[Judged], sessions: Sequence[Session], out: Path) -> str:
    language = language_in_force()
    return render(
        "lincrna_igv.html",
        scripts=_SCRIPTS,
        language=language,
        kind=tr("lincRNA identification, run {name}", name=out.resolve().name),
        title=tr("Candidates in igv.js"),
        lead=_lead(len(sessions), len(rows)),
        report=path_link("..", PAGES[language]),
        sessions=sessions,
        rows=[*map(_cells, rows[: len(sessions)])],
        licence=asset("LICENSE-igv.txt"),
        words=_words(),
    )


def _lead(n: int, n_all: int) -> str:
    if n == n_all:
        return tr("All {n:,} candidates of the run are here.", n=n)
    return tr(
        "{n:,} of the run's {n_all:,} candidates are here, the first of its report: as "
        "many as fit the size of this page.",
        n=n,
        n_all=n_all,
    )


def _words() -> dict[str, str]:
    return {
        "how": tr(
            "Choose a candidate to see its surroundings; drag to move, and zoom at the "
            "upper right. What lies beyond the surroundings is not in this page."
        ),
        "report": tr("Report of the run"),
        "scripts": tr("This page needs scripts to draw."),
        "candidates": tr("Candidates"),
        "transcript": tr("Transcript"),
        "gene": tr("Gene"),
        "place": tr("Place"),
        "strand": tr("Strand"),
        "origin": tr("Origin"),
        "licence": tr("Licence"),
        "terms": tr(
            "The view is drawn by igv.js, which this page contains, under the MIT "
            "licence."
        ),
    }


def _cells(row: Judged) -> dict[str, str]:
    tx = row.collected.transcript
    return {
        "name": row.transcript_id,
        "gene": tx.gene_name or row.name or gene_key(tx),
        "place": f"{tx.chrom}:{tx.start + 1:,}-{tx.end:,}",
        "strand": tx.strand,
        "origin": tr(row.collected.origin),
    }
