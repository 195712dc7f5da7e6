"""Layout of the page of a link prediction: the ladder first, candidates after it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from bioloom.graph.linking.heuristics import MEANINGS
from bioloom.graph.linking.outputs import LinksPage, frames_of
from bioloom.graph.linking.sentences import in_one_sentence
from bioloom.graph.linking.settings import LinkSettings
from bioloom.graph.linking.summary import (
    ALL_PAIRS,
    Advantage,
    LadderCell,
    LadderSummary,
    Measure,
    TypeHits,
)
from bioloom.report.evaluation import Ends, pictures_of
from bioloom.report.graph_link_candidates import caution, highest, island
from bioloom.report.graph_link_words import (
    figure_words,
    interval_words,
    page_words,
    size_words,
)
from bioloom.report.page import TABLES, write_pages
from bioloom.report.parts import Cell, Column, Row, Table, number, told
from bioloom.run.language import mark, tr
from bioloom.run.settings import settings_of

_MEASURES: Mapping[Measure, str] = MappingProxyType(
    {
        "auc": mark("AUC"),
        "average_precision": mark("Average precision"),
        "hits": mark("Hits@k"),
    }
)
_SPLIT_WORDS = (
    *(mark("Rung"), mark("Split"), mark("Messages only"), mark("Training")),
    *(mark("Validation"), mark("Test"), mark("Negatives found"), mark("Cold nodes")),
)


def write_report(page: LinksPage, out: Path) -> Path:
    """Write the pages: ladder, what remains, candidates.

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
    return write_pages(
        out,
        "graph_links.html",
        lambda: _values(page),
        room="graph",
        scripts=(*TABLES, "graph_links.js"),
    )


def _values(page: LinksPage) -> dict[str, Any]:
    summary = page.summary
    return {
        "kind": tr("Link prediction"),
        "title": summary.plan.network.name,
        "words": page_words(summary.plan.settings.n_candidates),
        "lead": in_one_sentence(summary),
        "size": size_words(summary),
        "rungs": _rungs(summary),
        "aucs": [_ladder(summary, pair, "auc") for pair in summary.pair_names],
        "interval": interval_words(summary),
        "pictures": list(pictures_of(page.figures, figure_words())),
        "advantages": _advantages(summary),
        "lists": _lists(summary),
        "caution": caution(page),
        "highest": highest(page.candidates),
        "measures": [
            *_first_seed(summary),
            *(
                _ladder(summary, pair, measure)
                for measure in ("average_precision", "hits")
                for pair in summary.pair_names
            ),
        ],
        "splits": _splits(summary),
        "settings": _settings(summary),
        "data": island(page),
    }


def _rungs(summary: LadderSummary) -> Table:
    columns = told(
        Column(mark("Rung")),
        Column(mark("Pairs without a link")),
        Column(mark("No longer helps")),
    )
    rows = [
        Row(
            [
                Cell(tr(rung.name)),
                Cell(tr(rung.meaning), kind="wide"),
                Cell(tr(rung.removes), kind="wide"),
            ]
        )
        for rung in summary.plan.rungs
    ]
    return Table("rungs", tr("How the pairs without a link are drawn"), columns, rows)


def _ladder(summary: LadderSummary, pair: str, measure: Measure) -> Table:
    name = tr(_MEASURES[measure]).replace("@k", f"@{summary.plan.settings.top_k}")
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
    columns = [Column(tr("Method")), *_rung_columns(summary)]
    pairs = _pair_words(pair)
    caption = tr("{name}, {pairs}; guessing has 0.5", name=name, pairs=pairs)
    if measure == "hits":
        caption = tr(
            "{name}, {pairs}: share of links above the {k}th best negative",
            name=name,
            pairs=pairs,
            k=summary.plan.settings.top_k,
        )
    return Table(f"{measure}-{_place(summary, pair)}", caption, columns, rows)


def _rung_columns(summary: LadderSummary) -> Iterator[Column]:
    for rung in summary.plan.rungs:
        yield Column(tr(rung.name), tr(rung.meaning), is_number=True)


def _place(summary: LadderSummary, pair: str) -> int:
    return summary.pair_names.index(pair)


