"""Layout of the page of a training on a graph."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from bioloom.graph.output.page import ModelPage, TrainingPage, WrongPrediction
from bioloom.graph.settings import Settings
from bioloom.graph.training.baselines import Comparison
from bioloom.graph.training.result import Headline
from bioloom.graph.training.search import Search
from bioloom.report.evaluation import (
    Caption,
    Words,
    classes_table,
    figure_words,
    labels_table,
    percent,
    pictures_of,
)
from bioloom.report.graph_labels import LABEL_MEASURES, thresholds_lead
from bioloom.report.page import Cell, Column, Picture, Row, Table, number, write_page
from bioloom.run.settings import settings_of
from bioloom.statistics.runs import RunsMean

_MEASURES: Mapping[str, Caption] = MappingProxyType(
    {
        "val_accuracy": Caption(
            "Validation accuracy, %", "by which the best run is chosen"
        ),
        "test_accuracy": Caption(
            "Test accuracy, %", "share of test nodes predicted correctly"
        ),
        "test_macro_f1": Caption("Test macro F1, %", "mean of the classes' F1"),
        "test_ece_raw": Caption(
            "ECE before, %", "expected calibration error, 15 bins, raw"
        ),
        "test_ece": Caption("ECE after, %", "the same after the temperature"),
        **LABEL_MEASURES,
    }
)
_FIGURES: Words = MappingProxyType(
    {
        "curves": Caption(
            "Learning curves",
            "Loss on training and validation nodes and validation accuracy, or micro "
            "F1, by epoch; "
            "thin lines are individual runs, the dotted line marks the epoch whose "
            "weights were saved.",
        ),
        **figure_words("the best run's test nodes"),
        "smoothing": Caption(
            "Smoothing",
            "How much neighbouring nodes differ in each layer of the best run "
            "(Dirichlet energy, tables/smoothing.tsv). Near 0 in the last hidden rows, "
            "nodes can no longer be told apart: fewer layers, residual terms or GCNII "
            "help.",
        ),
        "tsne": Caption(
            "Last layer",
            "Nodes by the scores of the best run, laid out by t-SNE, coloured by "
            "class. Classes that overlap are confused by the model; distances between "
            "groups have no meaning.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class _Part:
    """One model's part, laid out."""

    model: str
    lead: str
    baselines: Table
    warning: str
    quality: str
    classes: Table
    search: str
    trials: Table
    pictures: Sequence[Picture]
    n_wrong: int
    errors: Table


def write_report(page: TrainingPage, out: Path) -> Path:
    """Write the page: measures, classes, figures and worst errors of each model.

    Parameters
    ----------
    page
        Its contents.
    out
        Run folder.

    Returns
    -------
    Path of the page.
    """
    return write_page(
        out / "report.html",
        "graph.html",
        room="graph",
        kind="Node classification",
        title=page.graph,
        lead=_lead(page),
        n_nodes=page.n_nodes,
        n_edges=page.n_edges,
        split=_split(page),
        notes=page.notes,
        n_runs=max(model.n_runs for model in page.models),
        measures=_measures(page),
        parts_of_models=[_part(model) for model in page.models],
        settings=_settings([model.settings for model in page.models]),
    )


def _lead(page: TrainingPage) -> str:
    hits = page.hits
    if hits is None:
        return f"Best by validation: {page.preferred}. There are no test nodes."
    share = hits.share
    all_of = "all labels of " if page.models[0].thresholds else ""
    return (
        f"Best by validation: {page.preferred}. Its best run predicts {all_of}"
        f"{hits.n_right:,} "
        f"of {hits.n:,} test nodes correctly, {100 * share.value:.1f} % "
        f"({100 * share.low:.1f} to {100 * share.high:.1f} % of nodes like these, with "
        "95 % confidence)."
    )


def _split(page: TrainingPage) -> str:
    sizes = "; ".join(
        f"{size.train:,} training, {size.val:,} validation, {size.test:,} test"
        for size in page.split_sizes
    )
    if page.n_splits == 1:
        return f"{sizes}, the same in each run"
    return f"{sizes}, {page.n_splits} splits: the intervals include their variation"


def _measures(page: TrainingPage) -> Table:
    names = list(page.models[0].means)
    columns = [Column("Model"), Column("Runs", is_number=True)]
    columns += [Column(*_MEASURES[name], is_number=True) for name in names]
    rows = [
        Row(
            [
                Cell(model.settings.model),
                number(model.n_runs),
                *(_interval(model.means[name]) for name in names),
            ]
        )
        for model in page.models
    ]
    rows += [
        Row(
            [
                Cell(f"{model.settings.model}, all runs together"),
                number(model.n_runs),
                *(percent(model.ensemble[name]) for name in names),
            ]
        )
        for model in page.models
        if model.ensemble
    ]
    caption = (
        "Mean, and in brackets the 95 % interval of the mean over runs: the variation "
        "of training, not of other nodes"
    )
    return Table("measures", caption, columns, rows)


def _interval(value: RunsMean) -> Cell:
    if np.isnan(value.mean):
        return Cell("")
    text = f"{100 * value.mean:.2f}"
    if value.n > 1:
        text += f" ({100 * value.low:.2f} to {100 * value.high:.2f})"
    return Cell(text, key=value.mean)


