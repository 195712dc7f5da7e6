"""Candidates on the page of a link prediction: a table, and data for the search."""

import json
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from bioloom.graph.linking.candidates import column_of
from bioloom.graph.linking.heuristics import BASELINES
from bioloom.graph.linking.outputs import LinksPage
from bioloom.report.parts import Cell, Column, Row, Table, number, told
from bioloom.run.language import mark, tr
from bioloom.run.words import listed_in_words

_MOST_ROWS = 100
_SHOWN = ("three-step paths", "SVD")


def caution(page: LinksPage) -> str:
    """What the ranks mean, and whether to trust them on this network."""
    name = page.final.fitted.name
    ahead = {each.method for each in page.summary.remains}
    text = tr(
        "Ranked by {name}, trained on all links but a few that decide when to stop. "
        "“Above” is the share of random unlinked pairs of these types that score "
        "lower; it is no probability, since nobody knows how many links are missing.",
        name=tr(str(name)),
    )
    if str(name) in ahead:
        return text
    return tr(
        "{text} On this network {name} is not ahead of {baselines} once degrees are "
        "matched: a candidate with many links of its own may be here for these alone.",
        text=text,
        name=tr(str(name)),
        baselines=listed_in_words([tr(baseline) for baseline in BASELINES]),
    )


def highest(candidates: pd.DataFrame) -> Table:
    """The candidates with the highest scores, each pair once."""
    columns = told(
        Column(mark("Node")),
        Column(mark("Partner")),
        Column(mark("Score"), is_number=True),
        Column(
            mark("Above, %"),
            mark("share of unlinked pairs that score lower"),
            is_number=True,
        ),
        Column(mark("Links"), mark("of the node"), is_number=True),
        Column(mark("Partner's links"), is_number=True),
        Column(mark("Three-step paths"), is_number=True),
        Column(mark("SVD"), is_number=True),
    )
    ends = np.sort(candidates[["node", "partner"]].to_numpy(dtype=str), axis=1)
    pairs = pd.Series([" - ".join(pair) for pair in ends], index=candidates.index)
    once = candidates[~pairs.duplicated()]
    rows = [
        Row(
            [
                Cell(each["node"], kind="name"),
                Cell(each["partner"], kind="name"),
                number(each["score"], decimals=3),
                number(100 * each["above"], decimals=1),
                number(each["links"]),
                number(each["partner_links"]),
                number(each["three_step_paths"], decimals=3),
                number(each["svd"], decimals=3),
            ]
        )
        for _, each in once.nlargest(_MOST_ROWS, "score").iterrows()
    ]
    caption = tr("The {n} missing links with the highest scores", n=len(rows))
    return Table(
        "highest", caption, columns, rows, is_sortable=True, is_searchable=True
    )


def island(page: LinksPage) -> Markup:
    """Data for the script; no string in it can close its element."""
    text = json.dumps(_data(page), ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 (no < is left)


def _head() -> list[str]:
    """Column heads of a node's list, before the heuristics."""
    return [
        *(tr("Rank"), tr("Partner"), tr("Type")),
        *(tr("Score"), tr("Above, %"), tr("Its links")),
    ]


def _data(page: LinksPage) -> dict[str, Any]:
    network, frame = page.summary.plan.network, page.candidates
    degree = np.bincount(network.links.ravel(), minlength=network.n_nodes)
    heuristics = [name for name in _SHOWN if column_of(name) in frame]
    columns = [frame[column_of(name)].tolist() for name in heuristics]
    lists: dict[int, list[list[Any]]] = {}
    rows = zip(
        *(
            frame[name].tolist()
            for name in ("node", "partner", "rank", "score", "above")
        ),
        *columns,
        strict=True,
    )
    for node, partner, rank, score, above, *others in rows:
        entry = [rank, network.numbers[partner], round(score, 3), round(100 * above, 1)]
        entry += [round(value, 3) for value in others]
        lists.setdefault(network.numbers[node], []).append(entry)
    first = max(lists, key=lambda node: degree[node]) if lists else None
    return {
        "nodes": network.node_ids,
        "types": network.type_names,
        "type": network.types.tolist(),
        "links": degree.tolist(),
        "heuristics": [tr(name) for name in heuristics],
        "words": {
            "caption": tr(
                "{node} ({type}, {n} links): candidates by score",
                node="{node}",
                type="{type}",
                n="{n}",
            ),
            "found": tr("{n} found", n="{n}"),
            "head": _head(),
        },
        "lists": lists,
        "first": first,
    }
