"""Build the page of a run: the one place that gathers what the report shows."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from bioloom.lincrna.browser.folder import FOLDER
from bioloom.lincrna.browser.profiles import Profiles, profiles_of
from bioloom.lincrna.browser.tracks import COVERAGE
from bioloom.lincrna.cells.figures import dot_figure, knee_figure, top_candidates
from bioloom.lincrna.coding.features import GROUPS
from bioloom.lincrna.inputs.cell_facts import (
    BARCODES,
    CELLS,
    BarcodeFacts,
    CellFacts,
    read_facts,
)
from bioloom.lincrna.inputs.samples import SampleReport, reports_of
from bioloom.lincrna.output.candidates_plot import PlottedCandidate, candidates_figure
from bioloom.lincrna.output.combinations import (
    MOST_SHOWN,
    combinations,
    combinations_figure,
)
from bioloom.lincrna.output.distributions import distributions_figure
from bioloom.lincrna.output.explain_coding import shown_model_name
from bioloom.lincrna.output.figures import attrition_figure, drop_reasons, not_judged
from bioloom.lincrna.output.inspection import Inspection
from bioloom.lincrna.output.methods import methods_so_far
from bioloom.lincrna.output.outputs import RunTables
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.page.expression import expression_section
from bioloom.lincrna.page.features import Sites, read_sites
from bioloom.lincrna.page.locus import LocusViews, locus_views
from bioloom.lincrna.page.model import (
    AttritionRow,
    FileRow,
    InputRow,
    Measure,
    Method,
    Record,
    RunPage,
    SettingRow,
)
from bioloom.lincrna.page.partners import partner_section
from bioloom.lincrna.page.quality import quality_drawing, read_quality
from bioloom.lincrna.page.sections import Drawing
from bioloom.lincrna.page.transcripts import transcript_rows, unexpressed_rows
from bioloom.lincrna.page.words import FILES, answer, flow_in_words
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.training.evaluation import EVALUATION
from bioloom.lincrna.verdict.attrition import AttritionStep, attrition
from bioloom.run.language import tr, trn
from bioloom.run.record import RECORD, read_record
from bioloom.run.settings import settings_of
from bioloom.run.words import listed_in_words, together

MAX_WORKINGS = 200


def run_page(
    result: FilterResult,
    tables: RunTables,
    out: Path,
    *,
    views: LocusViews | None = None,
    max_workings: int = MAX_WORKINGS,
) -> RunPage:
    """Gather everything that the report of a run shows.

    Parameters
    ----------
    result
        Judged transcripts.
    tables
        What `bioloom.lincrna.output.outputs.write_outputs` returned.
    out
        Run folder.
    views
        Of `locus_views`, for a page that is built once in each language; by default
        they are made here.
    max_workings
        Candidates whose working the page holds; for the rest it names the command.
    """
    samples = _samples(tables)
    names = [sample.sample for sample in samples]
    views = views or locus_views(
        result, coverage_of(tables, out), sites_of(result, tables)
    )
    quality = [*read_quality(out, names)]
    rows = transcript_rows(result, tables, views, max_workings=max_workings)
    shown = result.candidates or result.rows
    return RunPage(
        name=out.resolve().name,
        assembly=_assembly(out),
        answer=answer(result, names),
        warnings=result.warnings,
        notes=(*result.notes, *tables.notes),
        attrition_drawing=_attrition_drawing(result),
        combinations=_combinations_drawing(result),
        distributions=_distributions_drawing(result),
        cells=_cell_drawings(out),
        attrition=_attrition(result),
        samples=samples,
        expressed=[] if tables.tpm is None else [*map(str, tables.tpm.columns[1:])],
        quality=quality,
        quality_drawing=quality_drawing(quality),
        expression=expression_section(tables),
        candidates=rows.candidates,
        candidates_drawing=_candidates_drawing(result),
        near_misses=rows.near_misses,
        unexpressed=unexpressed_rows(result),
        n_near_misses=rows.n_near_misses,
        n_far_misses=rows.n_far_misses,
        n_overlapping=sum(row.failed == ("intergenic",) for row in result.rows),
        example=shown[-1].transcript_id if shown else "",
        method=method_of(result),
        partners=partner_section(tables.partners),
        inspection=Inspection(result.understood, result.learning)
        if result.understood
        else None,
        settings=[*setting_rows(result)],
        methods=methods_so_far(out),
        record=_record(out),
        files=[
            FileRow(name, tr(meaning))
            for name, meaning in FILES.items()
            if (out / name).is_file() or name.startswith("figures/")
        ],
    )


def sites_of(result: FilterResult, tables: RunTables) -> Sites:
    """Sites of miRNAs on the run's transcripts, if the run was given any."""
    path = tables.browser.mirna_sites if tables.browser else None
    if path is None:
        return Sites({})
    return read_sites(path, [row.collected.transcript for row in result.rows])


