"""Layout of the page of a link prediction: the ladder first, candidates after it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from bioloom.graph.linking.heuristics import MEANINGS, heuristics_of
from bioloom.graph.linking.outputs import LinksPage, frames_of
from bioloom.graph.linking.sentences import in_one_sentence, weights_sentence
from bioloom.graph.linking.settings import LinkSettings
from bioloom.graph.linking.summary import (
    ALL_PAIRS,
    Advantage,
    LadderCell,
    LadderSummary,
    Measure,
    TypeHits,
)
from bioloom.report.evaluation import Caption, Ends, pictures_of
from bioloom.report.graph_link_candidates import caution, highest, island
from bioloom.report.page import Cell, Column, Row, Table, number, write_page
from bioloom.run.settings import settings_of
from bioloom.run.words import counted, joined

_MEASURES: Mapping[Measure, str] = MappingProxyType(
    {
        "auc": "AUC",
        "average_precision": "Average precision",
        "hits": "Hits@k",
    }
)
_SPLIT_WORDS = (
    *("Rung", "Split", "Messages only", "Training", "Validation", "Test"),
    *("Negatives found", "Cold nodes"),
)
_FIGURES = MappingProxyType(
    {
        "ladder": Caption(
            "The ladder",
            "AUC of each method on each rung with its 95 % interval; the dotted line "
            "is guessing.",
        )
    }
)


def write_report(page: LinksPage, out: Path) -> Path:
    """Write the page: ladder, what remains, candidates.

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
    summary = page.summary
    settings = summary.plan.settings
    return write_page(
        out / "report.html",
        "graph_links.html",
        room="graph",
        scripts=("page.js", "graph_links.js"),
        kind="Link prediction",
        title=summary.plan.network.name,
        lead=in_one_sentence(summary),
        size=_size(summary),
        rungs=_rungs(summary),
        aucs=[_ladder(summary, pair, "auc") for pair in summary.pair_names],
        interval=_interval_words(summary),
        pictures=list(pictures_of(page.figures, _FIGURES)),
        advantages=_advantages(summary),
        top=settings.n_candidates,
        lists=_lists(summary),
        caution=caution(page),
        highest=highest(page.candidates),
        measures=[
            *_first_seed(summary),
            *(
                _ladder(summary, pair, measure)
                for measure in ("average_precision", "hits")
                for pair in summary.pair_names
            ),
        ],
        splits=_splits(summary),
        settings=_settings(summary),
        data=island(page),
    )


def _size(summary: LadderSummary) -> str:
    network = summary.plan.network
    counts = network.counts()
    links = "; ".join(f"{pair}: {n:,}" for pair, n in counts.items())
    pairs = joined([str(pair) for pair in summary.plan.pairs])
    seeds = counted(len(summary.audits), "seed")
    text = (
        f"{network.n_nodes:,} nodes, {len(network.links):,} links ({links}). Scored: "
        f"{pairs}; all other links only carry messages. {seeds}."
    )
    if network.scaled:
        text += f" {network.scaled[:1].upper()}{network.scaled[1:]}."
    if weights := weights_sentence(network):
        text += f" {weights}"
    if network.order is not None:
        text += " Except in the cold start, the last links by the given column test."
    return text


def _rungs(summary: LadderSummary) -> Table:
    columns = [
        Column("Rung"),
        Column("Pairs without a link"),
        Column("No longer helps"),
    ]
    rows = [
        Row([Cell(r.name), Cell(r.meaning, kind="wide"), Cell(r.removes, kind="wide")])
        for r in summary.plan.rungs
    ]
    return Table("rungs", "How the pairs without a link are drawn", columns, rows)


def _ladder(summary: LadderSummary, pair: str, measure: Measure) -> Table:
    name = _MEASURES[measure].replace("@k", f"@{summary.plan.settings.top_k}")
    rows = [
        Row(
            [
                _method(method),
                *(
                    _cell(summary.cell(rung.name, pair, method, measure))
                    for rung in summary.plan.rungs
                ),
            ]
        )
        for method in summary.plan.methods
    ]
    columns = [Column("Method"), *_rung_columns(summary)]
    caption = f"{name}, {_pair_words(pair)}; guessing has 0.5"
    if measure == "hits":
        caption = (
            f"{name}, {_pair_words(pair)}: share of links above the "
            f"{summary.plan.settings.top_k}th best negative"
        )
    return Table(f"{measure}-{_place(summary, pair)}", caption, columns, rows)


def _rung_columns(summary: LadderSummary) -> Iterator[Column]:
    for rung in summary.plan.rungs:
        yield Column(rung.name, rung.meaning, is_number=True)


def _place(summary: LadderSummary, pair: str) -> int:
    return summary.pair_names.index(pair)


def _pair_words(pair: str) -> str:
    return "all scored pairs together" if pair == ALL_PAIRS else pair


def _method(name: str) -> Cell:
    return Cell(name, kind="baseline" if name in MEANINGS else "")


def _cell(cell: LadderCell) -> Cell:
    mean = cell.over_seeds
    if np.isnan(mean.mean):
        return Cell("")
    ends = mean if mean.n > 1 else cell.over_links
    return Cell(_with_ends(mean.mean, ends), key=mean.mean)


