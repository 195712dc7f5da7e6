"""The named folders that the application may read and write, and no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bioloom.app.errors import OutsideRoots

MOST_ENTRIES = 1000
"""Entries of a folder that are listed."""
MOST_SHOWN = 200
"""Characters of a path that is refused, in the message."""
JOBS = "bioloom_jobs"
"""Folder of the jobs' records in the first root."""


class Entry(NamedTuple):
    """A file or folder in a listing."""

    name: str
    path: Path
    is_folder: bool
    n_bytes: int
    modified_s: float


@dataclass(frozen=True, slots=True)
class Roots:
    """Folders by name; the first one is where commands run.

    Parameters
    ----------
    folders
        Absolute, symbolic links resolved.
    """

    folders: Mapping[str, Path]

    @property
    def first(self) -> Path:
        """Where commands run and relative paths start."""
        return next(iter(self.folders.values()))

    def inside(self, path: str | Path) -> Path:
        """The place that a path leads to, with its links resolved.

        Parameters
        ----------
        path
            Absolute, or relative to the first root.

        Raises
        ------
        OutsideRoots
            If that is in none of the roots, or no path at all.
        """
        try:
            place = (self.first / _at_home(path)).resolve()
            place.exists()  # raises for a name that is too long
        except (ValueError, OSError, RuntimeError):  # a null byte, links in a ring
            raise OutsideRoots(repr(str(path)[:MOST_SHOWN])) from None
        if not any(place.is_relative_to(folder) for folder in self.folders.values()):
            raise OutsideRoots(str(path))
        return place

    @property
    def jobs(self) -> Path:
        """Where the records of jobs are."""
        return self.first / JOBS

    def is_inside(self, path: str | Path) -> bool:
        """Whether a path leads into one of the roots."""
        try:
            self.inside(path)
        except OutsideRoots:
            return False
        return True

    def shown(self, path: Path) -> str:
        """A path as a form has it: from the first root if it is in it."""
        is_near = path.is_relative_to(self.first)
        return str(path.relative_to(self.first)) if is_near else str(path)

    def name_of(self, place: Path) -> str:
        """A resolved path by the name of its root, such as ``data/reads``."""
        for name, folder in self.folders.items():
            if place.is_relative_to(folder):
                return str(Path(name, place.relative_to(folder)))
        raise OutsideRoots(str(place))

    def parent_of(self, place: Path) -> Path | None:
        """The folder above, if that is in the roots too."""
        above = place.parent
        return above if above != place and self.is_inside(above) else None

    def entries(self, place: Path) -> list[Entry]:
        """Folders, then files of a folder; what leads out of the roots is left out.

        Hidden ones are left out too; a listing ends after `MOST_ENTRIES`.
        """
        found = sorted(
            self._entries(place), key=lambda one: (not one.is_folder, one.name.lower())
        )
        return found[:MOST_ENTRIES]

    def _entries(self, place: Path) -> Iterator[Entry]:
        try:
            paths = [path for path in place.iterdir() if not path.name.startswith(".")]
        except OSError:  # not ours to read
            return
        for path in paths:
            # a name that is no text can be written in no page and no form
            with suppress(OSError, OutsideRoots, UnicodeEncodeError):
                path.name.encode()
                self.inside(path)
                facts = path.stat()
                is_folder = path.is_dir()
                if is_folder or path.is_file():
                    size, changed = facts.st_size, facts.st_mtime
                    yield Entry(path.name, path, is_folder, size, changed)


def _at_home(path: str | Path) -> Path:
    """A path whose ``~/`` is meant as a shell means it."""
    place = Path(path)
    try:
        return place.expanduser() if "/" in str(path) else place
    except RuntimeError:  # no such user: a name like others
        return place
