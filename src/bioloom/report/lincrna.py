"""The report of a lincRNA run."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bioloom.draw import save
from bioloom.lincrna.cells.facts import read_facts
from bioloom.lincrna.cells.figures import dot_figure, knee_figure, top_candidates
from bioloom.lincrna.output.distributions import distributions_figure
from bioloom.lincrna.output.explain import explain
from bioloom.lincrna.output.figures import attrition_figure, drop_reasons, not_judged
from bioloom.lincrna.output.outputs import RunTables
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.attrition import AttritionStep, attrition
from bioloom.lincrna.verdict.judged import Judged
from bioloom.report.lincrna_tables import (
    MAX_NEAR_MISSES,
    candidates_table,
    evaluation_table,
    fastqc_table,
    near_misses,
    near_misses_table,
    samples_table,
    settings_table,
)
from bioloom.report.lincrna_words import answer, files_of, flow_in_words
from bioloom.report.page import (
    Cell,
    Column,
    Fold,
    Picture,
    Row,
    Table,
    inline_svg,
    number,
    path_link,
    write_page,
)
from bioloom.run.record import RECORD, read_record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAX_WORKINGS = 200

_Made = tuple["Figure", str, str, str]


def write_report(
    result: FilterResult,
    tables: RunTables,
    out: Path,
    *,
    max_workings: int = MAX_WORKINGS,
) -> Path:
    """Write ``report.html`` and the figures of a run folder.

    Parameters
    ----------
    result
        Judged transcripts.
    tables
        What `bioloom.lincrna.output.outputs.write_outputs` returned.
    out
        Run folder, with its working folder.
    max_workings
        Candidates whose working the page holds; for the rest it names the command.

    Returns
    -------
    Path of the page. It is the same, byte for byte, for the same folder name, result
    and ``run.json``.
    """
    samples = [] if tables.samples is None else [*map(str, tables.samples["sample"])]
    name = out.resolve().name
    return write_page(
        out / "report.html",
        "lincrna.html",
        kind="lincRNA identification",
        title=name,
        answer=answer(result, samples),
        warnings=result.warnings,
        figures=_pictures(result, out),
        attrition=_attrition(result),
        cells=_cell_pictures(out),
        samples=None if tables.samples is None else samples_table(tables.samples),
        fastqc=fastqc_table(out, samples),
        settings=settings_table(result),
        model=result.model,
        evaluation=evaluation_table(result) if result.model.evaluation else None,
        threshold=result.settings.coding_threshold,
        record=_record(out),
        files=_files(out),
        **_transcripts(result, tables, max_workings),
    )


def _cell_pictures(out: Path) -> dict[str, Picture]:
    """Knee and dot plot of the droplet samples; empty where there are none."""
    path = out / "cells.h5ad"
    if not path.is_file():
        return {}
    import anndata

    matrix = anndata.read_h5ad(path)
    facts = {
        str(name): read_facts(out / f"working/cells/{name}/barcodes.json")
        for name in matrix.obs["sample"].cat.categories
    }
    return _drawn(
        {
            "knee": (
                knee_figure(facts),
                "Reads of each barcode",
                "Reads of each barcode by rank; the number of cells taken from each "
                "sample is in the table of samples.",
                "Barcodes by their reads; those left of the dashed line are cells.",
            ),
            "dots": (
                dot_figure(top_candidates(matrix)),
                "Candidates with most UMIs, by sample",
                "Part of the cells that express each candidate, and how much; the "
                "numbers are in cells.h5ad.",
                "Candidates with most UMIs; expression is UMIs per 10,000 of a cell.",
            ),
        },
        out,
    )


def _pictures(result: FilterResult, out: Path) -> dict[str, Picture]:
    """Draw the figures, save them, and keep them for the page."""
    made: dict[str, _Made] = {
        "attrition": (
            attrition_figure(result),
            "From all transcripts to the candidates",
            flow_in_words(result),
            "The band is as wide as the transcripts that are left; each branch is as "
            "wide as what one criterion drops.",
        ),
        "distributions": (
            distributions_figure(result),
            "Distributions of the measured values",
            "Histograms of candidates and rejected transcripts by length, ORF, coding "
            "probability, distance, housekeeping overlap and domain score; the numbers "
            "are in tables/transcripts.tsv.",
            "Each measured value, candidates against rejected transcripts; a dashed "
            "line is the threshold. A transcript may be rejected for another reason.",
        ),
    }
    return _drawn(made, out)


def _drawn(made: Mapping[str, _Made], out: Path) -> dict[str, Picture]:
    """Save figures and keep them with their title, description and caption."""
    pictures = {}
    for name, (figure, title, told, caption) in made.items():
        svg = save(figure, out / "figures" / name)
        pictures[name] = Picture(
            name=name,
            svg=inline_svg(svg, name=name, title=title, description=told),
            caption=caption,
            files=[path_link("figures", f"{name}.{kind}") for kind in ("svg", "png")],
        )
    return pictures


def _attrition(result: FilterResult) -> dict[str, list[dict[str, Any]]]:
    """By level, one row a criterion: why it drops, and the steps of both origins."""
    reasons, unjudged = drop_reasons(result.settings), not_judged(result.rows)
    steps: dict[str, dict[str, dict[str, AttritionStep]]] = {}
    for step in attrition(result.rows):
        of_level = steps.setdefault(step.level, {})
        of_level.setdefault(step.criterion, {})[step.origin] = step
    return {
        level: [
            {
                "criterion": name,
                "reason": "not judged" if name in unjudged else reasons[name],
                "steps": (found["known"], found["novel"]),
            }
            for name, found in of_level.items()
        ]
        for level, of_level in steps.items()
    }


def _transcripts(
    result: FilterResult, tables: RunTables, max_workings: int
) -> dict[str, Any]:
    """Candidates and near misses with their workings."""
    candidates, missed = result.candidates, near_misses(result)
    shown, near = candidates[:max_workings], missed[:MAX_NEAR_MISSES]
    sequences = result.sequences([*shown, *near])
    rows = {f"c{place}": row for place, row in enumerate(shown, 1)}
    folds = [
        _fold(row, result, sequences, name=f"w{row_id}", row_id=row_id)
        for row_id, row in rows.items()
    ]
    near_folds = [
        _fold(row, result, sequences, name=f"wn{place}")
        for place, row in enumerate(near, 1)
    ]
    places = {row.transcript_id: f"w{row_id}" for row_id, row in rows.items()}
    near_places = {row.transcript_id: f"wn{n}" for n, row in enumerate(near, 1)}
    return {
        "candidates": candidates_table(candidates, tables, places),
        "workings": folds,
        "near": near_misses_table(near, result.settings, near_places),
        "near_workings": near_folds,
        "n_near": len(missed),
        "n_overlapping": sum(row.failed == ("intergenic",) for row in result.rows),
        "example": (candidates or result.rows)[-1].transcript_id if result.rows else "",
    }


def _fold(
    row: Judged,
    result: FilterResult,
    sequences: Mapping[str, str],
    *,
    name: str,
    row_id: str = "",
) -> Fold:
    tx = row.collected.transcript
    working = explain(
        row, sequences[row.transcript_id], result.model, result.settings
    ).to_html()
    return Fold(
        name=name,
        summary=f"{row.transcript_id}, {tx.region} ({tx.strand})",
        body=Markup(working),  # noqa: S704 (to_html escapes every string)
        row_id=row_id,
    )


def _record(out: Path) -> dict[str, Any] | None:
    """What ``run.json`` tells; not the state, for the run goes on after the page."""
    if not (out / RECORD).is_file():
        return None
    record = read_record(out)
    return {
        "command": f"bioloom {record['command']}",
        "start": record["start"],
        "rng_seed": record["rng_seed"],
        "versions": {
            "bioloom": record["version"],
            "Python": record["python"],
            **record["tools"],
            **record["packages"],
        },
        "arguments": _flat(record["arguments"]),
        "inputs": _inputs(record["inputs"]),
    }


def _flat(arguments: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Arguments on one level, without the filter settings, which have their table."""
    told = {field.name for field in fields(FilterSettings)} | {"filters"}
    flat: dict[str, str] = {}
    for name, value in arguments.items():
        if not before and name in told:
            continue
        if isinstance(value, dict):
            flat |= _flat(value, f"{before}{name}.")
        elif value is not None:
            flat[f"{before}{name}"] = str(value)
    return flat


def _inputs(inputs: Sequence[Mapping[str, Any]]) -> Table:
    return Table(
        name="inputs-table",
        caption="Files that were read",
        columns=[Column("File"), Column("Bytes", is_number=True), Column("SHA-256")],
        rows=[
            Row([Cell(one["path"]), number(one["n_bytes"]), Cell(one["sha256"])])
            for one in inputs
        ],
    )


def _files(out: Path) -> Table:
    return Table(
        name="files-table",
        caption="Files of the run folder, beside this page",
        columns=[Column("File"), Column("What it holds")],
        rows=[
            Row([Cell(name, href=path_link(*name.split("/"))), Cell(told, kind="wide")])
            for name, told in files_of(out)
        ],
    )