def coverage_of(tables: RunTables, out: Path) -> Profiles:
    """What reads the coverage of the samples, if the run wrote it."""
    return profiles_of(out, [sample.sample for sample in _samples(tables)])


def coverage_notes(
    result: FilterResult, tables: RunTables, out: Path
) -> tuple[str, ...]:
    """Whether the pictures of a run with samples lack their coverage."""
    has_coverage = (out / FOLDER / COVERAGE).is_dir()
    if has_coverage or tables.samples is None or not result.candidates:
        return ()
    return (
        "Pictures of loci are without coverage: `browser.coverage: true` writes it.",
    )


def _samples(tables: RunTables) -> list[SampleReport]:
    return [] if tables.samples is None else reports_of(tables.samples)


def _attrition_drawing(result: FilterResult) -> Drawing:
    return Drawing(
        name="attrition",
        draw=partial(attrition_figure, result),
        title=tr("From all transcripts to the candidates"),
        description=flow_in_words(result),
        caption=tr(
            "The band is as wide as the transcripts that are left; each branch is "
            "as wide as what one criterion drops. The order of the criteria decides: "
            "what fails several is dropped by the first."
        ),
    )


def _candidates_drawing(result: FilterResult) -> Drawing | None:
    """Length and coding probability; None where there is nothing to set apart."""
    plotted = [
        PlottedCandidate(
            row.collected.transcript.length_nt,
            row.evidence.coding.probability,
            row.collected.origin,
        )
        for row in result.candidates
    ]
    if len(plotted) < 2:
        return None
    threshold = result.settings.coding_threshold
    return Drawing(
        name="candidates_plot",
        draw=partial(candidates_figure, plotted, threshold),
        title=tr("Candidates by length and coding probability"),
        description=tr(
            "Each candidate as a point, by its length and its coding probability; the "
            "numbers are in the table of candidates."
        ),
        caption=tr(
            "Each candidate by its spliced length and its coding probability; those "
            "near the dashed line are the ones to look at twice."
        ),
    )


def _combinations_drawing(result: FilterResult) -> Drawing | None:
    found = combinations(result.rows)
    if not found:
        return None
    caption = tr(
        "What rejected transcripts fail together, whatever the order: each is counted "
        "once, under all the criteria with a dot."
    )
    if len(found) > MOST_SHOWN:
        rest = found[MOST_SHOWN:]
        more = trn(
            "{n} more combination, of {transcripts:,} transcripts, is not drawn.",
            "{n:,} more combinations, of {transcripts:,} transcripts, are not drawn.",
            len(rest),
            transcripts=sum(each.n for each in rest),
        )
        caption = together([caption, more])
    return Drawing(
        name="combinations",
        draw=partial(combinations_figure, result),
        title=tr("Criteria that are failed together"),
        description=tr(
            "Bars of the {n} most frequent combinations of failed criteria; the "
            "criteria that each transcript fails are in {file}.",
            n=min(len(found), MOST_SHOWN),
            file="tables/transcripts.tsv",
        ),
        caption=caption,
    )


def _distributions_drawing(result: FilterResult) -> Drawing:
    return Drawing(
        name="distributions",
        draw=partial(distributions_figure, result),
        title=tr("Distributions of the measured values"),
        description=tr(
            "Histograms of candidates and rejected transcripts by length, ORF, coding "
            "probability, distance, housekeeping overlap and domain score; the numbers "
            "are in {file}.",
            file="tables/transcripts.tsv",
        ),
        caption=tr(
            "Each measured value, candidates against rejected transcripts; a dashed "
            "line is the threshold. A transcript may be rejected for another reason."
        ),
    )


def _cell_drawings(out: Path) -> tuple[Drawing, ...]:
    """Knee and dot plot of the droplet samples; none where there are no such."""
    path = out / "cells.h5ad"
    if not path.is_file():
        return ()
    import anndata

    matrix = anndata.read_h5ad(path)
    folders = {
        str(name): out / f"working/cells/{name}"
        for name in matrix.obs["sample"].cat.categories
    }
    barcodes = {
        name: read_facts(folder / BARCODES, BarcodeFacts)
        for name, folder in folders.items()
    }
    cells = {
        name: read_facts(folder / CELLS, CellFacts) for name, folder in folders.items()
    }
    return (
        Drawing(
            name="knee",
            draw=partial(knee_figure, barcodes, cells),
            title=tr("Reads of each barcode"),
            description=tr(
                "Reads of each barcode by rank; the number of cells taken from each "
                "sample is in the table of samples."
            ),
            caption=tr(
                "Barcodes by their reads; those left of the dashed line are cells, "
                "others only where their RNAs differ from the ambient ones."
            ),
        ),
        Drawing(
            name="dots",
            draw=lambda: dot_figure(top_candidates(matrix)),
            title=tr("Candidates with most UMIs, by sample"),
            description=tr(
                "Fraction of the cells that express each candidate, and how much; the "
                "numbers are in {file}.",
                file="cells.h5ad",
            ),
            caption=tr(
                "Candidates with most UMIs; expression is UMIs per 10,000 of a cell."
            ),
        ),
    )


