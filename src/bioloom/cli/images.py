"""`bioloom images`: merge folders of pictures, tell their classes apart."""

from pathlib import Path
from typing import Any

import click

from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.group import Room
from bioloom.cli.options import COUNT, seed_option, threads_option
from bioloom.cli.progress import note, progress_bar
from bioloom.cli.result import counted, is_json, json_option, tell

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
PATH = click.Path(path_type=Path)
# those of `bioloom.images.demonstration.creatures.SHORTCUTS`, which a test compares
PLANTS = (
    *("corner", "border", "watermark", "colour", "brightness"),
    *("format", "size", "alpha", "jpeg_quality", "name"),
)


@click.group(cls=Room)
def images() -> None:
    """Merge folders of pictures; learn to tell their classes apart, honestly.

    \b
    Start with:
      bioloom images demo --out creatures
      bioloom images merge first second --into all --dry-run
    """


@images.command()
@click.argument("sources", nargs=-1, required=True, type=FOLDER)
@click.option("--into", type=FOLDER, required=True, help="Target; made if missing.")
@click.option("--dry-run", is_flag=True, help="Print the plan and change nothing.")
@click.option("--keep-folders", is_flag=True, help="Keep folders below each source.")
@click.option(
    "--check",
    type=click.Choice(["none", "header", "full"]),
    default="full",
    show_default=True,
    help="How closely pictures are looked at before they are copied.",
)
@click.option("--plan", type=FILE, help="Write the plan; of a dry run default -.")
@click.option("--near", type=FILE, help="Write near-duplicates for review.")
@json_option
def merge(
    sources: tuple[Path, ...],
    into: Path,
    dry_run: bool,
    plan: Path | None,
    near: Path | None,
    **given: Any,
) -> None:
    """Merge SOURCES into one folder; equal files once, no file lost or overwritten.

    The sources stay as they are. A taken name gets _1, _2, …

    \b
    Examples:
      bioloom images merge pokemon digimon --into both --dry-run
      bioloom images merge noto twemoji --into emoji --keep-folders
    """
    from bioloom.images.merging.copying import carry_out
    from bioloom.images.merging.plan import plan_merge
    from bioloom.run.output import write_text

    made = plan_merge(sources, into, **given)
    if plan or (dry_run and not is_json()):
        write_text(plan or Path("-"), made.to_tsv())
    with progress_bar() as show:
        done = made if dry_run else carry_out(made, on_step=show)
        if near:
            from bioloom.images.merging.review import near_duplicates, near_tsv

            write_text(near, near_tsv(near_duplicates(done, on_step=show)))
    for row in done.rows:
        if row.action == "unreadable":
            click.echo(f"unreadable: {_told(row)}", err=True)
    if is_json():
        tell("", **_counts(done), dry_run=dry_run)
    else:
        click.echo(f"{'dry run: ' if dry_run else ''}{done.summary()}", err=True)


def _counts(plan: Any) -> dict[str, Any]:
    names = {"copied": "copy", "duplicate": "duplicate", "unreadable": "unreadable"}
    counts = {f"n_{name}": plan.n_of(action) for name, action in names.items()}
    return {"into": plan.into, "n_found": len(plan.rows), **counts}


def _told(row: Any) -> str:
    from bioloom.images.files.files import printable

    return f"{printable(row.source)} ({row.reason})"


