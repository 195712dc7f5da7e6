"""Which columns of an edge table hold the ends and the weight, and has it a header."""

from collections.abc import Container, Sequence
from typing import NamedTuple

import pandas as pd

from bioloom.graph.data.reading import Reading, first_names
from bioloom.graph.errors import BadGraph
from bioloom.run.table_reader import TableText

_PAIRS = (
    *(("source", "target"), ("mirna", "target"), ("from", "to"), ("node1", "node2")),
    *(("node_1", "node_2"), ("protein1", "protein2"), ("gene1", "gene2")),
    *(("gene_1", "gene_2"), ("genea", "geneb"), ("gene_a", "gene_b"), ("u", "v")),
    *(("interactor_a", "interactor_b"), ("interactora", "interactorb"), ("a", "b")),
    *(("regulator", "target"), ("tf", "target"), ("ligand", "receptor")),
    *(("mirna", "gene"), ("mirna", "lncrna"), ("mirna", "disease"), ("head", "tail")),
    *(("lncrna", "disease"), ("lncrna", "target"), ("id1", "id2"), ("id_1", "id_2")),
    *(("src", "dst"), ("start", "end"), ("x", "y")),
)
"""What programs and databases call the ends of an edge, in small letters."""
_WEIGHTS = frozenset(
    ("weight", "score", "combined_score", "strength", "confidence", "similarity")
    + ("correlation", "value", "w", "weights", "edge_weight", "probability")
)
HEADERLESS = ("source", "target", "weight")
_SHARE_KNOWN = 0.5


class EdgeColumns(NamedTuple):
    """Names of an edge table's columns; `weight` is empty where all weigh 1."""

    source: str
    target: str
    weight: str
    notes: tuple[str, ...] = ()


def has_header(table: TableText, known: Container[str] | None) -> bool:
    """Whether the first line of an edge table is a header.

    Parameters
    ----------
    table
        The table.
    known
        Names of all nodes, if they are known.
    """
    first, rest = table.first_fields, table.next_rows
    if len(first) < 2 or _known_pair(first) or "id" in map(str.lower, first):
        return True
    if known is not None:
        # a name that is no node's, above names that are
        is_node = [name in known for name in first[:2]]
        names_nodes = any(sum(field in known for field in row) >= 2 for row in rest)
        return not any(is_node) and (names_nodes or len(first) > len(HEADERLESS))
    if any(map(_is_number, first[2:])):
        return False
    columns = range(min([len(first), *map(len, rest)], default=0))
    if any(
        not _is_number(first[k]) and all(_is_number(row[k]) for row in rest)
        for k in columns
        if rest
    ):
        return True
    return len(first) > len(HEADERLESS) or _is_new(first, rest)


def _is_new(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether a first line names nothing that occurs again, while most lines do."""
    ends = [set(row[:2]) for row in rest]
    below = [name for row in ends for name in row]
    if len(ends) < 5 or set(first[:2]) & set(below):
        return False
    again = {name for name in below if below.count(name) > 1}
    return sum(bool(row & again) for row in ends) >= len(ends) / 2


def edge_columns(
    where: str, block: pd.DataFrame, reading: Reading, known: Container[str] | None
) -> EdgeColumns:
    """Ends and weight of an edge table, from its header and first rows.

    Raises
    ------
    BadGraph
        If a column that was named does not exist, or there are no two columns.
    """
    columns = [str(name) for name in block.columns]
    for option in ("source", "target", "weight"):
        wanted = getattr(reading, option)
        if wanted and wanted not in columns:
            raise BadGraph(
                where=where,
                found=f"no column {wanted!r}",
                expected="a column of the edge table",
                advice=f"Give --{option} one of: {first_names(columns)}.",
            )
    ends, notes = _ends(where, block, reading, known)
    weight = reading.weight or ("weight" if "weight" in columns else "")
    offered = [
        name
        for name in columns
        if name.lower() in _WEIGHTS and name not in ends and not weight
    ]
    if offered:
        notes = (
            *notes,
            f"{where}: all edges weigh 1; --weight {offered[0]} uses the column "
            f"{first_names(offered)}",
        )
    return EdgeColumns(*ends, weight, notes)


class _Ends(NamedTuple):
    names: tuple[str, str]
    notes: tuple[str, ...]


def _ends(
    where: str, block: pd.DataFrame, reading: Reading, known: Container[str] | None
) -> _Ends:
    columns = [str(name) for name in block.columns]
    pair = _known_pair(columns) or (
        _of_nodes(block, known) if known is not None else None
    )
    if reading.source and reading.target:
        return _Ends((reading.source, reading.target), ())
    if reading.source or reading.target:
        raise BadGraph(
            where=where,
            found="the column of one end only",
            expected="both ends",
            advice="Give --source and --target.",
        )
    if pair:
        return _Ends(pair, ())
    named = [name for name in columns if name and not name.startswith("Unnamed: ")]
    if len(named) < 2 or known is not None:
        raise BadGraph(
            where=where,
            found=f"the columns {first_names(columns)}",
            expected="source and target",
            advice="Name the columns with the ends of an edge: --source and --target.",
        )
    first, second = named[:2]
    note = (
        f"{where}: the columns {first!r} and {second!r} are taken as source and target"
    )
    return _Ends((first, second), (note,))


def _known_pair(columns: Sequence[str]) -> tuple[str, str] | None:
    lower = {name.strip('" ').lower(): name for name in reversed(columns)}
    for source, target in _PAIRS:
        if source in lower and target in lower:
            return lower[source], lower[target]
    return None


def _of_nodes(block: pd.DataFrame, known: Container[str]) -> tuple[str, str] | None:
    """The two columns that hold names of nodes, if there are just two."""
    sample = block.iloc[:1000]
    found = [
        str(name)
        for name in block.columns
        if sum(str(value).strip() in known for value in sample[name])
        > _SHARE_KNOWN * len(sample)
    ]
    return (found[0], found[1]) if len(found) == 2 else None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
