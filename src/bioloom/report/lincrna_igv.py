"""Candidates of a lincRNA run in igv.js, laid out as one page without a network."""

from bioloom.lincrna.page.igv import IgvView
from bioloom.report.page import PAGES, asset, path_link, render
from bioloom.run.language import language_in_force, tr

_SCRIPTS = ("igv.min.js", "lincrna_igv.js")


def igv_page(view: IgvView) -> str:
    """The page as text, in the language in force.

    Parameters
    ----------
    view
        What it shows.
    """
    language = language_in_force()
    return render(
        "lincrna_igv.html",
        scripts=_SCRIPTS,
        language=language,
        kind=tr("lincRNA identification"),
        title=tr("Candidates in igv.js"),
        lead=_lead(view),
        report=path_link("..", PAGES[language]),
        sessions=[row.session for row in view.rows],
        rows=[(row, tr(row.origin)) for row in view.rows],
        licence=asset("LICENSE-igv.txt"),
        words=_words(),
    )


def _lead(view: IgvView) -> str:
    n, n_all = len(view.rows), view.n_candidates
    if n == n_all:
        return tr("All {n:,} candidates of the run are here.", n=n)
    if n == view.n_able:
        return tr(
            "{n:,} of the run's {n_all:,} candidates are here. The others are on "
            "chromosomes with a colon in their name, which igv.js cannot show.",
            n=n,
            n_all=n_all,
        )
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
