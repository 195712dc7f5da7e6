"""`bioloom bounds`: parse, one call, write."""

from pathlib import Path
from typing import Any

import click

from bioloom.cli.explanation import (
    form_option,
    language_option,
    output_options,
    write_explanation,
)
from bioloom.cli.group import Room
from bioloom.cli.options import COUNT, seed_option
from bioloom.cli.progress import note, progress_bar
from bioloom.cli.result import json_option, note_pictures

PATH = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, file_okay=False)


class Share(click.FloatRange):
    """A number between 0 and 1, neither of them."""

    def __init__(self) -> None:
        super().__init__(0, 1, min_open=True, max_open=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Refuse what is no number, which no range does."""
        number = float(super().convert(value, param, ctx))
        if number != number:
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


SHARE = Share()
FAILURE = click.option(
    "--failure-prob",
    type=SHARE,
    default=0.05,
    show_default=True,
    help="Chance that the promise is not kept.",
)
TOLERANCE = click.option(
    "--tolerance",
    type=SHARE,
    default=0.02,
    show_default=True,
    help="How much worse than the best one may be: δ, twice ε.",
)
DRAW = click.option("--draw", type=PATH, help="Stem of DRAW.svg and DRAW.png.")


@click.group(cls=Room)
def bounds() -> None:
    """What a sample, a test set or a table of predictions lets one claim.

    \b
    Start with:
      bioloom bounds explain
      bioloom bounds samples --hypotheses 10000 --epsilon 0.05
      bioloom bounds report classification_result.csv
    """


@bounds.command()
@click.argument("losses", type=PATH)
@TOLERANCE
@click.option("--sample", type=COUNT, help="Examples in the sample, where known.")
@click.option("--population", type=COUNT, help="Examples in all, where known.")
@click.option("--table", type=PATH, help="Table of gaps to write, TSV.")
@output_options
def check(
    losses: Path, tolerance: float, table: Path | None, form: str, **given: Any
) -> None:
    """Ask whether a sample is representative, and walk the chain of inequalities.

    LOSSES has a row for each hypothesis (hypothesis, loss_sample, loss_all, perhaps
    role), or a row for each example (label, split, a column for each hypothesis); .npz
    holds predictions, label, in_sample.

    \b
    Example:
      bioloom bounds check losses.tsv --tolerance 0.02
    """
    from bioloom.bounds.data import read_losses
    from bioloom.bounds.explaining import explain_check
    from bioloom.bounds.representative import check as checked

    read = read_losses(
        losses, n_sample=given["sample"], n_population=given["population"]
    )
    found = checked(read, tolerance=tolerance)
    _write_table(found, table)
    write_explanation(explain_check(found), form, given["out"])


@bounds.command()
@output_options
def explain(form: str, out: Path) -> None:
    """Tell why a representative sample makes a good model, by an embedded example.

    500 questions of 10,000, a tolerance of 2 %, the best possible error 5 %.

    \b
    Example:
      bioloom bounds explain
    """
    from dataclasses import replace

    from bioloom.bounds.data import EXAMPLE, read_losses
    from bioloom.bounds.explaining import explain_check, notes_remark
    from bioloom.bounds.representative import check as checked

    losses = read_losses(EXAMPLE, n_sample=500, n_population=10_000)
    told = explain_check(checked(losses, tolerance=0.02))
    told = replace(told, steps=(*told.steps, *notes_remark()))
    write_explanation(told, form, out)


@bounds.command()
@click.option(
    "--hypotheses",
    type=COUNT,
    default=1,
    show_default=True,
    help="How many models there are to choose from.",
)
@click.option("--epsilon", type=SHARE, help="Largest gap of a hypothesis.")
@click.option("--tolerance", type=SHARE, help="Instead of it: twice ε.")
@FAILURE
@click.option("--population", type=COUNT, help="All data, where they are finite.")
@click.option("--vc-dim", type=COUNT, help="Vapnik–Chervonenkis dimension.")
@click.option("--test-size", type=COUNT, help="Examples of one held-out test set.")
@click.option(
    "--mistakes",
    type=click.IntRange(min=0),
    help="Wrong ones of the test set; default: half of it, the worst case.",
)
@DRAW
@output_options
def samples(form: str, out: Path, draw: Path | None, **given: Any) -> None:
    """Tell how many examples suffice, by each bound, and what a test set gives.

    \b
    Examples:
      bioloom bounds samples --hypotheses 10000 --epsilon 0.05 --failure-prob 0.05
      bioloom bounds samples --epsilon 0.01 --population 10000 --draw sizes
      bioloom bounds samples --epsilon 0.05 --test-size 500 --mistakes 40
    """
    from bioloom.bounds.explaining import explain_samples
    from bioloom.bounds.sample_sizes import sample_sizes

    promise, test = _promise(given), _test_set(given)
    found = sample_sizes(promise, test_set=test)
    if draw:
        from bioloom.bounds.figures import sizes_figure
        from bioloom.draw import save

        save(sizes_figure(promise), draw)
        note_pictures(draw)
    write_explanation(explain_samples(found), form, out)


@bounds.command()
@click.argument("table", type=PATH)
@click.option("--feature", required=True, help="Column with a number to split by.")
@click.option(
    "--label", default="label", show_default=True, help="Column with the class."
)
@click.option("--positive", help="Class to tell from the rest; needed if not two.")
@click.option("--sample", type=COUNT, required=True, help="Examples of each sample.")
@click.option(
    "--draws",
    type=COUNT,
    default=10_000,
    show_default=True,
    help="Samples that are drawn.",
)
@TOLERANCE
@FAILURE
@seed_option("the samples")
@form_option
@json_option
@click.option("--out", type=FOLDER, help="Run folder: tables, figure, working.")
@click.option("--force", is_flag=True, help="Replace a finished run folder.")
@language_option
def simulate(
    table: Path, form: str, out: Path | None, force: bool, **given: Any
) -> None:
    """Draw training sets from TABLE, choose a threshold on each, compare with all.

    \b
    Examples:
      bioloom bounds simulate table.csv --feature edges --label class --sample 500
      bioloom bounds simulate features.tsv --feature edges --sample 100 --out sim
    """
    from bioloom.bounds.explaining import explain_simulation
    from bioloom.bounds.outputs import run_simulation
    from bioloom.bounds.simulation import Draws
    from bioloom.report.bounds import write_simulation

    draws = Draws(
        n_sample=given["sample"],
        tolerance=given["tolerance"],
        n_draws=given["draws"],
        failure_prob=given["failure_prob"],
        rng_seed=given["rng_seed"],
    )
    columns = {name: given[name] for name in ("feature", "label", "positive")}
    with progress_bar() as show:
        found = run_simulation(
            table,
            columns,
            draws,
            out=out,
            force=force,
            report=write_simulation,
            on_step=show,
        )
    write_explanation(explain_simulation(found), form, Path("-"))
    if out:
        note(f"written: {out}")


@bounds.command()
@click.argument("predictions", type=PATH, nargs=-1, required=True)
@click.option("--label", help="Column with the true class.")
@click.option("--prediction", help="Column with the predicted one.")
@click.option("--split", help="Column: train, val or test; without it all are test.")
@click.option("--confidence", help="Column with the prediction's probability.")
@click.option("--example", help="Column that names the example.")
@click.option("--model", help="Column that names the model.")
@FAILURE
@click.option("--tried", type=COUNT, default=1, help="Models tried on the test set.")
@click.option("--table", type=PATH, help="Table of errors to write, TSV.")
@click.option("--page", type=PATH, help="Page to write, HTML.")
@DRAW
@output_options
def report(
    predictions: tuple[Path, ...], form: str, out: Path, draw: Path | None, **given: Any
) -> None:
    """Tell what PREDICTIONS, one table or several of one test set, let one claim.

    Each is CSV or TSV with a label and a prediction, or a run folder of `bioloom graph
    train` or `bioloom images train`. Columns have their usual names unless told.

    \b
    Examples:
      bioloom bounds report classification_result.csv
      bioloom bounds report karate --draw claims
      bioloom bounds report mine.csv other.csv --label class --tried 20
    """
    from bioloom.bounds.explaining import explain_report
    from bioloom.bounds.prediction_report import report as reported
    from bioloom.bounds.predictions import Columns, name_of
    from bioloom.run.language import tr

    roles = ("label", "prediction", "split", "confidence", "example", "model")
    columns = Columns(**{name: given[name] for name in roles})
    found = reported(
        _all_predictions(predictions, columns),
        failure_prob=given["failure_prob"],
        n_tried=given["tried"],
    )
    _write_table(found, given["table"])
    if draw:
        from bioloom.bounds.figures import report_figure
        from bioloom.draw import save

        save(report_figure(found), draw)
        note_pictures(draw)
    title = tr(" and ").join(map(name_of, predictions))
    told = explain_report(found, title=title)
    if given["page"]:
        from bioloom.report.bounds import write_claims

        write_claims(found, told, given["page"])
        note(f"report: {given['page']}")
    write_explanation(told, form, out)


def _all_predictions(paths: tuple[Path, ...], columns: Any) -> Any:
    from bioloom.bounds.predictions import read_predictions

    return [one for path in paths for one in read_predictions(path, columns)]


def _promise(given: dict[str, Any]) -> Any:
    from bioloom.bounds.sample_sizes import Promise

    if (given["epsilon"] is None) == (given["tolerance"] is None):
        one = "Give --epsilon or --tolerance, one of them."
        raise click.UsageError(one)
    return Promise(
        epsilon=given["epsilon"] or given["tolerance"] / 2,
        failure_prob=given["failure_prob"],
        n_hypotheses=given["hypotheses"],
        population=given["population"],
        vc_dim=given["vc_dim"],
    )


def _test_set(given: dict[str, Any]) -> tuple[int, int] | None:
    """Mistakes and size of a held-out test set; half of it where not said."""
    size, mistakes = given["test_size"], given["mistakes"]
    if size is None:
        if mistakes is not None:
            alone = "--mistakes needs --test-size."
            raise click.UsageError(alone)
        return None
    if mistakes is not None and mistakes > size:
        many = f"--mistakes {mistakes} are more than --test-size {size}."
        raise click.UsageError(many)
    return (size // 2 if mistakes is None else mistakes), size


def _write_table(found: Any, path: Path | None) -> None:
    from bioloom.run.output import write_text
    from bioloom.run.tables import to_tsv

    if path:
        write_text(path, to_tsv(found.to_frame()))