@images.command()
@click.argument("data", type=FOLDER)
@click.option("--out", type=FOLDER, required=True, help="Run folder to write.")
@click.option(
    "--fit",
    type=click.Choice(["head", "all"]),
    default="head",
    show_default=True,
    help="Train the last layer only, in seconds, or the whole network.",
)
@click.option(
    "--backbone",
    type=click.Choice(["efficientnet-lite0", "resnet18"]),
    default="efficientnet-lite0",
    show_default=True,
    help="Network that reads the pictures.",
)
@click.option(
    "--weights",
    default="auto",
    show_default=True,
    help="auto, scratch, download (resnet18), or a file.",
)
@click.option("--neutralise", is_flag=True, help="Crop to content, encode alike.")
@click.option(
    "--near",
    type=click.Choice(["features", "hash"]),
    default="features",
    show_default=True,
    help="What tells near-duplicates; hash: where all of a class are alike.",
)
@click.option(
    "--group-by-name",
    "name_pattern",
    default="",
    help="Names in which this matches the same text stay on one side.",
)
@click.option("--class-weights", is_flag=True, help="Rare classes count as much.")
@click.option(
    "--side",
    type=click.IntRange(min=64),
    default=224,
    show_default=True,
    help="Pictures are scaled to so many pixels, width and height.",
)
@click.option(
    "--epochs",
    type=COUNT,
    default=10,
    show_default=True,
    help="Most passes over the pictures, with --fit all.",
)
@click.option(
    "--batch-size", type=COUNT, default=32, show_default=True, help="Pictures a step."
)
@click.option(
    "--lr",
    "learning_rate",
    type=click.FloatRange(0, min_open=True),
    default=3e-4,
    show_default=True,
    help="Learning rate, with --fit all.",
)
@click.option(
    "--patience",
    type=COUNT,
    default=4,
    show_default=True,
    help="Epochs without a better validation, after which training ends.",
)
@click.option(
    "--precision",
    type=click.Choice(["auto", "fp32", "bf16"]),
    default="auto",
    show_default=True,
    help="Of the numbers; auto: bf16 where the processor has it.",
)
@click.option("--int8", is_flag=True, help="Write the model in 8 bits as well.")
@seed_option("the split and the training")
@threads_option
@click.option("--force", is_flag=True, help="Replace a finished run folder.")
@json_option
def train(data: Path, out: Path, force: bool, **given: Any) -> None:
    """Learn the class folders of DATA; audit shortcuts first, predict every picture.

    An interrupted training goes on where it stopped. Several graphics cards:
    `torchrun --no-python --nproc-per-node 2 bioloom images train … --fit all`.

    \b
    Examples:
      bioloom images train pictures --out run
      bioloom images train pictures --out run --fit all --neutralise \\
          --group-by-name '^(\\d+)'
    """
    from bioloom.images.settings import Settings
    from bioloom.images.training_run import train as trained
    from bioloom.report.images import write_report

    with progress_bar() as show:
        result = trained(
            data,
            out,
            Settings(**given),
            force=force,
            also_write=write_report,
            on_step=show,
        )
    for warning in result.audit.warnings():
        click.echo(f"shortcut: {warning}", err=True)
    measures = result.measures
    lines = [f"test {name.replace('_', ' ')}: {measures[name]}" for name in measures]
    if result.inflation:
        lines.append(
            f"cross-validated: {result.inflation.grouped}; with near-duplicates torn "
            f"apart it would read {result.inflation.naive}"
        )
    page = out / "report.html"
    tell(
        "\n".join([*lines, f"written: {out}; report: {page}"]),
        test=measures,
        cross_validated=result.inflation,
        shortcuts=list(result.audit.warnings()),
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
    """Draw two families of creatures, learn them, and see what the audit says.

    Exits with 1 if the audit misses what was planted, or sees what was not.

    \b
    Examples:
      bioloom images demo --out creatures
      bioloom images demo --out creatures --plant corner
    """
    from bioloom.images.demonstration.demo import run_demo
    from bioloom.images.settings import Settings
    from bioloom.report.images import write_report

    with progress_bar() as show:
        found = run_demo(
            out,
            plant=plant,
            settings=Settings(near="hash", rng_seed=rng_seed),
            also_write=write_report,
            on_step=show,
        )
    page = out / "run" / "report.html"
    tell(
        f"{found.to_text()}\nreport: {page}",
        planted=found.plant,
        shortcuts=list(found.result.audit.warnings()),
        is_right=found.is_right,
        test=found.result.measures,
        written=out,
        report=page,
    )
    context.exit(0 if found.is_right else 1)


@images.command()
@click.argument("data", type=FOLDER)
@click.option("--neutralise", is_flag=True, help="Judge the neutralised ones as well.")
@click.option(
    "--group-by-name", "name_pattern", default="", help="As for `images train`."
)
@seed_option("the folds")
@click.option("--out", type=FILE, default="-", help="Table; - is standard output.")
@json_option
def audit(data: Path, out: Path, **given: Any) -> None:
    """Tell how well a corner pixel, the format or the name alone give classes away.

    \b
    Example:
      bioloom images audit pictures --neutralise
    """
    from bioloom.images.auditing.audit import audit as audited
    from bioloom.run.output import write_text
    from bioloom.run.tables import to_jsonl, to_tsv

    with progress_bar() as show:
        result = audited(data, on_step=show, **given)
    frame = result.to_frame()
    write_text(out, to_jsonl(frame) if is_json() else to_tsv(frame.round(4)))
    for warning in result.warnings():
        click.echo(f"shortcut: {warning}", err=True)


@images.command()
@click.argument("model", type=PATH)
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option(
    "--engine",
    type=click.Choice(["auto", "onnx", "torch"]),
    default="auto",
    show_default=True,
    help="auto: ONNX Runtime where it is installed.",
)
@click.option("--int8", is_flag=True, help="Use the run's model in 8 bits.")
@threads_option
@click.option("--out", type=FILE, default="-", help="CSV file; - is standard output.")
@json_option
def predict(model: Path, paths: tuple[Path, ...], out: Path, **given: Any) -> None:
    """Predict the class of pictures with MODEL, a run folder or its model file.

    PATHS are files and folders. Every file has its row; an unreadable one, a reason.

    \b
    Example:
      bioloom images predict run new_pictures --out new.csv
    """
    from bioloom.images.models.opening import open_model
    from bioloom.images.training.predictions import (
        BYTE_ORDER_MARK,
        predicted_parts,
        write_predictions,
    )
    from bioloom.run.output import open_aside

    if given["int8"] and given["engine"] == "torch":
        only = "The model in 8 bits is for ONNX Runtime alone."
        raise click.UsageError(only)
    opened = open_model(model, **given)
    form: Any = "jsonl" if is_json() else "csv"
    with progress_bar() as show, open_aside(out) as stream:
        if str(out) != "-" and form == "csv":
            stream.write(BYTE_ORDER_MARK)
        parts = predicted_parts(opened, paths, on_step=show)
        n = write_predictions(parts, stream, form=form)
    note(counted(n, "picture"))


@images.command()
@click.argument("run", type=FOLDER)
@click.argument("picture", type=FILE)
@click.option("--map", "map_path", type=FILE, help="Write the Grad-CAM, PNG.")
@output_options
def explain(
    run: Path, picture: Path, map_path: Path | None, form: str, out: Path
) -> None:
    """Show why PICTURE is called what RUN calls it, cell by cell.

    \b
    Example:
      bioloom images explain run new_pictures/1.png --map 1_map.png
    """
    from bioloom.images.output.explain import explain as explained
    from bioloom.images.output.explain import work_out

    working = work_out(run, picture)
    if map_path:
        working.write_map(map_path)
    write_explanation(explained(working), form, out)