def _attrition(result: FilterResult) -> dict[str, list[AttritionRow]]:
    """By level, one row per criterion."""
    reasons, unjudged = drop_reasons(result.settings), not_judged(result.rows)
    steps: dict[str, dict[str, dict[str, AttritionStep]]] = {}
    for step in attrition(result.rows):
        of_level = steps.setdefault(step.level, {})
        of_level.setdefault(step.criterion, {})[step.origin] = step
    return {
        level: [
            AttritionRow(
                criterion=name,
                reason=tr("not judged") if name in unjudged else reasons[name],
                known=by_origin["known"],
                novel=by_origin["novel"],
            )
            for name, by_origin in of_level.items()
        ]
        for level, of_level in steps.items()
    }


def method_of(result: FilterResult) -> Method:
    """How the run judged coding potential."""
    model = result.model
    return Method(
        model=model.method,
        groups=listed_in_words([*map(tr, GROUPS)]),
        trained_on=shown_model_name(model.name),
        threshold=_threshold(result),
        evaluation=[
            Measure(name, value, tr(EVALUATION.get(name, "")))
            for name, value in model.evaluation.items()
        ],
    )


def _threshold(result: FilterResult) -> str:
    """The coding threshold in force and where it comes from, as a sentence."""
    settings, model = result.settings, result.model
    threshold = settings.coding_threshold
    if threshold is None:
        return ""
    shown = f"{threshold:.4g}"
    own_threshold = model.threshold_in(settings.orf_mode)
    if threshold != own_threshold:
        return tr(
            "A transcript is coding from a probability of {threshold} (set by hand; "
            "the model's own is {own:.4g}).",
            threshold=shown,
            own=own_threshold,
        )
    if settings.orf_mode == "calibrated":
        return tr(
            "A transcript is coding from a probability of {threshold}, below which "
            "1.3 percent of mRNAs lie in cross-validation.",
            threshold=shown,
        )
    return tr(
        "A transcript is coding from a probability of {threshold}, where sensitivity "
        "and specificity meet in cross-validation.",
        threshold=shown,
    )


def setting_rows(result: FilterResult) -> Iterator[SettingRow]:
    """Filter settings in force; those that differ from the default say so."""
    model = result.model
    own = {
        "coding_threshold": model.threshold_in(result.settings.orf_mode),
        "micropeptide_threshold": model.micropeptide_threshold,
    }
    for setting in settings_of(FilterSettings):
        value = getattr(result.settings, setting.name)
        is_own = setting.name in own and value == own[setting.name]
        is_changed = value != setting.default and not is_own
        yield SettingRow(
            name=setting.name,
            value=_value_text(value),
            default=_value_text(setting.default) if is_changed else "",
            meaning=setting.help(),
        )


def _value_text(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or tr("none")
    return tr("the model's own") if value is None else str(value)


def _assembly(out: Path) -> str:
    """Name of the genome that was given for browsers."""
    arguments = read_record(out)["arguments"] if (out / RECORD).is_file() else {}
    of_filter = arguments.get("genome_name", "")
    return str((arguments.get("browser") or {}).get("assembly", of_filter))


def _record(out: Path) -> Record | None:
    if not (out / RECORD).is_file():
        return None
    record = read_record(out)
    return Record(
        command=f"bioloom {record['command']}",
        start=record["start"],
        rng_seed=record["rng_seed"],
        versions={
            "bioloom": record["version"],
            "Python": record["python"],
            **record["tools"],
            **record["packages"],
        },
        arguments=_flat(record["arguments"]),
        inputs=[InputRow(**entry) for entry in record["inputs"]],
    )


def _flat(arguments: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Arguments on one level, without the filter settings, which have their table."""
    skipped = {field.name for field in fields(FilterSettings)} | {"filters"}
    flat: dict[str, str] = {}
    for name, value in arguments.items():
        if not prefix and name in skipped:
            continue
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        elif value is not None:
            flat[f"{prefix}{name}"] = str(value)
    return flat
