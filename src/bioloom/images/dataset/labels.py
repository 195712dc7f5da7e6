"""Data sets whose labels are in a table: path, label, and perhaps the side.

Any CSV or TSV, and Hugging Face's `metadata.csv` and `metadata.jsonl`
(https://huggingface.co/docs/datasets/image_dataset).
"""

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from bioloom.images.dataset.label_columns import (
    LABEL_LISTS,
    Cells,
    has_label_columns,
    label_cells,
)
from bioloom.images.dataset.layouts import SIDE_NAMES, side_of
from bioloom.images.errors import BadPictures
from bioloom.images.files.files import EXTENSIONS, FoundFile, is_picture_name
from bioloom.label_sets import SEPARATOR, cell_of, labels_in
from bioloom.run.table_reader import read_table
from bioloom.run.words import counted

if TYPE_CHECKING:
    import pandas as pd

METADATA = ("metadata.csv", "metadata.jsonl")
_PATHS = ("path", "file_name", "filename", "file", "image", "image_id", "id")
_LABELS = ("label", "class")
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "path": _PATHS,
        "label": _LABELS,
        "split": ("split", "side", "set", "subset"),
    }
)
"""Names that each column may have."""


class LabelledFiles(NamedTuple):
    """Files of a table, their labels and sides, and what was noticed."""

    files: list[FoundFile]
    labels: list[str]
    sides: list[str]
    notes: list[str]


def metadata_of(folder: Path, *, multilabel: bool = False) -> list[Path]:
    """Tables of a folder, or of its sides, that name the label of each file."""
    sides = [path for path in sorted(folder.iterdir()) if side_of(path.name)]
    for places in ([folder], sides):
        found = [place / name for place in places for name in METADATA]
        tables = [
            path
            for path in found
            if path.is_file() and _has_labels(path, multilabel=multilabel)
        ]
        if tables:
            return tables
    return []


def read_labels(
    path: Path, *, below: Path | None = None, multilabel: bool = False
) -> LabelledFiles:
    """Read a table of labels.

    Parameters
    ----------
    path
        CSV, TSV or JSON Lines; paths are relative to it.
    below
        Folder that names in tables are relative to; by default that of the table.
    multilabel
        Whether a picture can have several labels: then each is a cell such as ``a|b``.

    Raises
    ------
    MissingFile, BadPictures
        If it cannot be read, has no column of paths or labels, or an unknown side.
    """
    frame = _frame_of(path)
    names = _columns_of(frame, path, multilabel=multilabel)
    paths = [text.strip() for text in frame[names["path"]]]
    labels, notes = _cells(frame, names, path, multilabel=multilabel)
    sides = _sides(frame, names.get("split"), paths, path)
    rows = dict.fromkeys(zip(paths, labels, sides, strict=True))
    if len(rows) < len(paths):
        n = counted(len(paths) - len(rows), "row")
        notes.append(f"{path}: {n} given twice, used once.")
    if multilabel:
        n_rows, rows = len(rows), _by_path(list(rows), path)
        if n_more := n_rows - len(rows):
            more = counted(n_more, "more row")
            notes.append(f"{path}: {more} of the same pictures; their labels add up.")
    start = os.path.relpath(path.parent, below) if below else "."
    files = [_file_at(path.parent, start, name) for name, _, _ in rows]
    if n_gone := sum(file.reason == "vanished" for file in files):
        notes.append(f"{path}: {counted(n_gone, 'file')} of it not found.")
    if n_blank := sum(not label for _, label, _ in rows):
        notes.append(f"{path}: {counted(n_blank, 'picture')} without a label.")
    return LabelledFiles(
        files, [label for _, label, _ in rows], [side for _, _, side in rows], notes
    )


_Row = tuple[str, str, str]


def _by_path(rows: list[_Row], where: Path) -> dict[_Row, None]:
    """Rows of path, labels and side, those of one path joined."""
    joined: dict[str, _Row] = {}
    for name, cell, side in rows:
        _, before, side_before = joined.get(name, (name, "", side))
        if side != side_before:
            raise BadPictures(
                where=f"{where}: {name}",
                found=f"two sides: {side_before or 'none'} and {side or 'none'}",
                expected="one",
                advice="Correct the side.",
            )
        both = labels_in(f"{before}{SEPARATOR}{cell}")
        known = bool(before or cell)
        joined[name] = (name, cell_of(both) if known else "", side)
    return dict.fromkeys(joined.values())


