"""`bioloom bounds`: parse, one call, write."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bioloom.bounds.settings import FAILURE_PROB, N_DRAWS, TOLERANCE
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

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bioloom.bounds.explaining.paper import Claims
    from bioloom.bounds.paths import LabelFrom
    from bioloom.result import Result

PATH = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, file_okay=False)


class Share(click.FloatRange):
    """A number between 0 and 1, both excluded."""

    def __init__(self) -> None:
        super().__init__(0, 1, min_open=True, max_open=True)

    def convert(
        self, value: float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Refuse NaN, which no range excludes."""
        number = float(super().convert(value, param, ctx))
        if number != number:
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


SHARE = Share()
FAILURE = click.option(
    "--failure-prob",
    type=SHARE,
    default=FAILURE_PROB,
    show_default=True,
    help="Probability that the guarantee fails.",
)
TOLERANCE_OPTION = click.option(
    "--tolerance",
    type=SHARE,
    default=TOLERANCE,
    show_default=True,
    help="How much worse than the best the chosen hypothesis may be: δ = 2ε.",
)
SENTENCES = click.option(
    "--sentences",
    type=PATH,
    help="Text file for one sentence per claim to copy, English and Chinese.",
)
DRAW = click.option("--draw", type=PATH, help="Stem of DRAW.svg and DRAW.png.")


@click.group(cls=Room)
def bounds() -> None:
    """What a sample, a test set or a table of predictions proves.

    \b
    Start with:
      bioloom bounds explain
      bioloom bounds samples --hypotheses 10000 --epsilon 0.05
      bioloom bounds report classification_result.csv
    """


@bounds.command()
@click.argument("losses", type=PATH)
@TOLERANCE_OPTION
@click.option(
    "--sample", type=COUNT, help="Number of examples in the sample, if known."
)
@click.option("--population", type=COUNT, help="Number of all examples, if known.")
@click.option("--table", type=PATH, help="TSV file for the table of gaps.")
@SENTENCES
@output_options
def check(
    losses: Path,
    tolerance: float,
    sample: int | None,
    population: int | None,
    table: Path | None,
    sentences: Path | None,
    form: str,
    out: Path,
) -> None:
    """Check whether a sample is representative: the chain of inequalities.

    LOSSES has a row for each hypothesis (hypothesis, loss_sample, loss_all, optionally
    role), or a row for each example (label, split, a column for each hypothesis); .npz
    holds predictions, label, in_sample.

    \b
    Example:
      bioloom bounds check losses.tsv --tolerance 0.02
    """
    from bioloom.bounds.api import check as checked

    result = checked(
        losses, tolerance=tolerance, n_sample=sample, n_population=population
    )
    _write_table(result, table)
    _write_sentences(result, sentences)
    write_explanation(result.explain(), form, out)


@bounds.command()
@output_options
def explain(form: str, out: Path) -> None:
    """Explain with an embedded example why a representative sample makes a good model.

    500 questions of 10,000, a tolerance of 2 %, the best possible error 5 %.

    \b
    Example:
      bioloom bounds explain
    """
    from bioloom.bounds.api import explain as explained

    write_explanation(explained(), form, out)


