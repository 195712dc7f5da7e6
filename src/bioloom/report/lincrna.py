"""The report of a lincRNA run: `bioloom.lincrna.page` laid out as HTML."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bioloom.draw import save
from bioloom.explain import Explanation
from bioloom.lincrna.output.outputs import RunTables
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.page.building import (
    MAX_WORKINGS,
    coverage_notes,
    coverage_of,
    run_page,
    sites_of,
)
from bioloom.lincrna.page.igv import write_igv_page
from bioloom.lincrna.page.locus import locus_views
from bioloom.lincrna.page.model import Candidate, NearMiss, RunPage
from bioloom.lincrna.page.sections import Drawing
from bioloom.report.inspection import understood_tables
from bioloom.report.lincrna_expression import (
    changed_table,
    contrasts_table,
    expression_plots,
    places_table,
)
from bioloom.report.lincrna_igv import igv_pages
from bioloom.report.lincrna_links import browser_links
from bioloom.report.lincrna_locus import locus_picture
from bioloom.report.lincrna_odds import odds_picture
from bioloom.report.lincrna_partners import partner_tables
from bioloom.report.lincrna_quality import quality_table
from bioloom.report.lincrna_tables import (
    candidates_plot,
    candidates_table,
    evaluation_table,
    files_table,
    inputs_table,
    near_misses_table,
    samples_table,
    settings_table,
    unexpressed_table,
)
from bioloom.report.lincrna_words import page_words
from bioloom.report.page import kind_of_run, write_pages
from bioloom.report.parts import Fold, Picture, inline_svg, path_link
from bioloom.run.language import tr


def write_report(
    result: FilterResult,
    tables: RunTables,
    out: Path,
    *,
    max_workings: int = MAX_WORKINGS,
) -> Path:
    """Write ``report.html``, the same in Chinese, and the figures of a run folder.

    Parameters
    ----------
    result, tables, out, max_workings
        As for `bioloom.lincrna.page.building.run_page`.

    Returns
    -------
    Path of the English page. Both are the same, byte for byte, for the same folder
    name, result and ``run.json``.
    """
    drawn: dict[str, str] = {}
    sites = sites_of(result, tables)
    views = locus_views(result, coverage_of(tables, out), sites)
    shown = write_igv_page(
        result.candidates, tables.browser, out, igv_pages, sites=sites
    )
    notes = (*tables.notes, *shown, *sites.notes, *coverage_notes(result, tables, out))
    tables = replace(tables, notes=notes)

    def values() -> dict[str, Any]:
        page = run_page(result, tables, out, views=views, max_workings=max_workings)
        return _values(page, partial(_picture, out=out, drawn=drawn))

    return write_pages(out, "lincrna.html", values, room="lincrna")


def _values(page: RunPage, picture: Callable[..., Picture]) -> dict[str, Any]:
    """What the page's template shows."""
    candidates = candidates_table(page)
    expression = page.expression
    plots = expression_plots(expression) if expression else {}
    return {
        "kind": kind_of_run(tr("lincRNA identification"), page.name),
        "title": page.answer.candidates,
        "page": page,
        "words": page_words(page),
        "attrition_picture": picture(page.attrition_drawing),
        "combinations_picture": picture(page.combinations)
        if page.combinations
        else None,
        "distributions_picture": picture(page.distributions),
        "cell_pictures": [*map(picture, page.cells)],
        "samples": samples_table(page) if page.samples else None,
        "quality": quality_table(page.quality) if page.quality else None,
        "quality_picture": picture(page.quality_drawing)
        if page.quality_drawing
        else None,
        "expression_pictures": [
            picture(drawing, plot=plots.get(drawing.name))
            for drawing in (expression.drawings if expression else ())
        ],
        "places": places_table(expression)
        if expression and expression.places
        else None,
        "contrasts": contrasts_table(expression) if expression else None,
        "changed": changed_table(expression) if expression else None,
        "candidates": candidates,
        "candidates_picture": picture(
            page.candidates_drawing, plot=candidates_plot(candidates)
        )
        if page.candidates_drawing
        else None,
        "workings": _candidate_folds(page),
        "unexpressed": unexpressed_table(page) if page.unexpressed else None,
        "near_misses": near_misses_table(page),
        "near_workings": _near_folds(page),
        "partners": partner_tables(page.partners) if page.partners else [],
        "evaluation": evaluation_table(page) if page.method.evaluation else None,
        "settings": settings_table(page),
        "understood": understood_tables(page.inspection) if page.inspection else [],
        "inputs": inputs_table(page.record) if page.record else None,
        "files": files_table(page),
    }


def _picture(
    drawing: Drawing,
    *,
    out: Path,
    drawn: dict[str, str],
    plot: Mapping[str, Any] | None = None,
) -> Picture:
    """Save a figure, unless it is among those drawn by their name, and embed it."""
    name = drawing.name
    if name not in drawn:
        drawn[name] = save(drawing.draw(), out / "figures" / name)
    return Picture(
        name=name,
        svg=inline_svg(
            drawn[name], name=name, title=drawing.title, description=drawing.description
        ),
        caption=drawing.caption,
        files=[path_link("figures", f"{name}.{kind}") for kind in ("svg", "png")],
        plot=plot,
    )


def _candidate_folds(page: RunPage) -> list[Fold]:
    return [
        replace(
            _fold(candidate, candidate.working, page.assembly),
            name=f"wc{place}",
            row_id=f"c{place}",
        )
        for place, candidate in enumerate(page.candidates, 1)
        if candidate.working is not None
    ]


def _near_folds(page: RunPage) -> list[Fold]:
    return [
        replace(_fold(miss, miss.working, page.assembly), name=f"wn{place}")
        for place, miss in enumerate(page.near_misses, 1)
    ]


def _drawn(row: Candidate | NearMiss) -> Markup:
    """The pictures of the locus and of the coding potential, if the page has them."""
    name, odds = row.transcript_id, getattr(row, "odds", None)
    locus = locus_picture(row.locus, name) if row.locus else Markup("")
    return locus + odds_picture(odds, name) if odds else locus


def _fold(row: Candidate | NearMiss, working: Explanation, assembly: str) -> Fold:
    links = browser_links(assembly, row.region, getattr(row, "known_gene", ""))
    shown = Markup(working.to_html())  # noqa: S704 (it escapes)
    return Fold(
        name="",
        summary=f"{row.transcript_id}, {row.region} ({row.strand})",
        body=_drawn(row) + links + shown,
    )
