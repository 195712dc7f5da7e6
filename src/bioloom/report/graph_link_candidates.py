"""Candidates on the page of a link prediction: a table, and data for the search."""

import json
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from bioloom.graph.linking.candidates import column_of
from bioloom.graph.linking.heuristics import BASELINES
from bioloom.graph.linking.outputs import LinksPage
from bioloom.report.page import Cell, Column, Row, Table, number
from bioloom.run.words import joined

_MOST_ROWS = 100
_SHOWN = ("three-step paths", "SVD")


def caution(page: LinksPage) -> str:
    """What the ranks mean, and whether to trust them on this network."""
    name = page.final.fitted.name
    ahead = {each.method for each in page.summary.remains}
    text = (
        f"Ranked by {name}, trained on all links but a few that decide when to stop. "
        "“Above” is the share of random unlinked pairs of these types that score "
        "lower; it is no probability, since nobody knows how many links are missing."
    )
    if str(name) in ahead:
        return text
    return (
        f"{text} On this network {name} is not ahead of {joined(list(BASELINES))} once "
        "degrees are matched: a candidate with many links of its own may be here for "
        "these alone."
    )


def highest(candidates: pd.DataFrame) -> Table:
    """The candidates with the highest scores, each pair once."""
    columns = [
        Column("Node"),
        Column("Partner"),
        Column("Score", is_number=True),
        Column("Above, %", "share of unlinked pairs that score lower", is_number=True),
        Column("Links", "of the node", is_number=True),
        Column("Partner's links", is_number=True),
        Column("Three-step paths", is_number=True),
        Column("SVD", is_number=True),
    ]
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
    caption = f"The {len(rows)} missing links with the highest scores"
    return Table(
        "highest", caption, columns, rows, is_sortable=True, is_searchable=True
    )


def island(page: LinksPage) -> Markup:
    """Data for the script; no string in it can close its element."""
    text = json.dumps(_data(page), ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 (no < is left)


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
        "heuristics": heuristics,
        "lists": lists,
        "first": first,
    }
