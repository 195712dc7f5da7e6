"""Labels and splits that stand in the paths of examples and nowhere else."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Literal, get_args

from bioloom.bounds.notes import Note, note_of
from bioloom.errors import BadInput, BadTable
from bioloom.run.language import mark

LabelFrom = Literal["folder", "name"]
LABELS_FROM: tuple[LabelFrom, ...] = get_args(LabelFrom)
SPLITS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("train", "training", "训练", "训练集"), "train"),
        **dict.fromkeys(
            ("val", "valid", "validation", "dev", "验证", "验证集"), "validation"
        ),
        **dict.fromkeys(("test", "testing", "测试", "测试集"), "test"),
        "": "",
    }
)
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}(\.gz)?$")
_PICTURE = re.compile(r"(?i)\.(png|jpe?g|bmp|tiff?|gif|webp|heic|svg|dcm)$")
_NUMBER = re.compile(r"[\s_.\-(\[#]*\d+.*$")


def normal_path(path: str) -> str:
    r"""A path as one name, however its folders are divided.

    Examples
    --------
    >>> normal_path("C:\\x\\.\\a.png"), normal_path("x//a.png")
    ('C:/x/a.png', 'x/a.png')
    """
    return str(PurePosixPath(path.strip().replace("\\", "/")))


def is_path(text: str) -> bool:
    """Whether a text is the path of a file in a folder, or the name of a picture."""
    is_in_folder = re.search(r"[^/\\][/\\][^/\\]", text) and _SUFFIX.search(text)
    return bool(is_in_folder or _PICTURE.search(text))


def label_in(path: str, label_from: LabelFrom) -> str:
    r"""The label in a path: its last folder, or the file's name before its number.

    Examples
    --------
    >>> label_in("C:\\data\\poke\\000.png", "folder"), label_in("x/cat.12.jpg", "name")
    ('poke', 'cat')
    """
    *folders, name = normal_path(path).split("/")
    if label_from == "folder":
        return folders[-1] if folders else ""
    return _NUMBER.sub("", _SUFFIX.sub("", name)).strip(" _.-")


def labels_in_paths(
    paths: Sequence[str], label_from: LabelFrom, *, where: str
) -> list[str]:
    """The label of each path.

    Raises
    ------
    BadInput
        If the way is unknown, or a path has no label of this kind.
    """
    if label_from not in LABELS_FROM:
        raise BadInput(
            where="label_from",
            found=repr(label_from),
            expected=" or ".join(map(repr, LABELS_FROM)),
            advice="Choose one of these.",
        )
    labels = [label_in(path, label_from) for path in paths]
    for row, label in enumerate(labels, 1):
        if not label or label in (".", ".."):
            kind = "folder" if label_from == "folder" else "word before its number"
            raise BadTable(
                where=f"{where}: row {row}",
                found=f"the path '{paths[row - 1]}' without a {kind}",
                expected="the label there",
                advice="Add a column of labels, or take the labels from the folder "
                "(--label-from-folder) or the file's name (--label-from-name).",
            )
    return labels


def splits_in_paths(paths: Sequence[str]) -> list[str]:
    """The split in the folders of each path; empty if one of them has none.

    Examples
    --------
    >>> splits_in_paths(["d/train/cat/1.png", "d/test/cat/2.png"])
    ['train', 'test']
    >>> splits_in_paths(["d/train/cat/1.png", "d/cat/2.png"])
    []
    """
    splits: list[str] = []
    for path in paths:
        folders = normal_path(path).split("/")[:-1]
        found = {SPLITS[x.casefold()] for x in folders if x and x.casefold() in SPLITS}
        if len(found) != 1:
            return []
        splits += found
    return splits


def split_note(splits: Sequence[str]) -> Note:
    """Say that splits were read from folders."""
    return note_of(
        mark(
            "The split is taken from the folders of the paths (train: {n_train:,}, "
            "validation: {n_val:,}, test: {n_test:,})."
        ),
        n_train=splits.count("train"),
        n_val=splits.count("validation"),
        n_test=splits.count("test"),
    )
