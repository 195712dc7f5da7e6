"""`bioloom images`: merge folders of pictures, classify them, audit them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

import click

from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.group import Room
from bioloom.cli.images_folders import inspect, merge
from bioloom.cli.options import seed_option, threads_option
from bioloom.cli.progress import note, progress_bar
from bioloom.cli.result import is_json, json_option, tell
from bioloom.cli.settings import settings_options
from bioloom.images.settings import Settings, settings_with
from bioloom.run.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from bioloom.images.auditing.labels import Audit
    from bioloom.images.models.inference import TrainedModel
    from bioloom.images.models.opening import Engine
    from bioloom.images.settings import AuditNear
    from bioloom.run.settings import Changes

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
PATH = click.Path(path_type=Path)
# those of `bioloom.images.demonstration.creatures.SHORTCUTS`, which a test compares
PLANTS = (
    "corner",
    "border",
    "watermark",
    "colour",
    "brightness",
    "format",
    "size",
    "alpha",
    "jpeg_quality",
    "name",
    "sources",
)


@click.group(cls=Room)
def images() -> None:
    """Merge image folders; train a classifier and audit it for shortcuts.

    \b
    Start with:
      bioloom images demo --out creatures
      bioloom images inspect pictures --out doctor
      bioloom images merge first second --into all --dry-run
    """


for command in (merge, inspect):
    images.add_command(command)


@images.command()
@click.argument("data", type=PATH)
@click.option("--out", type=FOLDER, required=True, help="Run folder to write.")
@settings_options(
    Settings,
    "fit",
    "backbone",
    "weights",
    "neutralise",
    "equalise",
    "mirror",
    "near",
    "min_per_class",
    "contrary",
    "class_weights",
    "multilabel",
    "side",
    "folds",
    "epochs",
    "batch_size",
    "patience",
    "precision",
    "device",
    "int8",
    learning_rate="--lr",
    name_pattern="--group-by-name",
)
@seed_option("the split and the training")
@threads_option
@click.option("--force", is_flag=True, help="Replace a finished run folder.")
@json_option
def train(
    data: Path,
    out: Path,
    changes: Changes,
    rng_seed: int,
    threads: int,
    force: bool,
) -> None:
    """Train a classifier on the classes of DATA, and audit them for shortcuts.

    DATA has one folder per class; train, val and test folders above or below them are
    used as the split. It may also be a table of path, label and split, or a folder
    with metadata.csv or metadata.jsonl. With --multilabel a picture can have several
    labels: cells a|b, a column of 0 and 1 for each, or the same file in several
    folders.

    An interrupted training resumes. With several graphics cards:
    `torchrun --no-python --nproc-per-node 2 bioloom images train … --fit all`.

    \b
    Examples:
      bioloom images train pictures --out run
      bioloom images train pictures --out run --fit all --neutralise \\
          --group-by-name '^(\\d+)'
      bioloom images train labels.csv --out run --multilabel
    """
    from bioloom.images.training.result import measure_name
    from bioloom.images.training_run import train_classifier
    from bioloom.report.images import write_report

    settings = settings_with({**changes, "rng_seed": rng_seed, "threads": threads})
    with progress_bar() as on_step:
        training = train_classifier(
            data, out, settings, force=force, report=write_report, on_step=on_step
        )
    _tell_audit(training.audit)
    measures, inflation = training.measures, training.inflation
    lines = [f"test {measure_name(name)}: {measures[name]}" for name in measures]
    if inflation:
        of = " (a head on the initial features)" if settings.fit == "all" else ""
        of = f" micro f1{of}" if settings.multilabel else of
        lines.append(
            f"cross-validated{of}: {inflation.grouped}; with near-duplicates separated "
            f"it would be {inflation.naive}"
        )
    if training.folded:
        lines.append(f"all weights in {settings.folds} folds: {training.folded}")
    page = out / "report.html"
    tell(
        "\n".join([*lines, f"written: {out}; report: {page}"]),
        test=measures,
        cross_validated=inflation,
        folded=training.folded,
        shortcuts=list(training.audit.warnings()),
        written=out,
        report=page,
    )


@images.command()
@click.option("--out", type=FOLDER, required=True, help="Folder to write.")
@click.option(
    "--plant",
    type=click.Choice(PLANTS),
    help="A shortcut to plant, for the audit to find.",
)
@seed_option("the drawn creatures")
@json_option
@click.pass_context
def demo(context: click.Context, out: Path, plant: str | None, rng_seed: int) -> None:
    """Draw two families of creatures, train on them, and check the audit.

    Exits with 1 if the audit misses the planted shortcut or finds another one.

    \b
    Examples:
      bioloom images demo --out creatures
      bioloom images demo --out creatures --plant corner
    """
    from bioloom.images.demonstration.demo import run_demo
    from bioloom.report.images import write_report

    with progress_bar() as on_step:
        result = run_demo(
            out,
            plant=plant,
            settings=Settings(near="hash", rng_seed=rng_seed),
            report=write_report,
            on_step=on_step,
        )
    page = out / "run" / "report.html"
    tell(
        f"{result.to_text()}\nreport: {page}",
        planted=result.plant,
        shortcuts=list(result.training.audit.warnings()),
        is_right=result.is_right,
        test=result.training.measures,
        written=out,
        report=page,
    )
    context.exit(0 if result.is_right else 1)


@images.command()
@click.argument("data", type=PATH)
@settings_options(
    Settings,
    "neutralise",
    "equalise",
    "multilabel",
    "side",
    name_pattern="--group-by-name",
)
@click.option(
    "--near",
    type=click.Choice(["hash", "none"]),
    default="hash",
    show_default=True,
    help="How near-duplicates are found, which stay in one fold.",
)
@seed_option("the folds and permutations")
@threads_option
@click.option(
    "--figures",
    type=FOLDER,
    help="Folder for figures: all probes, and where in the picture classes differ.",
)
@click.option(
    "--out", type=FILE, default="-", help="Table to write; - is standard output."
)
@json_option
def audit(
    data: Path,
    changes: Changes,
    near: AuditNear,
    rng_seed: int,
    threads: int,
    figures: Path | None,
    out: Path,
) -> None:
    """Measure how well a corner, the background, blur or grain predict the class.

    What the model gets is told apart from what only the file shows. With a cure
    (--neutralise, --equalise) pictures are audited before and after it. With
    --multilabel each label is judged against the pictures without it.

    \b
    Examples:
      bioloom images audit pictures
      bioloom images audit pictures --neutralise --figures figures
    """
    from bioloom.images.auditing.audit import audit_folder
    from bioloom.images.files.overwriting import require_no_picture
    from bioloom.run.output import write_text
    from bioloom.run.tables import to_jsonl, to_tsv

    require_no_picture(out)
    with progress_bar() as on_step:
        result = audit_folder(
            data,
            conversion=settings_with(changes).conversion,
            near=near != "none",
            name_pattern=str(changes.get("name_pattern", "")),
            multilabel=bool(changes.get("multilabel", False)),
            threads=threads,
            rng_seed=rng_seed,
            on_step=on_step,
        )
    frame = result.to_frame()
    write_text(out, to_jsonl(frame) if is_json() else to_tsv(frame.round(4)))
    if figures:
        from bioloom.draw import save

        save(result.plot(), figures / "audit")
        save(result.plot_where(), figures / "where")
    _tell_audit(result)


def _tell_audit(result: Audit) -> None:
    """Alarms and notes of an audit, the same words wherever it was made."""
    for warning in result.warnings():
        click.echo(f"shortcut: {warning}", err=True)
    for text in result.notes():
        note(text)


@images.command()
@click.argument("model", type=PATH)
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option(
    "--engine",
    type=click.Choice(["auto", "onnx", "torch"]),
    default="auto",
    show_default=True,
    help="auto: ONNX Runtime if it is installed.",
)
@click.option("--int8", is_flag=True, help="Use the run's 8-bit model.")
@threads_option
@click.option("--out", type=FILE, default="-", help="CSV file; - is standard output.")
@click.option(
    "--watch",
    "watch_s",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Look for new pictures in the folders every so often, until interrupted.",
)
@json_option
def predict(
    model: Path,
    paths: tuple[Path, ...],
    engine: Engine,
    int8: bool,
    threads: int,
    out: Path,
    watch_s: float | None,
) -> None:
    """Predict the class of pictures with MODEL, a run folder or its model file.

    PATHS are files and folders. Every file gets a row; an unreadable file, a reason.
    Where a picture can have several labels, they are joined by bars (a|b).

    With --watch the table grows as pictures come, until Ctrl-C; started again, the
    command begins anew.

    \b
    Examples:
      bioloom images predict run new_pictures --out new.csv
      bioloom images predict run camera_folder --watch 2 --out seen.csv
    """
    from bioloom.images.files.overwriting import require_no_picture
    from bioloom.images.models.opening import open_model
    from bioloom.images.training.predictions import (
        BYTE_ORDER_MARK,
        predicted_parts,
        write_predictions,
    )
    from bioloom.run.output import open_aside

    if int8 and engine == "torch":
        raise click.UsageError("The 8-bit model needs ONNX Runtime.")
    require_no_picture(out)
    opened = open_model(model, engine=engine, int8=int8, threads=threads)
    if watch_s is not None:
        _watch(opened, paths, watch_s, out)
        return
    with progress_bar() as on_step, open_aside(out) as stream:
        if str(out) != "-" and not is_json():
            stream.write(BYTE_ORDER_MARK)
        parts = predicted_parts(opened, paths, on_step=on_step)
        n = write_predictions(parts, stream, form="jsonl" if is_json() else "csv")
    note(counted(n, "picture"))


def _watch(
    model: TrainedModel, folders: tuple[Path, ...], every_s: float, out: Path
) -> None:
    """Write predictions as pictures come, each batch at once."""
    from bioloom.images.training.predictions import watched_parts, write_predictions

    if not all(folder.is_dir() for folder in folders):
        raise click.UsageError("--watch looks into folders: give folders.")
    parts = watched_parts(model, folders, every_s=every_s)
    form: Literal["csv", "jsonl"] = "jsonl" if is_json() else "csv"
    with (
        click.open_file(str(out), "w", encoding="utf-8") as stream,
        suppress(KeyboardInterrupt),  # the way to end it
    ):
        write_predictions(_told(parts, stream), stream, form=form)


def _told(parts: Iterator[pd.DataFrame], stream: IO[str]) -> Iterator[pd.DataFrame]:
    """The parts; after each one is written, it can be read and is said."""
    for part in parts:
        yield part
        stream.flush()
        note(counted(len(part), "picture"))


@images.command()
@click.argument("run", type=FOLDER)
@click.argument("picture", type=FILE)
@click.option(
    "--of-label",
    metavar="LABEL",
    help="The label to explain, of a run with --multilabel.  [default: the likeliest]",
)
@click.option("--map", "map_path", type=FILE, help="PNG file for the Grad-CAM.")
@output_options
def explain(
    run: Path,
    picture: Path,
    of_label: str | None,
    map_path: Path | None,
    form: str,
    out: Path,
) -> None:
    """Show the working behind RUN's prediction of PICTURE, cell by cell.

    \b
    Example:
      bioloom images explain run new_pictures/1.png --map 1_map.png
    """
    from bioloom.images.api import explain as explain_prediction

    explanation = explain_prediction(run, picture, of_label=of_label, map_path=map_path)
    write_explanation(explanation, form, out)
