"""Layout of the page of a training on a graph."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from bioloom.graph.output.page import ModelPage, TrainingPage, WrongPrediction
from bioloom.graph.settings import Settings
from bioloom.graph.training.baselines import Comparison
from bioloom.graph.training.result import Headline
from bioloom.graph.training.search import Search
from bioloom.report.epochs import epochs_plot, epochs_table
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
from bioloom.report.page import write_pages
from bioloom.report.parts import Cell, Column, Picture, Row, Table, number, told
from bioloom.run.language import mark, tr, trn
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


def _figures() -> Words:
    return {
        "curves": Caption(
            tr("Learning curves"),
            tr(
                "Loss on training and validation nodes and validation accuracy, or "
                "micro F1, by epoch; thin lines are individual runs, the dotted line "
                "marks the epoch whose weights were saved."
            ),
        ),
        **figure_words(tr("the best run's test nodes")),
        "smoothing": Caption(
            tr("Smoothing"),
            tr(
                "How much neighbouring nodes differ in each layer of the best run "
                "(Dirichlet energy, {file}). Near 0 in the last hidden rows, nodes "
                "can no longer be told apart: fewer layers, residual terms or GCNII "
                "help.",
                file="tables/smoothing.tsv",
            ),
        ),
        "tsne": Caption(
            tr("Last layer"),
            tr(
                "Nodes by the scores of the best run, laid out by t-SNE, coloured by "
                "class. Classes that overlap are confused by the model; distances "
                "between groups have no meaning."
            ),
        ),
    }


@dataclass(frozen=True, slots=True)
class _Part:
    """One model's part, laid out."""

    model: str
    lead: str
    baselines: Table
    warning: str
    never_called: str
    quality: str
    classes: Table
    search: str
    trials: Table
    pictures: Sequence[Picture]
    epochs: Table
    wrong: str
    errors: Table


def write_report(page: TrainingPage, out: Path) -> Path:
    """Write the page in each language: measures, classes, figures, worst errors.

    Parameters
    ----------
    page
        Its contents.
    out
        Run folder.

    Returns
    -------
    Path of the English page.
    """
    return write_pages(out, "graph.html", lambda: _values(page), room="graph")


def _values(page: TrainingPage) -> dict[str, Any]:
    return {
        "kind": tr("Node classification"),
        "title": page.graph,
        "words": _words(page),
        "notes": page.notes,
        "n_runs": max(model.n_runs for model in page.models),
        "measures": _measures(page),
        "parts_of_models": [_part(model) for model in page.models],
        "settings": _settings([model.settings for model in page.models]),
    }


def _words(page: TrainingPage) -> dict[str, str]:
    return {
        "lead": _lead(page),
        "size": tr(
            "Nodes: {nodes:,}; edges: {edges:,}. Of the nodes, {split}. Test labels "
            "were used only for the numbers on this page.",
            nodes=page.n_nodes,
            edges=page.n_edges,
            split=_split(page),
        ),
        "sections": tr("Sections"),
        "measures": tr("Measures"),
        "settings": tr("Settings"),
        "input": tr("How the input was read"),
        "one_run": tr(
            "A single run does not show how much runs vary: use `{option}` for "
            "intervals.",
            option="--runs 10",
        ),
        "simple": tr("Simple methods"),
        "search": tr("Search of settings"),
        "figures": tr("Figures"),
        "worst": tr("Worst errors"),
    }


def _lead(page: TrainingPage) -> str:
    hits = page.hits
    best = tr("Best by validation: {model}.", model=page.preferred)
    if hits is None:
        return tr(
            "{sentence} {more}", sentence=best, more=tr("There are no test nodes.")
        )
    share = tr(
        "{share:.1%} ({low:.1%} to {high:.1%} of nodes like these, with 95 percent "
        "confidence)",
        share=hits.share.value,
        low=hits.share.low,
        high=hits.share.high,
    )
    right = tr(
        "Its best run predicts {right:,} of {n:,} test nodes correctly, {share}.",
        right=hits.n_right,
        n=hits.n,
        share=share,
    )
    if page.models[0].thresholds:
        right = tr(
            "Its best run predicts all labels of {right:,} of {n:,} test nodes "
            "correctly, {share}.",
            right=hits.n_right,
            n=hits.n,
            share=share,
        )
    return tr("{sentence} {more}", sentence=best, more=right)


