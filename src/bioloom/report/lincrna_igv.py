"""Candidates of a lincRNA run in igv.js, laid out as one page without a network."""

from bioloom.lincrna.page.igv import IgvView
from bioloom.report.page import PAGES, asset, other_names, page_names, render
from bioloom.report.parts import path_link
from bioloom.run.language import LANGUAGES, Language, tr, use_language

_SCRIPTS = ("igv.min.js", "lincrna_igv.js")


_NAMES = page_names("igv")


def igv_pages(view: IgvView) -> dict[str, str]:
    """The page in each language, as text by its name.

    Parameters
    ----------
    view
        What it shows.
    """
    pages = {}
    for language in LANGUAGES:
        with use_language(language):
            pages[_NAMES[language]] = _page(view, language)
    return pages


def _page(view: IgvView, language: Language) -> str:
    return render(
        "lincrna_igv.html",
        scripts=_SCRIPTS,
        language=language,
        others=other_names(_NAMES, language),
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
        "zoom": tr("Zoom"),
        "licence": tr("Licence"),
        "terms": tr(
            "The view is drawn by igv.js, which this page contains, under the MIT "
            "licence."
        ),
    }
