"""How a data set is laid out: which part of a path is the class, which the side."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

from bioloom.images.files.files import FoundFile

Layout = Literal["classes", "sides above", "sides below", "table"]
SIDE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "train": "train",
        "training": "train",
        "val": "val",
        "valid": "val",
        "validation": "val",
        "dev": "val",
        "test": "test",
        "testing": "test",
    }
)
"""Names of folders, in any case, that are sides of a given split."""


class Placed(NamedTuple):
    """Class and side of each file; "" without one."""

    layout: Layout
    labels: list[str]
    sides: list[str]


def side_of(name: str) -> str:
    """Side that a folder of this name is; "" if none.

    Examples
    --------
    >>> side_of("Valid"), side_of("cat")
    ('val', '')
    """
    return SIDE_NAMES.get(name.lower(), "")


def placed(files: Sequence[FoundFile]) -> Placed:
    """Class and side of each file by its folder.

    Parameters
    ----------
    files
        With their folders below the data set's.

    Notes
    -----
    Sides are above the classes where there is a folder for training pictures with
    class folders in it, and all others are sides too, or hold the same classes. They
    are below where every class folder holds only sides. Otherwise the first folder is
    the class.
    """
    parts = [file.folder.split("/") if file.folder else [] for file in files]
    tree: dict[str, set[str]] = defaultdict(set)
    for folders in parts:
        if folders:
            tree[folders[0]].add(folders[1] if len(folders) > 1 else "")
    if _are_sides_above(tree):
        return Placed(
            "sides above",
            [x[1] if len(x) > 1 and side_of(x[0]) else "" for x in parts],
            [side_of(x[0]) if len(x) > 1 else "" for x in parts],
        )
    labels = [folders[0] if folders else "" for folders in parts]
    if _are_sides_below(tree):
        return Placed("sides below", labels, [side_of((*x, "", "")[1]) for x in parts])
    return Placed("classes", labels, [""] * len(files))


def _are_sides_above(tree: Mapping[str, set[str]]) -> bool:
    sides = {name: inner - {""} for name, inner in tree.items() if side_of(name)}
    trained = set().union(*(x for name, x in sides.items() if side_of(name) == "train"))
    if not trained:
        return False
    found = {side_of(name) for name in sides}
    if len(sides) == len(tree):
        return len(found) > 1 or len(trained) > 1
    tested = set().union(*(x for name, x in sides.items() if side_of(name) != "train"))
    return len(trained & tested) > 1


def _are_sides_below(tree: Mapping[str, set[str]]) -> bool:
    inner = set().union(*tree.values()) if len(tree) > 1 else {""}
    sides = {side_of(name) for name in inner}
    return "" not in sides and "train" in sides and len(sides) > 1


def are_flat_sides(files: Sequence[FoundFile]) -> bool:
    """Whether folders of the first level are sides that hold pictures themselves."""
    folders = {file.folder for file in files if file.folder}
    return len(folders) > 1 and all(side_of(folder) for folder in folders)