def _split(page: TrainingPage) -> str:
    sizes = tr("; ").join(
        tr(
            "{train:,} training, {val:,} validation, {test:,} test",
            train=size.train,
            val=size.val,
            test=size.test,
        )
        for size in page.split_sizes
    )
    if page.n_splits == 1:
        return tr("{sizes}, the same in each run", sizes=sizes)
    return tr(
        "{sizes}, {n} splits: the intervals include their variation",
        sizes=sizes,
        n=page.n_splits,
    )


def _measures(page: TrainingPage) -> Table:
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


def _part(page: ModelPage) -> _Part:
    model = page.settings.model
    epochs = epochs_table(
        f"{model}-epochs",
        page.history,
        measure=tr("Validation {measure}", measure=tr(page.headline.words)),
        first=0,
    )
    return _Part(
        model=model,
        search=_search_lead(page.search, page.headline),
        trials=_trials(model, page.search, page.headline),
        lead=_part_lead(page),
        baselines=_baselines(model, page.baselines, page.headline),
        warning=f"{page.warning}." if page.warning else "",
        never_called=f"{page.never_called}." if page.never_called else "",
        quality=tr("Labels") if page.thresholds else tr("Classes"),
        classes=labels_table(
            f"{model}-labels",
            page.labels,
            page.thresholds,
            units=tr("Test nodes"),
            resampled=tr("the test nodes"),
        )
        if page.thresholds
        else classes_table(
            f"{model}-classes", page.classes, page.recalls, units=tr("Test nodes")
        ),
        pictures=list(
            pictures_of(
                page.figures,
                _figures(),
                model=model,
                plots={"curves": epochs_plot(epochs)},
            )
        ),
        epochs=epochs,
        wrong=_wrong(page),
        errors=_errors(model, page.errors, has_sets=bool(page.thresholds)),
    )


def _part_lead(page: ModelPage) -> str:
    """Which run the part is about, and how sure its predictions are."""
    lead = tr(
        "Best run by validation: seed {seed}, epoch {epoch} of {n}.",
        seed=page.rng_seed,
        epoch=page.best_epoch,
        n=page.n_epochs,
    )
    more = [tr("The rest of this section is about this run.")]
    if page.thresholds:
        more.append(thresholds_lead(page.thresholds, page.settings.thresholds))
    else:
        more.append(tr("Temperature: {value:.3f}.", value=page.temperature))
    if page.sets:
        more.append(
            tr(
                "Its prediction sets of 90 percent hold the class of {share:.1%} "
                "({low:.1%} to {high:.1%}) of the test nodes, with {size:.2f} classes "
                "on average.",
                share=page.sets.coverage.value,
                low=page.sets.coverage.low,
                high=page.sets.coverage.high,
                size=page.sets.mean_size,
            )
        )
    for sentence in more:
        lead = tr("{sentence} {more}", sentence=lead, more=sentence)
    return lead


def _wrong(page: ModelPage) -> str:
    sentence = trn(
        "{n} test node is predicted wrongly.",
        "{n:,} test nodes are predicted wrongly.",
        page.n_wrong,
    )
    how = tr(
        "`{explain}` shows what led to a prediction, `{draw}` where the nodes are.",
        explain=f"bioloom graph explain --run … --model {page.settings.model} --node …",
        draw="bioloom graph draw … --page",
    )
    return tr("{sentence} {more}", sentence=sentence, more=how)


def _baselines(
    model: str, comparisons: Sequence[Comparison], headline: Headline
) -> Table:
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


def _search_lead(search: Search | None, headline: Headline) -> str:
    if search is None:
        return ""
    return tr(
        "{n} combinations of settings were trained once each, in {seconds:.0f} s; the "
        "best by validation {measure}, then loss, is used. Validation {measure} is "
        "optimistic after such a choice; test labels played no part in it.",
        n=len(search.trials),
        seconds=search.seconds,
        measure=tr(headline.words),
    )


def _trials(model: str, search: Search | None, headline: Headline) -> Table:
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


def _errors(model: str, errors: Sequence[WrongPrediction], *, has_sets: bool) -> Table:
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


def _settings(models: Sequence[Settings]) -> Table:
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
