"""The Python API of the room; ``bl.bounds.X(...)`` is ``bioloom bounds X``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.bounds.settings import FAILURE_PROB, N_DRAWS, TOLERANCE
from bioloom.errors import BadInput
from bioloom.run.progress import progress_bar
from bioloom.run.settings import RNG_SEED

if TYPE_CHECKING:
    import pandas as pd

    from bioloom.bounds.columns import Columns
    from bioloom.bounds.paths import LabelFrom
    from bioloom.bounds.results import (
        CheckResult,
        ReportResult,
        SamplesResult,
        SimulationResult,
    )
    from bioloom.bounds.sample_sizes import TestSet
    from bioloom.explain import Explanation
    from bioloom.run.table_reader import TableSource

__all__ = ["check", "explain", "report", "samples", "simulate"]


def check(
    losses: TableSource,
    *,
    tolerance: float = TOLERANCE,
    n_sample: int | None = None,
    n_population: int | None = None,
) -> CheckResult:
    """Check whether a sample is representative of all data.

    Parameters
    ----------
    losses
        A table, as a path, an open file, a DataFrame or columns by name: a row for
        each hypothesis (`hypothesis`, `loss_sample`, `loss_all`, optionally `role`),
        or a row for each example (`label`, `split`, a column for each hypothesis); or
        the path of an ``.npz`` file with `predictions`, `label` and `in_sample`.
    tolerance
        How much worse than the best hypothesis the chosen one may be, 0 to 1.
    n_sample, n_population
        Numbers of examples behind a table of losses, where they are known.

    Returns
    -------
    Losses, gaps and the chain of inequalities.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadLosses
        If the table cannot be used, or its numbers contradict one another.

    Examples
    --------
    >>> import bioloom as bl
    >>> table = {"hypothesis": ["a", "b"], "loss_sample": [0.05, 0.08]}
    >>> bl.bounds.check(table | {"loss_all": [0.055, 0.075]})
    <CheckResult: representative, 2 hypotheses, largest gap 0.5 % (allowed 1 %)>
    """
    from bioloom.bounds.data import read_losses
    from bioloom.bounds.representative import check as checked
    from bioloom.bounds.results import CheckResult

    table = read_losses(losses, n_sample=n_sample, n_population=n_population)
    return CheckResult.of(checked(table, tolerance=tolerance))


def explain() -> Explanation:
    """Explain with an embedded example why a representative sample makes a good model.

    Returns
    -------
    The working: 500 questions of 10,000, a tolerance of 2 %, the best error 5 %.

    Examples
    --------
    >>> import bioloom as bl
    >>> bl.bounds.explain().title
    'example.tsv: the sample is representative as far as is known'
    """
    from bioloom.bounds.data import EXAMPLE
    from bioloom.bounds.explaining import notes_remark

    explanation = check(EXAMPLE, n_sample=500, n_population=10_000).explain()
    return replace(explanation, steps=(*explanation.steps, *notes_remark()))


def samples(
    *,
    epsilon: float | None = None,
    tolerance: float | None = None,
    failure_prob: float = FAILURE_PROB,
    n_hypotheses: int = 1,
    population: int | None = None,
    vc_dim: int | None = None,
    test_size: int | None = None,
    n_mistakes: int | None = None,
    progress: bool = False,
) -> SamplesResult:
    """Count how many examples suffice, by each bound that applies.

    Parameters
    ----------
    epsilon
        Largest gap between a hypothesis's loss on the sample and on all data.
    tolerance
        Instead of it: how much worse than the best one may be, twice `epsilon`.
    failure_prob
        Probability that the promise is broken.
    n_hypotheses
        Number of models to choose from.
    population
        Number of all data, where they are finite.
    vc_dim
        Vapnik–Chervonenkis dimension of the class.
    test_size, n_mistakes
        Size of a held-out test set and its mistakes; by default half of it, the worst
        case.
    progress
        Whether to show a progress bar; the exact search of a population of 1,000,000
        takes seconds.

    Returns
    -------
    Number of examples by method; no exact one for a larger population.

    Raises
    ------
    BadInput
        If not exactly one of `epsilon` and `tolerance` is given, or the mistakes do not
        fit the test set.

    Examples
    --------
    >>> import bioloom as bl
    >>> bl.bounds.samples(epsilon=0.05, n_hypotheses=10_000)
    <SamplesResult: hoeffding 2,580, held_out 402>
    """
    from bioloom.bounds.results import SamplesResult
    from bioloom.bounds.sample_sizes import Promise, sample_sizes

    promise = Promise(
        epsilon=epsilon_of(epsilon, tolerance),
        failure_prob=failure_prob,
        n_hypotheses=n_hypotheses,
        population=population,
        vc_dim=vc_dim,
    )
    test_set = held_out_set(test_size, n_mistakes)
    with progress_bar(shown=progress) as on_step:
        sizes = sample_sizes(promise, test_set=test_set, on_step=on_step)
    return SamplesResult.of(sizes)


def simulate(
    table: TableSource,
    *,
    feature: str,
    n_sample: int,
    label: str = "label",
    positive: str | None = None,
    n_draws: int = N_DRAWS,
    tolerance: float = TOLERANCE,
    failure_prob: float = FAILURE_PROB,
    rng_seed: int = RNG_SEED,
    progress: bool = False,
) -> SimulationResult:
    """Draw training sets from a table, choose a threshold on each, compare with all.

    Parameters
    ----------
    table
        A path, an open file, a DataFrame or columns by name.
    feature, label
        Columns with a number to split by, and with the class.
    n_sample
        Examples of each training set, drawn without replacement.
    positive
        The class to separate from the rest; needed where there are not two.
    n_draws
        Training sets to draw; if there are fewer than 50,000 in all, each is taken.
    tolerance
        How much worse than the best threshold the chosen one may be.
    failure_prob
        Of the interval around the measured share.
    rng_seed
        Seed of the draws.
    progress
        Whether to show a progress bar.

    Returns
    -------
    Every draw, and the bounds beside what was measured.

    Raises
    ------
    MissingFile, UnknownName, BadTable
        If the file, a column or a number is missing, or there are not two classes.

    Examples
    --------
    >>> import bioloom as bl
    >>> table = {"x": [1, 2, 3, 4], "label": ["a", "a", "b", "b"]}
    >>> bl.bounds.simulate(table, feature="x", n_sample=2)
    <SimulationResult: 6 all samples, 100 % not representative>
    """
    from bioloom.bounds.results import SimulationResult
    from bioloom.bounds.simulation import Draws, read_thresholds
    from bioloom.bounds.simulation import simulate as simulated

    draws = Draws(
        n_sample=n_sample,
        tolerance=tolerance,
        n_draws=n_draws,
        failure_prob=failure_prob,
        rng_seed=rng_seed,
    )
    thresholds = read_thresholds(table, feature=feature, label=label, positive=positive)
    with progress_bar(shown=progress) as on_step:
        return SimulationResult.of(simulated(thresholds, draws, on_step=on_step))


def report(
    predictions: TableSource | Sequence[str | Path | pd.DataFrame],
    *,
    columns: Columns | None = None,
    label_from: LabelFrom | None = None,
    confidence_of: str | None = None,
    failure_prob: float = FAILURE_PROB,
    n_tried: int = 1,
    n_looks: int = 1,
) -> ReportResult:
    """Report what tables of predictions prove about their models.

    Parameters
    ----------
    predictions
        One table or several of one test set: CSV or TSV with a label and a prediction,
        DataFrames, or run folders of ``bioloom graph train`` or ``images train``.
    columns
        Names of columns that have unusual names.
    label_from
        Where labels are if no column has them: the "folder" that holds the example, or
        the "name" of its file up to the first number.
    confidence_of
        Class whose probability the column of confidences holds, "prediction" for the
        predicted class; None finds out, and refuses what is in doubt.
    failure_prob
        Probability that an interval misses.
    n_tried
        Number of models that were tried on this test set in all.
    n_looks
        How often one looked at the result while the test set grew.

    Returns
    -------
    Errors with intervals, gaps, calibration and comparisons of models.

    Raises
    ------
    MissingFile, UnknownName
        If there is no such file or column.
    BadTable
        If a table cannot be used, labels and predictions are not the same classes, it
        is in doubt what a probability is the probability of, or two models disagree on
        the label of an example.

    Warns
    -----
    InputWarning
        If something odd was interpreted, such as labels 0 and 1 beside predictions 0.0
        and 1.0; `explain` says it too.

    Examples
    --------
    >>> import bioloom as bl
    >>> bl.bounds.report({"label": ["a", "b"] * 25, "prediction": ["a"] * 50})
    <ReportResult: the dict given: test error 50.0 % (35.5 to 64.5)>
    """
    from bioloom.bounds.columns import Columns, Reading
    from bioloom.bounds.prediction_report import report as reported
    from bioloom.bounds.predictions import read_predictions, short_name
    from bioloom.bounds.results import ReportResult
    from bioloom.run.language import tr

    is_many = isinstance(predictions, list | tuple)
    sources: Sequence[TableSource] = predictions if is_many else [predictions]  # type: ignore[assignment, list-item]
    reading = Reading(
        columns=columns or Columns(),
        label_from=label_from,
        confidence_of=confidence_of,
    )
    models = [
        model for source in sources for model in read_predictions(source, reading)
    ]
    title = tr(" and ").join(map(short_name, sources))
    core = reported(models, failure_prob=failure_prob, n_tried=n_tried, n_looks=n_looks)
    return ReportResult.of(core, title=title)


def epsilon_of(epsilon: float | None, tolerance: float | None) -> float:
    """The largest gap, of which one or twice of it is given."""
    if (epsilon is None) == (tolerance is None):
        raise BadInput(
            where="epsilon and tolerance",
            found="both" if epsilon is not None else "neither",
            expected="one of them",
            advice="Give epsilon, the largest gap, or tolerance, twice as much.",
        )
    return epsilon if epsilon is not None else (tolerance or 0) / 2


def held_out_set(size: int | None, n_mistakes: int | None) -> TestSet | None:
    """A held-out test set; half of it wrong, the worst case, unless stated."""
    from bioloom.bounds.sample_sizes import TestSet

    if size is None and n_mistakes is None:
        return None
    if size is None or (n_mistakes is not None and n_mistakes > size):
        raise BadInput(
            where="test set",
            found=f"{n_mistakes} mistakes in {size or 'no'} examples",
            expected="its size, and no more mistakes than examples",
            advice="Give the size of the test set as well, or correct the mistakes.",
        )
    return TestSet(size // 2 if n_mistakes is None else n_mistakes, size)
