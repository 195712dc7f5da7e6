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

from bioloom.images.dataset.layouts import SIDE_NAMES, side_of
from bioloom.images.errors import BadPictures
from bioloom.images.files.files import FoundFile
from bioloom.run.table_reader import read_table
from bioloom.run.words import counted

if TYPE_CHECKING:
    import pandas as pd

METADATA = ("metadata.csv", "metadata.jsonl")
_PATHS = ("path", "file_name", "filename", "file", "image")
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


def metadata_of(folder: Path) -> list[Path]:
    """Tables of a folder, or of its sides, that name the label of each file."""
    sides = [path for path in sorted(folder.iterdir()) if side_of(path.name)]
    for places in ([folder], sides):
        found = [place / name for place in places for name in METADATA]
        tables = [path for path in found if path.is_file() and _has_labels(path)]
        if tables:
            return tables
    return []


def read_labels(path: Path, *, below: Path | None = None) -> LabelledFiles:
    """Read a table of labels.

    Parameters
    ----------
    path
        CSV, TSV or JSON Lines; paths are relative to it.
    below
        Folder that names in tables are relative to; by default that of the table.

    Raises
    ------
    MissingFile, BadPictures
        If it cannot be read, has no column of paths or labels, or an unknown side.
    """
    frame = _frame_of(path)
    names = _columns_of(frame, path)
    paths = [text.strip() for text in frame[names["path"]]]
    labels = [text.strip() for text in frame[names["label"]]]
    sides = _sides(frame, names.get("split"), paths, path)
    notes: list[str] = []
    rows = dict.fromkeys(zip(paths, labels, sides, strict=True))
    if len(rows) < len(paths):
        n = counted(len(paths) - len(rows), "row")
        notes.append(f"{path}: {n} given twice, used once.")
    start = os.path.relpath(path.parent, below) if below else "."
    files = [_file_at(path.parent, start, name) for name, _, _ in rows]
    if n_gone := sum(file.reason == "vanished" for file in files):
        notes.append(f"{path}: {counted(n_gone, 'file')} of it not found.")
    if n_blank := sum(not label for _, label, _ in rows):
        notes.append(f"{path}: {counted(n_blank, 'picture')} without a label.")
    return LabelledFiles(
        files, [label for _, label, _ in rows], [side for _, _, side in rows], notes
    )


def _frame_of(path: Path) -> "pd.DataFrame":
    if path.suffix != ".jsonl":
        return read_table(path, role="a table of labels", error=BadPictures)
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        columns = {key: [str(row.get(key, "")) for row in rows] for key in rows[0]}
    except (ValueError, AttributeError, IndexError) as problem:
        raise BadPictures(
            where=path,
            found=f"an unreadable table ({problem})",
            expected="a JSON object on each line",
            advice="Fix the file.",
        ) from None
    return read_table(columns, error=BadPictures)


def _has_labels(path: Path) -> bool:
    """Whether a table can be read and names files and labels."""
    try:
        frame = _frame_of(path)
    except BadPictures:
        return False
    return all(any(name in frame for name in known) for known in (_PATHS, _LABELS))


def _columns_of(frame: "pd.DataFrame", where: Path) -> dict[str, str]:
    found = {
        role: next((name for name in known if name in frame), "")
        for role, known in COLUMNS.items()
    }
    for role in ("path", "label"):
        if not found[role]:
            raise BadPictures(
                where=where,
                found=f"columns {', '.join(map(str, frame.columns))}",
                expected=f"a column {' or '.join(COLUMNS[role])}",
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
    """A file by its path in a table."""
    path = os.path.normpath(folder / name)
    shown = os.path.normpath(os.path.join(start, name))  # noqa: PTH118
    place = os.path.dirname(shown)  # noqa: PTH120
    try:
        info = os.stat(path)  # noqa: PTH116
    except OSError:
        return FoundFile(path, place, 0, reason="vanished")
    is_file = stat.S_ISREG(info.st_mode)
    reason = "not_a_file" if not is_file else "" if info.st_size else "empty"
    return FoundFile(path, place, info.st_size, reason=reason)
