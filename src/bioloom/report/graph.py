"""Layout of the page of a training on a graph."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bioloom.graph.output.page import ModelPage, TrainingPage
from bioloom.graph.training.result import Headline
from bioloom.graph.training.search import Search
from bioloom.report.epochs import epochs_plot, epochs_table
from bioloom.report.evaluation import (
    Caption,
    Words,
    classes_table,
    figure_words,
    labels_table,
    pictures_of,
)
from bioloom.report.graph_labels import thresholds_lead
from bioloom.report.graph_tables import (
    baselines_table,
    errors_table,
    measures_table,
    settings_table,
    trials_table,
)
from bioloom.report.page import write_pages
from bioloom.report.parts import Picture, Table
from bioloom.run.language import tr, trn


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
        "title": _title(page),
        "words": _words(page),
        "notes": page.notes,
        "n_runs": max(model.n_runs for model in page.models),
        "measures": measures_table(page),
        "parts_of_models": [_part(model) for model in page.models],
        "settings": settings_table([model.settings for model in page.models]),
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


def _title(page: TrainingPage) -> str:
    """The result in a few words."""
    hits = page.hits
    if hits is None:
        return page.graph
    if page.models[0].thresholds:
        return tr(
            "{name}: all labels of {right:,} of {n:,} test nodes predicted",
            name=page.graph,
            right=hits.n_right,
            n=hits.n,
        )
    return tr(
        "{name}: {right:,} of {n:,} test nodes predicted correctly",
        name=page.graph,
        right=hits.n_right,
        n=hits.n,
    )


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
        trials=trials_table(model, page.search, page.headline),
        lead=_part_lead(page),
        baselines=baselines_table(model, page.baselines, page.headline),
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
        errors=errors_table(model, page.errors, has_sets=bool(page.thresholds)),
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