def _cells(
    frame: "pd.DataFrame", names: Mapping[str, str], path: Path, *, multilabel: bool
) -> Cells:
    """Label of each row; several are a cell."""
    if not multilabel:
        return Cells([text.strip() for text in frame[names["label"]]], [])
    used = (names["path"], names.get("split"))
    others = [str(name) for name in frame if name not in used]
    return label_cells(frame, names.get("label"), others, path)


def _frame_of(path: Path) -> "pd.DataFrame":
    if path.suffix != ".jsonl":
        return read_table(path, role="a table of labels", error=BadPictures)
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        columns = {key: [_text(row.get(key, "")) for row in rows] for key in rows[0]}
    except (ValueError, AttributeError, IndexError) as problem:
        raise BadPictures(
            where=path,
            found=f"an unreadable table ({problem})",
            expected="a JSON object on each line",
            advice="Fix the file.",
        ) from None
    return read_table(columns, error=BadPictures)


def _text(value: object) -> str:
    """A value as text; a list of labels as a cell."""
    if isinstance(value, list):
        return cell_of(labels_in(SEPARATOR.join(map(str, value))))
    return str(value)


def _has_labels(path: Path, *, multilabel: bool) -> bool:
    """Whether a table can be read and names files and labels."""
    try:
        frame = _frame_of(path)
    except BadPictures:
        return False
    labels = LABEL_LISTS if multilabel else _LABELS
    if not any(name in frame for name in _PATHS):
        return False
    if any(name in frame for name in labels):
        return True
    return multilabel and has_label_columns(frame)


def _columns_of(
    frame: "pd.DataFrame", where: Path, *, multilabel: bool
) -> dict[str, str]:
    lower = {str(name).lower(): str(name) for name in frame}
    wanted = {**COLUMNS, "label": LABEL_LISTS if multilabel else _LABELS}
    found = {
        role: next((x for x in known if x in frame), "")
        or next((lower[x] for x in known if x in lower), "")
        for role, known in wanted.items()
    }
    for role in ("path",) if multilabel else ("path", "label"):
        if not found[role]:
            raise BadPictures(
                where=where,
                found=f"columns {', '.join(map(str, frame.columns))}",
                expected=f"a column {' or '.join(wanted[role])}",
                advice="Give a table of path, label and, if there is one, split.",
            )
    return {role: name for role, name in found.items() if name}


def _sides(
    frame: "pd.DataFrame", column: str | None, paths: list[str], where: Path
) -> list[str]:
    """Side of each row: of its column, else of the first folders if all are sides."""
    if column is None:
        whole = side_of(where.parent.name)
        firsts = [side_of(path.partition("/")[0]) or whole for path in paths]
        return firsts if all(firsts) else [""] * len(paths)
    words = [text.strip() for text in frame[column]]
    for row, word in enumerate(words, 1):
        if word and not side_of(word):
            raise BadPictures(
                where=f"{where}: row {row}, {column}",
                found=repr(word),
                expected=f"one of {', '.join(SIDE_NAMES)}, or nothing",
                advice="Correct the side.",
            )
    return [side_of(word) for word in words]


def _file_at(folder: Path, start: str, name: str) -> FoundFile:
    """A file by its path in a table, which may lack the ending."""
    path = os.path.normpath(folder / name)
    if not is_picture_name(name) and not os.path.exists(path):  # noqa: PTH110
        endings = (x for x in sorted(EXTENSIONS) if os.path.exists(path + x))  # noqa: PTH110
        ending = next(endings, "")
        path, name = path + ending, name + ending
    shown = os.path.normpath(os.path.join(start, name))  # noqa: PTH118
    place = os.path.dirname(shown)  # noqa: PTH120
    try:
        info = os.stat(path)  # noqa: PTH116
    except OSError:
        return FoundFile(path, place, 0, reason="vanished")
    is_file = stat.S_ISREG(info.st_mode)
    reason = "not_a_file" if not is_file else "" if info.st_size else "empty"
    return FoundFile(path, place, info.st_size, reason=reason)
