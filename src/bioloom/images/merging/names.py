"""Names of files in the target of a merge."""

import os
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from bioloom.images.errors import BadPictures
from bioloom.images.files.files import name_key, split_name
from bioloom.images.files.opening import IS_WINDOWS

MAX_NAME_BYTES = 255
_SHORT = 200  # letters of a path that fits everywhere
_FOR_NUMBER = 16
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", "conin$", "conout$")
    + tuple(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))
)


class FreeNames:
    """Names that are taken in the target, and free ones for other files.

    A name that differs only in case or Unicode form counts as taken: some file systems
    cannot store both. So does one that Windows keeps for a device, on Windows.
    """

    def __init__(self, into: Path, folders: Iterable[str]) -> None:
        self._into, self._stem = into, os.fspath(into)
        self._taken: dict[str, set[str]] = {}
        self._next: dict[tuple[str, ...], int] = defaultdict(lambda: 1)
        for folder in folders:
            self._reserve(folder)
        self._enter("")

    def free(self, folder: str, name: str) -> str:
        """Path below the target under which a file can be copied.

        It is "" if it would be longer than the system takes.
        """
        if folder != self._folder:
            self._enter(folder)
        if len(name) > self._room and not self._fits(folder, name):
            return ""
        key = name.lower() if name.isascii() else name_key(name)
        if key in self._names or (IS_WINDOWS and is_reserved(name)):
            name = self._numbered(folder, name)
            key = name_key(name)
        self._names.add(key)
        return self._prefix + name

    def _enter(self, folder: str) -> None:
        """Look at one folder; files come folder by folder."""
        self._folder, self._prefix = folder, f"{folder}/" if folder else ""
        self._names = self._names_in(folder) if self._fits(folder, "") else set()
        self._room = _SHORT - len(self._stem) - len(folder)

    def _numbered(self, folder: str, wanted: str) -> str:
        """The first free name with a number."""
        first_key = name_key(wanted)
        while True:
            number = self._next[folder, first_key]
            self._next[folder, first_key] = number + 1
            name = numbered(wanted, number)
            if name_key(name) not in self._names:
                return name

    def _fits(self, folder: str, name: str) -> bool:
        """Whether a path is short enough; a number needs some bytes more."""
        path = os.fsencode(f"{self._stem}/{folder}/{name}")
        return len(path) + _FOR_NUMBER < _longest_path()

    def _names_in(self, folder: str) -> set[str]:
        key = name_key(folder)
        if key not in self._taken:
            place = self._into / folder
            names = os.listdir(place) if place.is_dir() else []  # noqa: PTH208
            self._taken[key] = {name_key(name) for name in names}
        return self._taken[key]

    def _reserve(self, folder: str) -> None:
        """Reserve the names of a new folder and of those above it, up to the target."""
        place = self._into / folder
        while place != self._into and self._fits(folder, ""):
            if place.exists() and not place.is_dir():
                raise BadPictures(
                    where=place,
                    found="a file",
                    expected="a folder, since a source has one of that name",
                    advice="Move the file away, or merge into another folder.",
                )
            above = place.parent
            inside = "" if above == self._into else str(above.relative_to(self._into))
            self._names_in(inside).add(name_key(place.name))
            place = above


@cache
def _longest_path() -> int:
    """Bytes of the longest path, its end included."""
    return 32_000 if IS_WINDOWS else os.pathconf("/", "PC_PATH_MAX")


def numbered(name: str, number: int) -> str:
    """A name with ``_number`` before its ending, cut to what file systems allow."""
    stem, ending = split_name(name)
    ending = f"_{number}{ending}"
    while len(os.fsencode(stem + ending)) > MAX_NAME_BYTES:
        stem = stem[:-1]
    return stem + ending


def is_reserved(name: str, *, on_windows: bool = IS_WINDOWS) -> bool:
    """Whether Windows keeps a name for a device, whatever its ending.

    Examples
    --------
    >>> is_reserved("Aux.png", on_windows=True), is_reserved("aux_1.png")
    (True, False)
    """
    return on_windows and name.partition(".")[0].rstrip().lower() in _DEVICES
