"""Files of a training's run folder: predictions, weights, tables, figures."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.draw import save, wording
from bioloom.evaluation_figures import calibration_figure, confusion_figure
from bioloom.graph.models.weights import Weights, save_model
from bioloom.graph.output.embedding import tsne
from bioloom.graph.output.figures import layout, learning_curves, smoothing_figure
from bioloom.graph.output.label_outputs import (
    LABEL_TABLES,
    ONLY_CLASSES,
    label_frame,
)
from bioloom.graph.output.page import Figures
from bioloom.graph.output.smoothing import smoothing_frame
from bioloom.graph.training.multilabel import MultilabelRun
from bioloom.graph.training.result import ModelResult, Run, preferred
from bioloom.run.output import write_text, written_aside
from bioloom.run.tables import tables_readme, write_table
from bioloom.statistics.calibration import probabilities, reliability_rows
from bioloom.statistics.classification import by_class, confusion

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TABLES: Mapping[str, str] = MappingProxyType(
    {
        "summary": "Each measure over the runs: mean, standard deviation, 95 % "
        "interval of the mean (Student), number of runs. Shares, not per cent.",
        "ensemble": "All runs of a model together, the mean of their probabilities: "
        "one row per model, none where runs have different splits.",
        "runs": "One row per run: seed, epochs trained, best epoch (from 0; lowest "
        "validation loss, or as `--best-by` says), temperature (fitted on the "
        "validation nodes) and all measures; `test_ece` is after the temperature, "
        "`test_ece_raw` before.",
        "classes": "Test nodes of the best run: number, precision, recall and F1.",
        "baselines": "Each model beside simple methods on the same splits: accuracy "
        "and macro F1 of the baseline on the test nodes, and how much higher the "
        "model's accuracy is, with a 95 % interval over splits (three or more) or "
        "over test nodes.",
        "confusion": "Test nodes of the best run: true class, predicted class, number.",
        "calibration": "Test nodes of the best run by confidence, raw and after the "
        "temperature: bounds of the bin, number, mean confidence, accuracy.",
        "sets": "Test nodes of the best run: how many prediction sets of 90 % (the "
        "classes with at least the threshold's probability) hold the true class, with "
        "its 95 % interval (Clopper-Pearson), and how many classes they have.",
        "curves": "Every epoch of every run: training loss (with dropout), validation "
        "loss and accuracy.",
        "smoothing": "Dirichlet energy by layer of the best run: features, hidden rows "
        "and scores. `energy` is tr(H'LH) / |H|², L = I - Â (0 where rows are the same "
        "but for the roots of their degrees); `energy_constant` is the squared "
        "distance of neighbours over the squared length of rows, weighted by degree "
        "(0 where the rows of a connected part are equal). Both lie between 0 and 2.",
        "search": "With --search: every combination of settings that was tried, in "
        "order, each trained once: what differs, validation accuracy and loss, epochs, "
        "seconds (they vary from run to run), and which one is used.",
        "predictions": "Every node in the best run: label and split (empty where "
        "there is none), prediction, its confidence, the classes of its prediction set "
        "(`set_90`), and the probability p_ of each class; probabilities after the "
        "temperature.",
        "tsne": "Last layer of the best run, laid out by t-SNE: class and place of "
        "each node (of 5,000 random ones where there are more).",
    }
)


def write_outputs(
    results: Sequence[ModelResult], out: Path, *, with_tsne: bool = True
) -> Figures:
    """Write all files of a finished training.

    Parameters
    ----------
    results
        One per model; the best run of each, by validation, is written.
    out
        Run folder.
    with_tsne
        Whether to lay out the last layer; it takes longer than most trainings.

    Returns
    -------
    SVG texts of the figures.
    """
    figures: dict[str, dict[str, str]] = {}
    meanings = tables_of(results)
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in meanings}
    for result in results:
        model, best = result.settings.model, result.best
        _write_predictions(model, best, out)
        if result.ensemble:
            _write_predictions(f"{model}_ensemble", result.ensemble, out)
        _write_weights(result, out / f"best_{model}.safetensors")
        frames = frames_of(result)
        if result.search:
            frames["search"] = result.search.to_frame(result.headline.val)
        drawn = figures_of(result)
        drawn["smoothing"] = smoothing_figure(frames["smoothing"], model)
        if with_tsne:
            frames["tsne"] = _tsne_frame(best)
            drawn["tsne"] = layout(best, frames["tsne"])
        figures[model] = {
            kind: save(figure, out / "figures" / f"{model}_{kind}")
            for kind, figure in drawn.items()
        }
        for name, frame in frames.items():
            frame.insert(0, "model", model)
            tables[name].append(frame)
    _write_weights(preferred(results), out / "best.safetensors")
    for name, parts in tables.items():
        if parts:
            write_table(pd.concat(parts), out, name)
    write_text(
        out / "tables" / "README.md",
        tables_readme(meanings, "; an empty field has no value"),
    )
    write_text(out / "log.txt", "".join(_log(results)))
    return figures


def tables_of(results: Sequence[ModelResult]) -> Mapping[str, str]:
    """Names and meanings of the tables that there are for such nodes."""
    if not isinstance(results[0].best, MultilabelRun):
        return TABLES
    meanings = {**TABLES, **LABEL_TABLES}
    return {k: v for k, v in meanings.items() if k not in ONLY_CLASSES}


def frames_of(result: ModelResult) -> dict[str, pd.DataFrame]:
    """The tables of one model, by name."""
    best = result.best
    summary = [{"measure": k, **asdict(v)} for k, v in result.means().items()]
    if isinstance(best, MultilabelRun):
        quality = {"labels": label_frame(best)}
    else:
        quality = _class_frames(best)
    return {
        "summary": pd.DataFrame(summary),
        "ensemble": _ensemble_frame(result),
        "runs": result.to_frame(),
        **quality,
        "baselines": baselines_frame(result),
        "curves": pd.concat(_curve_frame(run) for run in result.runs),
        "smoothing": smoothing_frame(result),
        "predictions": best.predictions.to_frame(),
    }


def _class_frames(best: Run) -> dict[str, pd.DataFrame]:
    """Tables of the test nodes where each has one class."""
    graph, test = best.graph, best.graph.test_mask
    classes = by_class(best.predicted[test], graph.y[test], graph.class_names)
    return {
        "classes": pd.DataFrame(asdict(quality) for quality in classes),
        "confusion": _confusion_frame(best),
        "calibration": _calibration_frame(best),
        "sets": _sets_frame(best),
    }


def _ensemble_frame(result: ModelResult) -> pd.DataFrame:
    together = result.ensemble
    rows = [{"n_runs": len(result.runs), **together.measures()}] if together else []
    return pd.DataFrame(rows, columns=["n_runs", *result.means()])


def baselines_frame(result: ModelResult) -> pd.DataFrame:
    """One row per baseline."""
    headline = result.headline.test
    rows = [
        {
            "baseline": each.baseline,
            headline: each.headline.mean,
            "test_macro_f1": each.macro_f1.mean,
            "difference": each.difference.value,
            "difference_low": each.difference.low,
            "difference_high": each.difference.high,
        }
        for each in result.comparisons
    ]
    columns = ("baseline", headline, "test_macro_f1", *_DIFFERENCE)
    return pd.DataFrame(rows, columns=list(columns))


_DIFFERENCE = ("difference", "difference_low", "difference_high")


def _confusion_frame(run: Run) -> pd.DataFrame:
    graph, test = run.graph, run.graph.test_mask
    table = confusion(run.predicted[test], graph.y[test], graph.num_classes)
    names = graph.class_names
    return pd.DataFrame(
        {"label": names[i], "predicted": names[j], "n": table[i, j]}
        for i, j in np.ndindex(table.shape)
    )


def _calibration_frame(run: Run) -> pd.DataFrame:
    test = run.graph.test_mask
    y = run.graph.y[test]
    stages = {
        "raw": probabilities(run.fitted.scores[test]),
        "scaled": run.probabilities[test],
    }
    return pd.DataFrame(reliability_rows(stages, y))


def _sets_frame(run: Run) -> pd.DataFrame:
    """Coverage and size of the prediction sets of the test nodes."""
    columns = [
        *("threshold", "n", "n_held", "coverage", "coverage_low", "coverage_high"),
        *("mean_size", "n_empty"),
    ]
    quality = run.set_quality()
    if quality is None:
        return pd.DataFrame([], columns=columns)
    share = quality.coverage
    row = asdict(quality) | {
        "coverage": share.value,
        "coverage_low": share.low,
        "coverage_high": share.high,
    }
    return pd.DataFrame([row], columns=columns)


def _curve_frame(run: Run) -> pd.DataFrame:
    columns = ["train_loss", "val_loss", run.headline.val]
    frame = pd.DataFrame(run.fitted.history, columns=columns)
    frame.insert(0, "epoch", range(len(frame)))
    frame.insert(0, "rng_seed", run.rng_seed)
    return frame


def _tsne_frame(run: Run) -> pd.DataFrame:
    graph = run.graph
    nodes, places = tsne(run.fitted.scores, rng_seed=run.rng_seed)
    names = np.array([*graph.class_names, ""])
    return pd.DataFrame(
        {
            "node": np.array(graph.node_ids)[nodes],
            "label": names[graph.y[nodes]],
            "x": places[:, 0],
            "y": places[:, 1],
        }
    )


def _write_predictions(model: str, run: Run, out: Path) -> None:
    _save_array(out / f"pred_{model}.npy", run.predicted)
    _save_array(out / f"prob_{model}.npy", run.probabilities.astype(np.float32))


def _save_array(path: Path, array: NDArray[np.generic]) -> None:
    with written_aside(path) as partial, partial.open("wb") as stream:
        np.save(stream, array)


def _write_weights(result: ModelResult, path: Path) -> None:
    best = result.best
    weights = Weights(result.settings, best.fitted.weights)
    save_model(path, result.saved_model(), weights, best.rng_seed)


def figures_of(result: ModelResult) -> "dict[str, Figure]":
    """Learning curves; with one class a node, confusion and calibration too."""
    figures = {"curves": learning_curves(result)}
    best = result.best
    graph, test = best.graph, best.graph.test_mask
    if test.any() and not graph.is_multilabel:
        y, predicted = graph.y[test], best.predicted[test]
        names, scores = graph.class_names, best.fitted.scores[test]
        figures["confusion"] = confusion_figure(
            predicted, y, names, of=wording("{n} test nodes")
        )
        figures["calibration"] = calibration_figure(scores, y, best.temperature)
    return figures


def _log(results: Sequence[ModelResult]) -> list[str]:
    return [
        f"{result.settings.model} {name}: {value}\n"
        for result in results
        for name, value in result.means().items()
    ]
