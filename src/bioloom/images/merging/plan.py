"""Several folders of pictures become one: what is copied, what is there already.

The plan is made first and changes nothing; `bioloom.images.merging.copying` carries
out the very plan that was printed.

Notes
-----
Two files are equal if their sizes, their SHA-1 and then their bytes are: a SHA-1 alone
can be forged. A file whose size no other has is never opened for its digest.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from bioloom.images.errors import BadPictures
from bioloom.images.files.duplicates import equal_files
from bioloom.images.files.files import (
    FoundFile,
    find_pictures,
    inode_of,
    name_key,
    printable,
    require_folder,
    split_name,
)

if TYPE_CHECKING:
    import pandas as pd

Action = Literal["copy", "duplicate", "unreadable"]
Check = Literal["none", "header", "full"]
MAX_NAME_BYTES = 255
COLUMNS = ("action", "source", "target", "n_bytes", "sha1", "reason")


class Planned(NamedTuple):
    """What happens to one file.

    Parameters
    ----------
    action
        "copy", "duplicate" (an equal file is there or will be) or "unreadable".
    source
        The file.
    target
        Where it goes, or the equal file, below the target folder; "" if unreadable.
    n_bytes
        Its size.
    sha1
        Of its bytes, "" where no other file has its size: it was not needed.
    reason
        Code of why it is unreadable.
    """

    action: Action
    source: str
    target: str
    n_bytes: int
    sha1: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge does, file by file in the order in which it is done.

    Parameters
    ----------
    into
        The target folder.
    rows
        One for every picture found.
    """

    into: Path
    rows: tuple[Planned, ...]

    def n_of(self, action: Action) -> int:
        """How many files meet with an action."""
        return sum(row.action == action for row in self.rows)

    def summary(self) -> str:
        """Found, copied, duplicate, unreadable, in one line."""
        return (
            f"{len(self.rows)} found, {self.n_of('copy')} copied, "
            f"{self.n_of('duplicate')} duplicate, "
            f"{self.n_of('unreadable')} unreadable; target {printable(str(self.into))}"
        )

    def to_tsv(self) -> str:
        """The plan as a table; odd characters of names are escaped."""
        lines = ["\t".join(COLUMNS)]
        lines += [
            "\t".join(
                (
                    *(row.action, printable(row.source), printable(row.target)),
                    *(str(row.n_bytes), row.sha1, row.reason),
                )
            )
            for row in self.rows
        ]
        return "\n".join(lines) + "\n"

    def to_frame(self) -> "pd.DataFrame":
        """One row a file, columns as in the table."""
        import pandas as pd

        rows = [[getattr(row, name) for name in COLUMNS] for row in self.rows]
        return pd.DataFrame(rows, columns=list(COLUMNS))


def plan_merge(
    sources: Sequence[Path],
    into: Path,
    *,
    keep_folders: bool = False,
    check: Check = "full",
) -> MergePlan:
    """Plan a merge; nothing is changed.

    Parameters
    ----------
    sources
        Folders to merge, in order: of equal files the first is copied.
    into
        The target; it need not exist. Its own pictures are not copied again.
    keep_folders
        Whether a file keeps its folder below its source; else all go side by side.
    check
        What makes a picture unreadable besides a file that cannot be read: "none", a
        wrong "header", or that it does not decode in "full".

    Raises
    ------
    MissingFile
        If a source is no folder.
    BadPictures
        If no source has a picture, or a folder to be made is a file in the target.

    Notes
    -----
    Time O(n log n) in the number of files, and one reading of those whose size another
    file has; "header" opens every file, "full" decodes every picture to be copied.
    """
    for source in sources:
        require_folder(source, role="a folder of pictures")
    held = list(find_pictures(into)) if into.is_dir() else []
    left_out = [inode_of(into)] if into.is_dir() else []
    found = [
        one for source in sources for one in find_pictures(source, without=left_out)
    ]
    if not found and not held:
        raise _nothing(sources)
    equals = equal_files(held, found)
    names = _Names(into, found if keep_folders else [])
    return MergePlan(
        into, tuple(_rows(held, found, equals, (names, keep_folders, check)))
    )


