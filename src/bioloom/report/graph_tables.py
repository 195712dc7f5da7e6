"""Tables of the page of a training on a graph."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType

import numpy as np

from bioloom.graph.output.page import TrainingPage, WrongPrediction
from bioloom.graph.settings import Settings
from bioloom.graph.training.baselines import Comparison
from bioloom.graph.training.result import Headline
from bioloom.graph.training.search import Search
from bioloom.report.evaluation import Caption, percent
from bioloom.report.graph_labels import LABEL_MEASURES
from bioloom.report.parts import Cell, Column, Row, Table, number, told
from bioloom.run.language import mark, tr
from bioloom.run.settings import settings_of
from bioloom.statistics.runs import RunsMean

_MEASURES: Mapping[str, Caption] = MappingProxyType(
    {
        "val_accuracy": Caption(
            mark("Validation accuracy, %"), mark("by which the best run is chosen")
        ),
        "test_accuracy": Caption(
            mark("Test accuracy, %"), mark("share of test nodes predicted correctly")
        ),
        "test_macro_f1": Caption(
            mark("Test macro F1, %"), mark("mean of the classes' F1")
        ),
        "test_ece_raw": Caption(
            mark("ECE before, %"), mark("expected calibration error, 15 bins, raw")
        ),
        "test_ece": Caption(
            mark("ECE after, %"), mark("the same after the temperature")
        ),
        **LABEL_MEASURES,
    }
)
HEADLINES = (mark("accuracy"), mark("micro F1"))
"""What models are judged by."""


def measures_table(page: TrainingPage) -> Table:
    """Measures of each model, with their intervals."""
    names = list(page.models[0].means)
    columns = told(
        Column(mark("Model")),
        Column(mark("Runs"), is_number=True),
        *(Column(*_MEASURES[name], is_number=True) for name in names),
    )
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
                Cell(tr("{model}, all runs together", model=model.settings.model)),
                number(model.n_runs),
                *(percent(model.ensemble[name]) for name in names),
            ]
        )
        for model in page.models
        if model.ensemble
    ]
    caption = tr(
        "Mean, and in brackets its interval of 95 percent over runs: the variation of "
        "training, not of other nodes"
    )
    return Table("measures", caption, columns, rows)


def _interval(value: RunsMean) -> Cell:
    if np.isnan(value.mean):
        return Cell("")
    text = f"{100 * value.mean:.2f}"
    if value.n > 1:
        text = tr(
            "{value} ({low:.2f} to {high:.2f})",
            value=text,
            low=100 * value.low,
            high=100 * value.high,
        )
    return Cell(text, key=value.mean)


def baselines_table(
    model: str, comparisons: Sequence[Comparison], headline: Headline
) -> Table:
    """What simple methods make of the same split."""
    measure = tr(headline.words)
    columns = [
        Column(tr("Baseline"), tr("what a simple method makes of the same split")),
        Column(tr("Its {measure}, %", measure=measure), is_number=True),
        Column(tr("Its macro F1, %"), is_number=True),
        Column(
            tr("{model} minus it, points", model=model),
            tr(
                "of {measure}, with the interval of 95 percent over splits, or over "
                "test nodes where there are fewer than three splits",
                measure=measure,
            ),
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
    return Table(f"{model}-baselines", tr("Beside simple methods"), columns, rows)


def _points(comparison: Comparison) -> Cell:
    value = comparison.difference
    text = f"{100 * value.value:+.2f}"
    if not np.isnan(value.low):
        text = tr(
            "{value} ({low:+.2f} to {high:+.2f})",
            value=text,
            low=100 * value.low,
            high=100 * value.high,
        )
    kind = "pass" if comparison.is_beaten else "fail"
    return Cell(text, key=value.value, kind=kind)


def trials_table(model: str, search: Search | None, headline: Headline) -> Table:
    """What was tried, the best first; empty without a search."""
    if search is None:
        return Table(f"{model}-search", "", [], [])
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
    caption = tr("Combinations, the best by validation first")
    columns = [Column(name, is_number=name in numbers) for name in names]
    return Table(f"{model}-search", caption, columns, rows, is_sortable=True)


def errors_table(
    model: str, errors: Sequence[WrongPrediction], *, has_sets: bool
) -> Table:
    """The worst errors; with several labels, each set of labels is a class."""
    if has_sets:
        own = told(
            Column(mark("Labels")),
            Column(mark("Predicted")),
            Column(
                mark("Confidence, %"),
                mark("probability of these labels and no others"),
                is_number=True,
            ),
            Column(mark("Probability of its labels, %"), is_number=True),
            Column(mark("Neighbours"), is_number=True),
            Column(
                mark("of its labels"),
                mark("neighbours with the node's labels"),
                is_number=True,
            ),
            Column(
                mark("of the predicted labels"),
                mark("neighbours with these"),
                is_number=True,
            ),
        )
    else:
        own = told(
            Column(mark("Class")),
            Column(mark("Predicted")),
            Column(
                mark("Confidence, %"), mark("after the temperature"), is_number=True
            ),
            Column(mark("Probability of its class, %"), is_number=True),
            Column(mark("Neighbours"), is_number=True),
            Column(
                mark("of its class"),
                mark("neighbours with the node's class"),
                is_number=True,
            ),
            Column(
                mark("of the predicted class"),
                mark("neighbours with these"),
                is_number=True,
            ),
        )
    return Table(
        f"{model}-errors",
        tr("Wrong predictions with the highest confidence: {n}", n=len(errors)),
        [Column(tr("Node")), *own],
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


def settings_table(models: Sequence[Settings]) -> Table:
    """Settings of each model, with their meanings."""
    columns = [Column(tr("Setting")), *(Column(model.model) for model in models)]
    columns.append(Column(tr("Meaning")))
    values = [asdict(model) for model in models]
    rows = [
        Row(
            [
                Cell(setting.name),
                *(_value_cell(value[setting.name]) for value in values),
                Cell(setting.help(), kind="wide"),
            ]
        )
        for setting in settings_of(Settings)
        if setting.name != "model"
    ]
    return Table("settings-table", tr("Settings of each model"), columns, rows)


def _value_cell(value: object) -> Cell:
    text = tr("all nodes") if value is None else str(value)
    return Cell(text, is_english=value is not None and " " in text)