def _with_ends(value: float, ends: Ends) -> str:
    """Such as ``0.917 (.906–.927)``, which fits a table of six rungs."""
    low, high = (f"{end:.3f}".removeprefix("0") for end in (ends.low, ends.high))
    return f"{value:.3f} ({low}–{high})"


def _interval_words(summary: LadderSummary) -> str:
    n = len(summary.audits)
    meanings = "; ".join(
        f"{name}: {MEANINGS[name]}" for name in heuristics_of(summary.plan.network)
    )
    if n == 1:
        interval = (
            "In brackets the 95 % interval over the test links (bootstrap). A single "
            "seed does not show how much splits and trainings vary: use --runs 5."
        )
    else:
        interval = (
            f"Mean of {n} seeds, in brackets its 95 % interval (Student). Seeds share "
            "the network, so this is the variation of splits and trainings, not of "
            "other networks; intervals over the test links of one seed are below."
        )
    return f"{interval} {meanings[0].upper()}{meanings[1:]}."


def _first_seed(summary: LadderSummary) -> Iterator[Table]:
    if len(summary.audits) == 1:
        return
    for pair in summary.pair_names:
        rows = [
            Row(
                [
                    _method(method),
                    *(
                        _over_links(summary.cell(rung.name, pair, method))
                        for rung in summary.plan.rungs
                    ),
                ]
            )
            for method in summary.plan.methods
        ]
        n = summary.cell(
            summary.plan.rungs[0].name, pair, summary.plan.methods[0]
        ).n_links
        yield Table(
            f"first-{_place(summary, pair)}",
            f"AUC of the first seed, {_pair_words(pair)}: 95 % interval over {n:,} "
            "test links (bootstrap)",
            [Column("Method"), *_rung_columns(summary)],
            rows,
        )


def _over_links(cell: LadderCell) -> Cell:
    of = cell.over_links
    if np.isnan(of.value):
        return Cell("")
    return Cell(_with_ends(of.value, of), key=of.value)


def _advantages(summary: LadderSummary) -> Table:
    columns = [
        Column("Method"),
        Column("Rung"),
        Column("Pair of types"),
        Column("Strongest baseline", "the one that it is least ahead of"),
        Column("Difference of AUC", is_number=True),
        Column("95 % interval", is_number=True),
        Column("Ahead"),
    ]
    places = {rung.name: place for place, rung in enumerate(summary.plan.rungs)}
    return Table(
        "advantages",
        "AUC of each method minus that of the strongest baseline",
        columns,
        [_advantage_row(each, places[each.rung]) for each in summary.advantages],
        is_sortable=True,
        is_searchable=True,
    )


def _advantage_row(each: Advantage, place: int) -> Row:
    return Row(
        [
            _method(each.method),
            Cell(each.rung, key=place),
            Cell(each.pair),
            Cell(each.baseline),
            Cell(f"{each.difference:+.3f}", key=each.difference),
            Cell(f"{each.low:+.3f} to {each.high:+.3f}", key=each.low),
            Cell(
                "yes" if each.is_beyond else "no", kind="pass" if each.is_beyond else ""
            ),
        ]
    )


def _lists(summary: LadderSummary) -> Table:
    methods = summary.plan.methods
    columns = [
        Column("Lists of"),
        Column("Pair of types"),
        Column("Rung"),
        *(Column(f"{name}, %", is_number=True) for name in methods),
        Column("Nodes", "of the first seed", is_number=True),
        Column("Held-out links", "of the first seed", is_number=True),
        Column("Length of a list", is_number=True),
    ]
    by_list: dict[tuple[str, ...], list[TypeHits]] = {}
    for each in summary.type_hits:
        key = (each.node_type, each.pair, each.rung)
        by_list.setdefault(key, []).append(each)
    rows = [
        Row([*map(Cell, key), *map(_share, hits), *_sizes(hits[0])])
        for key, hits in by_list.items()
    ]
    top = summary.plan.settings.n_candidates
    caption = (
        f"Held-out partners among the first {top} of their node's list, per cent, "
        "with 95 % intervals"
    )
    return Table("lists-table", caption, columns, rows, is_sortable=True)


def _share(hits: TypeHits) -> Cell:
    mean = hits.over_seeds
    ends = mean if mean.n > 1 else hits.over_links
    text = f"{100 * mean.mean:.1f} ({100 * ends.low:.0f}–{100 * ends.high:.0f})"
    return Cell(text, key=mean.mean)


def _sizes(hits: TypeHits) -> Iterator[Cell]:
    for size in (hits.n_nodes, hits.n_links, hits.n_partners):
        yield number(size)


def _splits(summary: LadderSummary) -> Table:
    frame = frames_of(summary)["splits"]
    columns = [
        Column(name, is_number=place > 1) for place, name in enumerate(_SPLIT_WORDS)
    ]
    rows = [
        Row([Cell(v) if isinstance(v, str) else number(v) for v in row])
        for row in frame.itertuples(index=False)
    ]
    return Table("splits", "Links of the first seed, rung by rung", columns, rows)


def _settings(summary: LadderSummary) -> Table:
    columns = [Column("Setting"), Column("Value"), Column("Meaning")]
    rows = [
        Row(
            [
                Cell(each.name),
                Cell(str(getattr(summary.plan.settings, each.name))),
                Cell(each.help(), kind="wide"),
            ]
        )
        for each in settings_of(LinkSettings)
    ]
    return Table("settings-table", "Settings of all models", columns, rows)