@bounds.command()
@click.option(
    "--hypotheses",
    type=COUNT,
    default=1,
    show_default=True,
    help="Number of models to choose from.",
)
@click.option("--epsilon", type=SHARE, help="Largest allowed gap of a hypothesis.")
@click.option("--tolerance", type=SHARE, help="Instead of --epsilon: twice ε.")
@FAILURE
@click.option("--population", type=COUNT, help="Number of all examples, if finite.")
@click.option("--vc-dim", type=COUNT, help="Vapnik–Chervonenkis dimension.")
@click.option(
    "--test-size", type=COUNT, help="Number of examples in a held-out test set."
)
@click.option(
    "--mistakes",
    type=click.IntRange(min=0),
    help="Mistakes on the test set; default: half of it, the worst case.",
)
@DRAW
@SENTENCES
@output_options
def samples(
    hypotheses: int,
    epsilon: float | None,
    tolerance: float | None,
    failure_prob: float,
    population: int | None,
    vc_dim: int | None,
    test_size: int | None,
    mistakes: int | None,
    draw: Path | None,
    sentences: Path | None,
    form: str,
    out: Path,
) -> None:
    """Compute how many examples each bound needs, and what a test set proves.

    \b
    Examples:
      bioloom bounds samples --hypotheses 10000 --epsilon 0.05 --failure-prob 0.05
      bioloom bounds samples --epsilon 0.01 --population 10000 --draw sizes
      bioloom bounds samples --epsilon 0.05 --test-size 500 --mistakes 40
    """
    from bioloom.bounds.api import epsilon_of, held_out_set
    from bioloom.bounds.results import SamplesResult
    from bioloom.bounds.sample_sizes import Promise, sample_sizes

    if (epsilon is None) == (tolerance is None):
        raise click.UsageError("Give either --epsilon or --tolerance.")
    _check_test_set(test_size, mistakes)
    promise = Promise(
        epsilon=epsilon_of(epsilon, tolerance),
        failure_prob=failure_prob,
        n_hypotheses=hypotheses,
        population=population,
        vc_dim=vc_dim,
    )
    with progress_bar() as on_step:
        sizes = sample_sizes(
            promise, test_set=held_out_set(test_size, mistakes), on_step=on_step
        )
    result = SamplesResult.of(sizes)
    _draw(result.plot, draw)
    _write_sentences(result, sentences)
    write_explanation(result.explain(), form, out)


@bounds.command()
@click.argument("table", type=PATH)
@click.option("--feature", required=True, help="Column with a number to split by.")
@click.option(
    "--label", default="label", show_default=True, help="Column with the class."
)
@click.option(
    "--positive",
    help="Class to separate from the rest; needed unless there are two classes.",
)
@click.option(
    "--sample", type=COUNT, required=True, help="Number of examples in each sample."
)
@click.option(
    "--draws",
    type=COUNT,
    default=N_DRAWS,
    show_default=True,
    help="Number of samples to draw.",
)
@TOLERANCE_OPTION
@FAILURE
@seed_option("the samples")
@form_option
@json_option
@click.option(
    "--out", type=FOLDER, help="Run folder to write: tables, figure, working."
)
@click.option("--force", is_flag=True, help="Replace a finished run folder.")
@SENTENCES
@language_option
def simulate(
    table: Path,
    feature: str,
    label: str,
    positive: str | None,
    sample: int,
    draws: int,
    tolerance: float,
    failure_prob: float,
    rng_seed: int,
    form: str,
    out: Path | None,
    force: bool,
    sentences: Path | None,
) -> None:
    """Draw training sets from TABLE, fit a threshold to each, compare with all data.

    \b
    Examples:
      bioloom bounds simulate table.csv --feature edges --label class --sample 500
      bioloom bounds simulate features.tsv --feature edges --sample 100 --out sim
    """
    from bioloom.bounds.explaining import explain_simulation
    from bioloom.bounds.outputs import run_simulation
    from bioloom.bounds.simulation import Draws
    from bioloom.report.bounds import write_simulation

    rules = Draws(
        n_sample=sample,
        tolerance=tolerance,
        n_draws=draws,
        failure_prob=failure_prob,
        rng_seed=rng_seed,
    )
    with progress_bar() as on_step:
        simulation = run_simulation(
            table,
            {"feature": feature, "label": label, "positive": positive},
            rules,
            out=out,
            force=force,
            report=write_simulation,
            on_step=on_step,
        )
    _write_sentences(simulation, sentences)
    write_explanation(explain_simulation(simulation), form, Path("-"))
    if out:
        note(f"written: {out}")


