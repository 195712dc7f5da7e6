"""The page of a training on a graph."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from bioloom.graph.training.result import MEASURES, Run, TrainResult
from bioloom.network.layout import undirected
from bioloom.report.evaluation import (
    Words,
    classes_table,
    drawn_pictures,
    figure_words,
    percent,
)
from bioloom.report.page import Cell, Column, Picture, Row, Table, number, write_page
from bioloom.statistics.intervals import clopper_pearson
from bioloom.statistics.runs import RunsMean

MAX_ERRORS = 50
_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "val_accuracy": ("Validation accuracy, %", "what the best run is chosen by"),
        "test_accuracy": ("Test accuracy, %", "share of test nodes called rightly"),
        "test_macro_f1": ("Test macro F1, %", "mean of the classes' F1"),
        "test_ece_raw": ("ECE before, %", "expected calibration error, 15 bins, raw"),
        "test_ece": ("ECE after, %", "the same after the temperature"),
    }
)
_FIGURES: Words = MappingProxyType(
    {
        "curves": (
            "Learning curves",
            "Loss on training and validation nodes and validation accuracy by epoch; "
            "thin lines are the single runs, the dotted line the epoch that was kept.",
        ),
        **figure_words("the best run's test nodes"),
        "tsne": (
            "Last layer",
            "Nodes by the scores of the best run, laid out by t-SNE, coloured by "
            "class: which classes lie together says what the model confuses; the "
            "distances between groups mean nothing.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class _Part:
    """What the page says of one model."""

    model: str
    told: str
    classes: Table
    pictures: Sequence[Picture]
    n_wrong: int
    errors: Table


def write_report(results: Sequence[TrainResult], out: Path) -> Path:
    """Write the page: measures, classes, figures and worst errors of each model.

    Parameters
    ----------
    results
        One a model.
    out
        Run folder; its figures are taken into the page.

    Returns
    -------
    Path of the page.
    """
    graph = results[0].best.graph
    return write_page(
        out / "report.html",
        "graph.html",
        kind="Node classification",
        title=graph.name,
        lead=_lead(results),
        n_nodes=graph.num_nodes,
        n_edges=undirected(graph.adjacency).nnz // 2,
        split=_split(results),
        n_runs=max(len(result.runs) for result in results),
        measures=_measures(results),
        parts_of_models=[_part(result, out) for result in results],
        settings=_settings(results),
    )


def _lead(results: Sequence[TrainResult]) -> str:
    chosen = max(results, key=lambda result: result.best.fitted.rank)
    best, graph = chosen.best, chosen.best.graph
    name, test = chosen.settings.model, graph.test_mask
    if not test.any():
        return f"Validation prefers {name}; there is no test node to judge it by."
    n_right = int((best.predicted[test] == graph.y[test]).sum())
    n = int(test.sum())
    interval = clopper_pearson(n_right, n)
    low, high = interval.low, interval.high
    return (
        f"Validation prefers {name}: its best run calls {n_right:,} of {n:,} test "
        f"nodes rightly, {100 * n_right / n:.1f} % ({100 * low:.1f} to "
        f"{100 * high:.1f} % of nodes like these, with 95 % confidence)."
    )


def _split(results: Sequence[TrainResult]) -> str:
    graphs = [run.graph for result in results for run in result.runs]
    sizes = {
        tuple(int(m.sum()) for m in (g.train_mask, g.val_mask, g.test_mask))
        for g in graphs
    }
    told = "; ".join(
        "{:,} training, {:,} validation, {:,} test".format(*s) for s in sizes
    )
    splits = {tuple(graph.split_names()) for graph in graphs}
    if len(splits) == 1:
        return f"{told}, the same in each run"
    return f"{told}, {len(splits)} splits: the intervals hold their chance as well"


def _measures(results: Sequence[TrainResult]) -> Table:
    columns = [Column("Model"), Column("Runs", is_number=True)]
    columns += [Column(*_NAMES[name], is_number=True) for name in MEASURES]
    rows = [
        Row(
            [
                Cell(result.settings.model),
                number(len(result.runs)),
                *(_interval(value) for value in result.summary().values()),
            ]
        )
        for result in results
    ]
    rows += [
        Row(
            [
                Cell(f"{result.settings.model}, all runs together"),
                number(len(result.runs)),
                *(percent(value) for value in together.measures().values()),
            ]
        )
        for result in results
        if (together := result.ensemble)
    ]
    caption = (
        "Mean, and in brackets the 95 % interval of the mean over runs: the chance "
        "of training, not of other nodes"
    )
    return Table("measures", caption, columns, rows)


def _interval(value: RunsMean) -> Cell:
    if np.isnan(value.mean):
        return Cell("")
    told = f"{100 * value.mean:.2f}"
    if value.n > 1:
        told += f" ({100 * value.low:.2f} to {100 * value.high:.2f})"
    return Cell(told, key=value.mean)


def _part(result: TrainResult, out: Path) -> _Part:
    model, best = result.settings.model, result.best
    wrong = _wrong(best)
    told = (
        f"Best run by validation: seed {best.rng_seed}, epoch {best.fitted.best_epoch} "
        f"of {len(best.fitted.history)}, temperature {best.temperature:.3f}. "
        "What follows is about this run."
    )
    return _Part(
        model=model,
        told=told,
        classes=_classes(model, best),
        pictures=list(drawn_pictures(out / "figures", _FIGURES, model=model)),
        n_wrong=len(wrong),
        errors=_errors(model, best, wrong[:MAX_ERRORS]),
    )


def _classes(model: str, run: Run) -> Table:
    graph, test = run.graph, run.graph.test_mask
    return classes_table(
        f"{model}-classes",
        (run.predicted[test], graph.y[test]),
        graph.class_names,
        units="Test nodes",
    )


def _wrong(run: Run) -> "np.ndarray":
    """Test nodes that are called wrongly, the surest first."""
    is_wrong = run.graph.test_mask & (run.predicted != run.graph.y)
    nodes: np.ndarray = np.flatnonzero(is_wrong)
    confidence = run.probabilities[nodes].max(axis=1)
    return nodes[np.argsort(-confidence, kind="stable")]


def _errors(model: str, run: Run, nodes: "np.ndarray") -> Table:
    columns = [
        Column("Node"),
        Column("Is"),
        Column("Called"),
        Column("Confidence, %", "after the temperature", is_number=True),
        Column("Probability of what it is, %", is_number=True),
        Column("Neighbours", is_number=True),
        Column("of its class", "neighbours with the node's own label", is_number=True),
        Column("of the called class", "neighbours with that label", is_number=True),
    ]
    return Table(
        f"{model}-errors",
        f"The {len(nodes)} wrong calls with the highest confidence",
        columns,
        [Row(list(_error_cells(run, int(node)))) for node in nodes],
        is_sortable=True,
        is_searchable=True,
    )


def _error_cells(run: Run, node: int) -> Iterator[Cell]:
    graph, chances = run.graph, run.probabilities[node]
    label, said = int(graph.y[node]), int(run.predicted[node])
    near = graph.y[graph.neighbours(node)]
    yield Cell(graph.node_ids[node])
    yield Cell(graph.class_names[label])
    yield Cell(graph.class_names[said], kind="fail")
    yield number(100 * float(chances[said]), decimals=1)
    yield number(100 * float(chances[label]), decimals=1)
    yield number(len(near))
    yield number(int((near == label).sum()))
    yield number(int((near == said).sum()))


def _settings(results: Sequence[TrainResult]) -> Table:
    columns = [Column("Setting"), *(Column(r.settings.model) for r in results)]
    given = [asdict(result.settings) for result in results]
    rows = [
        Row([Cell(name), *(Cell(_word(one[name])) for one in given)])
        for name in given[0]
        if name != "model"
    ]
    return Table("settings-table", "Settings of each model", columns, rows)


def _word(value: object) -> str:
    return "all nodes" if value is None else str(value)