def _pair_words(pair: str) -> str:
    return tr("all scored pairs together") if pair == ALL_PAIRS else pair


def _method(name: str) -> Cell:
    return Cell(tr(name), kind="baseline" if name in MEANINGS else "")


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
            tr(
                "AUC of the first seed, {pairs}: interval (95 %, bootstrap) over {n:,} "
                "test links",
                pairs=_pair_words(pair),
                n=n,
            ),
            [Column(tr("Method")), *_rung_columns(summary)],
            rows,
        )


def _over_links(cell: LadderCell) -> Cell:
    of = cell.over_links
    if np.isnan(of.value):
        return Cell("")
    return Cell(_with_ends(of.value, of), key=of.value)


def _advantages(summary: LadderSummary) -> Table:
    columns = told(
        Column(mark("Method")),
        Column(mark("Rung")),
        Column(mark("Pair of types")),
        Column(mark("Strongest baseline"), mark("the one that it is least ahead of")),
        Column(mark("Difference of AUC"), is_number=True),
        Column(mark("Interval (95 %)"), is_number=True),
        Column(mark("Ahead")),
    )
    places = {rung.name: place for place, rung in enumerate(summary.plan.rungs)}
    return Table(
        "advantages",
        tr("AUC of each method minus that of the strongest baseline"),
        columns,
        [_advantage_row(each, places[each.rung]) for each in summary.advantages],
        is_sortable=True,
        is_searchable=True,
    )


def _advantage_row(each: Advantage, place: int) -> Row:
    return Row(
        [
            _method(each.method),
            Cell(tr(each.rung), key=place),
            Cell(each.pair),
            Cell(tr(each.baseline)),
            Cell(f"{each.difference:+.3f}", key=each.difference),
            Cell(
                tr("{low:+.3f} to {high:+.3f}", low=each.low, high=each.high),
                key=each.low,
            ),
            Cell(
                tr("yes") if each.is_beyond else tr("no"),
                kind="pass" if each.is_beyond else "",
            ),
        ]
    )


def _lists(summary: LadderSummary) -> Table:
    methods = summary.plan.methods
    columns = [
        *told(
            Column(mark("Lists of")),
            Column(mark("Pair of types")),
            Column(mark("Rung")),
        ),
        *(Column(f"{tr(name)}, %", is_number=True) for name in methods),
        *told(
            Column(mark("Nodes"), mark("of the first seed"), is_number=True),
            Column(mark("Held-out links"), mark("of the first seed"), is_number=True),
            Column(mark("Length of a list"), is_number=True),
        ),
    ]
    by_list: dict[tuple[str, str, str], list[TypeHits]] = {}
    for each in summary.type_hits:
        key = (each.node_type, each.pair, each.rung)
        by_list.setdefault(key, []).append(each)
    rows = [
        Row([*_list_cells(*key), *map(_share, hits), *_sizes(hits[0])])
        for key, hits in by_list.items()
    ]
    caption = tr(
        "Held-out partners among the first {top} of their node's list, per cent, with "
        "intervals (95 %)",
        top=summary.plan.settings.n_candidates,
    )
    return Table("lists-table", caption, columns, rows, is_sortable=True)


def _list_cells(node_type: str, pair: str, rung: str) -> list[Cell]:
    return [Cell(node_type), Cell(pair), Cell(tr(rung))]


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
        Column(tr(name), is_number=place > 1) for place, name in enumerate(_SPLIT_WORDS)
    ]
    rows = [
        Row([Cell(tr(v)) if isinstance(v, str) else number(v) for v in row])
        for row in frame.itertuples(index=False)
    ]
    return Table("splits", tr("Links of the first seed, rung by rung"), columns, rows)


def _settings(summary: LadderSummary) -> Table:
    columns = told(
        Column(mark("Setting")), Column(mark("Value")), Column(mark("Meaning"))
    )
    rows = [
        Row(
            [
                Cell(each.name),
                Cell(str(getattr(summary.plan.settings, each.name))),
                Cell(tr(each.help()), kind="wide"),
            ]
        )
        for each in settings_of(LinkSettings)
    ]
    return Table("settings-table", tr("Settings of all models"), columns, rows)