def _part(page: ModelPage) -> _Part:
    model = page.settings.model
    temperature = "" if page.thresholds else f", temperature {page.temperature:.3f}"
    said = f" {page.never_called}." if page.never_called else ""
    lead = (
        f"Best run by validation: seed {page.rng_seed}, epoch {page.best_epoch} of "
        f"{page.n_epochs}{temperature}. The rest of this section is about this run."
        + thresholds_lead(page.thresholds, page.settings.thresholds)
        + said
    )
    if page.sets:
        share = page.sets.coverage
        lead += (
            f" Its prediction sets of 90 % hold the class of {100 * share.value:.1f} % "
            f"of the test nodes ({100 * share.low:.1f} to {100 * share.high:.1f} %), "
            f"with {page.sets.mean_size:.2f} classes on average."
        )
    return _Part(
        model=model,
        search=_search_lead(page.search, page.headline),
        trials=_trials(model, page.search, page.headline),
        lead=lead,
        baselines=_baselines(model, page.baselines, page.headline),
        warning=page.warning,
        quality="Labels" if page.thresholds else "Classes",
        classes=labels_table(f"{model}-labels", page.labels, page.thresholds)
        if page.thresholds
        else classes_table(
            f"{model}-classes", page.classes, page.recalls, units="Test nodes"
        ),
        pictures=list(pictures_of(page.figures, _FIGURES, model=model)),
        n_wrong=page.n_wrong,
        errors=_errors(model, page.errors, has_sets=bool(page.thresholds)),
    )


def _baselines(
    model: str, comparisons: Sequence[Comparison], headline: Headline
) -> Table:
    measure = headline.words
    columns = [
        Column("Baseline", "what a simple method makes of the same split"),
        Column(f"Its {measure}, %", is_number=True),
        Column("Its macro F1, %", is_number=True),
        Column(
            f"{model} minus it, points",
            f"of {measure}, with the 95 % interval over splits, or over test nodes "
            "where there are fewer than three splits",
            is_number=True,
        ),
    ]
    rows = [
        Row(
            [
                Cell(each.baseline),
                _interval(each.headline),
                _interval(each.macro_f1),
                _points(each),
            ]
        )
        for each in comparisons
    ]
    return Table(f"{model}-baselines", "Beside simple methods", columns, rows)


def _points(comparison: Comparison) -> Cell:
    value = comparison.difference
    text = f"{100 * value.value:+.2f}"
    if not np.isnan(value.low):
        text += f" ({100 * value.low:+.2f} to {100 * value.high:+.2f})"
    kind = "pass" if comparison.is_beaten else "fail"
    return Cell(text, key=value.value, kind=kind)


def _search_lead(search: Search | None, headline: Headline) -> str:
    if search is None:
        return ""
    return (
        f"{len(search.trials)} combinations of settings were trained once each, in "
        f"{search.seconds:.0f} s; the best by validation {headline.words}, then loss, "
        f"is used. Validation {headline.words} is optimistic after such a choice; test "
        "labels played no part in it."
    )


def _trials(model: str, search: Search | None, headline: Headline) -> Table:
    """What was tried, the best first; empty without a search."""
    if search is None:
        return Table(f"{model}-search", "", [Column("Trial")], [])
    frame = search.to_frame(headline.val).sort_values(
        [headline.val, "val_loss"], ascending=[False, True], kind="stable"
    )
    numbers = {headline.val: 4, "val_loss": 4, "seconds": 1}
    names = [name for name in frame.columns if name != "is_best"]
    rows = [
        Row(
            [
                number(row[name], decimals=numbers[name])
                if name in numbers
                else Cell(str(row[name]))
                for name in names
            ]
        )
        for row in frame.to_dict("records")
    ]
    caption = "Combinations, the best by validation first"
    columns = [Column(name, is_number=name in numbers) for name in names]
    return Table(f"{model}-search", caption, columns, rows, is_sortable=True)


def _errors(model: str, errors: Sequence[WrongPrediction], *, has_sets: bool) -> Table:
    """The worst errors; with several labels, each set of labels is a class."""
    own, confidence = "Class", "after the temperature"
    if has_sets:
        own, confidence = "Labels", "probability of these labels and no others"
    its = own.lower()
    columns = [
        Column("Node"),
        Column(own),
        Column("Predicted"),
        Column("Confidence, %", confidence, is_number=True),
        Column(f"Probability of its {its}, %", is_number=True),
        Column("Neighbours", is_number=True),
        Column(f"of its {its}", f"neighbours with the node's {its}", is_number=True),
        Column(f"of the predicted {its}", "neighbours with these", is_number=True),
    ]
    return Table(
        f"{model}-errors",
        f"Wrong predictions with the highest confidence: {len(errors)}",
        columns,
        [Row(list(_error_cells(error))) for error in errors],
        is_sortable=True,
        is_searchable=True,
    )


def _error_cells(error: WrongPrediction) -> Iterator[Cell]:
    yield Cell(error.node)
    yield Cell(error.label)
    yield Cell(error.prediction, kind="fail")
    yield percent(error.confidence, decimals=1)
    yield percent(error.p_label, decimals=1)
    yield number(error.n_neighbours)
    yield number(error.n_of_label)
    yield number(error.n_of_prediction)


def _settings(models: Sequence[Settings]) -> Table:
    columns = [Column("Setting"), *(Column(model.model) for model in models)]
    columns.append(Column("Meaning"))
    values = [asdict(model) for model in models]
    rows = [
        Row(
            [
                Cell(setting.name),
                *(Cell(_value_text(value[setting.name])) for value in values),
                Cell(setting.help(), kind="wide"),
            ]
        )
        for setting in settings_of(Settings)
        if setting.name != "model"
    ]
    return Table("settings-table", "Settings of each model", columns, rows)


def _value_text(value: object) -> str:
    return "all nodes" if value is None else str(value)