@bounds.command()
@click.argument("predictions", type=PATH, nargs=-1, required=True)
@click.option("--label", help="Column with the true class.")
@click.option("--prediction", help="Column with the predicted class.")
@click.option(
    "--split", help="Column with train, val or test; without it all examples are test."
)
@click.option("--confidence", help="Column with the probability of the prediction.")
@click.option("--example", help="Column that names the example.")
@click.option("--model", help="Column that names the model.")
@click.option("--group", help="Column that groups similar examples.")
@click.option(
    "--label-from-folder",
    "label_from",
    flag_value="folder",
    help="Take the label from the folder that holds the example.",
)
@click.option(
    "--label-from-name",
    "label_from",
    flag_value="name",
    help="Take the label from the file's name, up to the first number.",
)
@click.option(
    "--confidence-of",
    help="Class whose probability the column of confidences holds in every row, or "
    "'prediction' for the predicted class; found out by default.",
)
@FAILURE
@click.option(
    "--tried", type=COUNT, default=1, help="Number of models tried on the test set."
)
@click.option(
    "--looks",
    type=COUNT,
    default=1,
    help="Number of looks at the result while the test set grew.",
)
@click.option("--table", type=PATH, help="TSV file for the table of errors.")
@click.option("--page", type=PATH, help="HTML page to write.")
@DRAW
@SENTENCES
@output_options
def report(
    predictions: tuple[Path, ...],
    label: str | None,
    prediction: str | None,
    split: str | None,
    confidence: str | None,
    example: str | None,
    model: str | None,
    group: str | None,
    label_from: "LabelFrom | None",
    confidence_of: str | None,
    failure_prob: float,
    tried: int,
    looks: int,
    table: Path | None,
    page: Path | None,
    draw: Path | None,
    sentences: Path | None,
    form: str,
    out: Path,
) -> None:
    """Report what PREDICTIONS prove: one table, or several of the same test set.

    Each is CSV or TSV with a label and a prediction, or a run folder of `bioloom graph
    train` or `bioloom images train`. Usual column names are recognised, and columns
    with a probability for each class, such as prob_cat and prob_dog.

    \b
    Examples:
      bioloom bounds report classification_result.csv
      bioloom bounds report karate --draw claims
      bioloom bounds report mine.csv other.csv --label class --tried 20
      bioloom bounds report pictures.csv --label-from-folder --sentences claims.txt
    """
    from bioloom.bounds.api import report as reported
    from bioloom.bounds.columns import Columns

    columns = Columns(
        label=label,
        prediction=prediction,
        split=split,
        confidence=confidence,
        example=example,
        model=model,
        group=group,
    )
    result = reported(
        predictions,
        columns=columns,
        label_from=label_from,
        confidence_of=confidence_of,
        failure_prob=failure_prob,
        n_tried=tried,
        n_looks=looks,
    )
    explanation = result.explain()
    _write_table(result, table)
    _write_sentences(result, sentences)
    _draw(result.plot, draw)
    if page:
        from bioloom.report.bounds import write_claims

        write_claims(result, explanation, page)
        note(f"report: {page}")
    write_explanation(explanation, form, out)


def _check_test_set(size: int | None, mistakes: int | None) -> None:
    if size is None and mistakes is not None:
        raise click.UsageError("--mistakes needs --test-size.")
    if size is not None and mistakes is not None and mistakes > size:
        raise click.UsageError(
            f"--mistakes {mistakes} is more than --test-size {size}."
        )


def _draw(figure: "Callable[[], Figure]", stem: Path | None) -> None:
    if stem:
        from bioloom.draw import save

        save(figure(), stem)
        note_pictures(stem)


def _write_sentences(result: "Claims", path: Path | None) -> None:
    from bioloom.bounds.explaining import sentences_in_all_languages
    from bioloom.run.output import write_text

    if path:
        write_text(path, sentences_in_all_languages(result))


def _write_table(result: "Result", path: Path | None) -> None:
    from bioloom.run.output import write_text
    from bioloom.run.tables import to_tsv

    if path:
        write_text(path, to_tsv(result.to_frame()))