def _rows(
    held: Sequence[FoundFile],
    found: Sequence[FoundFile],
    equals: "tuple[list[int], list[str], list[str]]",
    rules: "tuple[_Names, bool, Check]",
) -> Iterator[Planned]:
    """Rows of the files found; numbers in `equals` count held files first."""
    first_of, sha1, reasons = equals
    names, keep_folders, check = rules
    is_sound = _checker(check)
    targets = {
        number: f"{one.folder}/{one.name}".lstrip("/")
        for number, one in enumerate(held)
    }
    failed: dict[int, str] = {}
    for number, one in enumerate(found, start=len(held)):
        first, digest = first_of[number], sha1[number]
        reason = reasons[number] or failed.get(first, "")
        if not reason and first == number:
            reason = is_sound(one)
        if reason:
            failed[first] = reason
            yield Planned("unreadable", one.path, "", one.n_bytes, digest, reason)
        elif first != number:
            place = targets[first]
            yield Planned("duplicate", one.path, place, one.n_bytes, digest)
        else:
            place = names.free(one.folder if keep_folders else "", one.name)
            targets[number] = place
            yield Planned("copy", one.path, place, one.n_bytes, digest)


def _checker(check: Check) -> Callable[[FoundFile], str]:
    """What tells the reason why a file is no sound picture, "" if it is one."""
    if check == "full":
        from bioloom.images.files.reading import reason_of

        return lambda one: reason_of(one.path)
    if check == "header":
        from bioloom.images.files.signatures import reason_of_header

        return lambda one: reason_of_header(one.path)
    return lambda one: ""  # noqa: ARG005


class _Names:
    """Names that are taken in the target, and free ones for the rest.

    A name that differs only in case or Unicode form counts as taken: some file systems
    hold one of the two alone.
    """

    def __init__(self, into: Path, found: Iterable[FoundFile]) -> None:
        self._into = into
        self._taken: dict[str, set[str]] = {}
        self._next: dict[tuple[str, str], int] = defaultdict(lambda: 1)
        for folder in dict.fromkeys(one.folder for one in found):
            self._keep_folder(folder)

    def free(self, folder: str, name: str) -> str:
        """Path below the target under which a file can be copied."""
        taken = self._names_in(folder)
        wanted, key = name, name_key(name)
        first_key = key
        while key in taken:
            number = self._next[folder, first_key]
            self._next[folder, first_key] = number + 1
            name = _numbered(wanted, number)
            key = name_key(name)
        taken.add(key)
        return f"{folder}/{name}" if folder else name

    def _names_in(self, folder: str) -> set[str]:
        if folder not in self._taken:
            place = self._into / folder
            names = os.listdir(place) if place.is_dir() else []  # noqa: PTH208
            self._taken[folder] = {name_key(one) for one in names}
        return self._taken[folder]

    def _keep_folder(self, folder: str) -> None:
        """Take the names of a folder that is to be made, up to the target."""
        place = self._into / folder
        while place != self._into:
            if place.exists() and not place.is_dir():
                raise BadPictures(
                    where=place,
                    found="a file",
                    expected="a folder, since a source has one of that name",
                    advice="Move the file away, or leave out --keep-folders.",
                )
            above = place.parent
            inside = "" if above == self._into else str(above.relative_to(self._into))
            self._names_in(inside).add(name_key(place.name))
            place = above


def _numbered(name: str, number: int) -> str:
    """A name with ``_number`` before its ending, cut to what file systems take."""
    stem, ending = split_name(name)
    ending = f"_{number}{ending}"
    while len(os.fsencode(stem + ending)) > MAX_NAME_BYTES:
        stem = stem[:-1]
    return stem + ending


def _nothing(sources: Sequence[Path]) -> BadPictures:
    return BadPictures(
        where=", ".join(map(str, sources)),
        found="no picture",
        expected="files that end in .jpg, .jpeg, .png, .bmp, .gif, .webp, .tif or "
        ".tiff",
        advice="Check the folders; they are searched to their depth.",
    )
