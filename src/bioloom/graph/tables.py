"""Node tables, and tables in general: CSV or TSV, plain or gzip, read in blocks.

Memory is bounded by the graph, not by the file. Names stay text, so ``007`` and ``7``
are two nodes.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from bioloom.errors import BadGraph, MissingFile
from bioloom.graph.data import SPLITS, NodeTable
from bioloom.run.output import UNREADABLE, open_text

_BLOCK = 500_000
NAMED_ENDS = (("source", "target"), ("mirna", "target"))
_RESERVED = ("id", "label", "split")


def read_nodes(path: Path, *, label: str, skip: Sequence[str] = ()) -> NodeTable:
    """Read a node table.

    Parameters
    ----------
    path
        Columns ``id``, the label, perhaps ``split`` (train, val, test or empty); all
        others are features and must be numbers.
    label
        Name of the label's column; an empty label is not known.
    skip
        Columns that are no features.

    Raises
    ------
    MissingFile, BadGraph
        If the file is not there or cannot be used; the row is named.
    """
    ids: list[str] = []
    labels: list[str] = []
    splits: list[str] = []
    features = []
    for block in blocks_of(path):
        _check_columns(path, block, label)
        others = block.columns.difference([*_RESERVED, label, *skip], sort=False)
        columns = [str(name) for name in others]
        features.append(_numbers(path, block, columns))
        ids += block["id"].tolist()
        labels += block[label].tolist()
        if "split" in block:
            splits += block["split"].tolist()
    _check_ids(path, ids)
    _check_splits(path, ids, splits)
    return NodeTable(
        ids=ids,
        labels=labels,
        splits=splits or None,
        features=csr_array(vstack(features)) if features[0].shape[1] else None,
    )


def blocks_of(path: Path) -> Iterator[pd.DataFrame]:
    """The rows of a table in blocks, all columns as text."""
    if not path.is_file():
        raise MissingFile(path, role="a table")
    try:
        n_comments, first = _first_line(path)
        separator = "\t" if "\t" in first else ","
        fields = first.split(separator)
        has_header = len(fields) > 3 or not _is_edge(fields)
        with pd.read_csv(
            path,
            sep=separator,
            skiprows=n_comments,
            header=0 if has_header else None,
            names=None if has_header else ["source", "target", "weight"][: len(fields)],
            dtype=str,
            na_filter=False,
            chunksize=_BLOCK,
            encoding="utf-8-sig",
        ) as reader:
            yield from reader
    except (*UNREADABLE, pd.errors.ParserError, pd.errors.EmptyDataError) as problem:
        raise BadGraph(
            where=path,
            found=f"an unreadable table ({problem})",
            expected="CSV or TSV in UTF-8 with a header",
            advice="Mend the file.",
        ) from None


def _first_line(path: Path) -> tuple[int, str]:
    with open_text(path) as lines:
        for number, line in enumerate(lines):
            if not line.startswith("#"):
                return number, line.rstrip("\r\n").removeprefix("\ufeff")
    return 0, ""


def _is_edge(fields: Sequence[str]) -> bool:
    """Whether a first line is an edge already, not a header."""
    words = {field.strip('" ').lower() for field in fields}
    named = any(words >= set(pair) for pair in NAMED_ENDS)
    return len(fields) in (2, 3) and not named and "id" not in words


def _check_columns(path: Path, block: pd.DataFrame, label: str) -> None:
    for name in ("id", label):
        if name not in block:
            raise BadGraph(
                where=path,
                found=f"no column {name!r}",
                expected="the columns id and label",
                advice="Name the columns so; another label column goes to --label.",
            )


def _numbers(path: Path, block: pd.DataFrame, columns: Sequence[str]) -> csr_array:
    """Feature columns as a sparse matrix."""
    values = np.empty((len(block), len(columns)), dtype=np.float32)
    for number, name in enumerate(columns):
        values[:, number] = pd.to_numeric(block[name], errors="coerce")
    wrong = np.argwhere(~np.isfinite(values))
    if wrong.size:
        row, column = wrong[0]
        name = columns[column]
        raise BadGraph(
            where=f"{path}: row {block.index[row] + 1} "
            f"(node {block['id'].iloc[row]!r}), column {name!r}",
            found=repr(block[name].iloc[row]),
            expected="a finite number",
            advice=f"Fill the gap; a column that is no feature goes to --skip {name}.",
        )
    return csr_array(values)


def _check_ids(path: Path, ids: Sequence[str]) -> None:
    index = pd.Index(ids)
    if index.has_duplicates or "" in index:
        row = int(np.flatnonzero(index.duplicated() | (index == ""))[0])
        found = f"the id {ids[row]!r} again" if ids[row] else "an empty id"
        raise BadGraph(
            where=f"{path}: row {row + 1}",
            found=found,
            expected="one row a node, each with an id",
            advice="Remove the row or name the node otherwise.",
        )


def _check_splits(path: Path, ids: Sequence[str], splits: Sequence[str]) -> None:
    for row, (name, word) in enumerate(zip(ids, splits, strict=False), 1):
        if word not in {*SPLITS, ""}:
            raise BadGraph(
                where=f"{path}: row {row} (node {name!r})",
                found=f"the split {word!r}",
                expected="train, val, test or nothing",
                advice="Mend the split column.",
            )
