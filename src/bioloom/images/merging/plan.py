"""Plan of a merge: which files are copied, which are duplicates.

Making a plan changes nothing; `bioloom.images.merging.copying` then carries out exactly
this plan.

Notes
-----
Two files are equal if their sizes, their SHA-1 and then their bytes are: a SHA-1 alone
can be forged. A file with a unique size is never opened for its digest.
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
from bioloom.result import Result

if TYPE_CHECKING:
    import pandas as pd

    from bioloom.images.merging.review import NearDuplicates

Action = Literal["copy", "duplicate", "unreadable"]
Check = Literal["none", "header", "full"]
MAX_NAME_BYTES = 255
COLUMNS = ("action", "source", "target", "n_bytes", "sha1", "reason")


class Planned(NamedTuple):
    """What happens to one file.

    Parameters
    ----------
    action
        "copy", "duplicate" (of a file that exists or will be copied) or "unreadable".
    source
        The file.
    target
        Its place below the target folder, or that of its duplicate; "" if unreadable.
    n_bytes
        Its size.
    sha1
        Of its bytes; "" where its size is unique, so that it was not needed.
    reason
        Code of why it is unreadable.
    """

    action: Action
    source: str
    target: str
    n_bytes: int
    sha1: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class MergePlan(Result):
    """What a merge does, file by file in order.

    Parameters
    ----------
    into
        The target folder.
    rows
        One per picture found.
    """

    into: Path
    rows: tuple[Planned, ...]

    def n_of(self, action: Action) -> int:
        """Number of files with an action."""
        return sum(row.action == action for row in self.rows)

    def summary(self) -> str:
        """Found, copied, duplicate, unreadable, in one line."""
        return (
            f"{len(self.rows)} found, {self.n_of('copy')} copied, "
            f"{self.n_of('duplicate')} duplicate, "
            f"{self.n_of('unreadable')} unreadable; target {printable(str(self.into))}"
        )

    def near_duplicates(self) -> "NearDuplicates":
        """Groups of similar pictures in the target after the merge."""
        from bioloom.images.merging.review import near_duplicates

        return near_duplicates(self)

    def to_tsv(self) -> str:
        """The plan as a table; control characters in names are escaped."""
        lines = ["\t".join(COLUMNS)]
        lines += [
            "\t".join(
                (
                    row.action,
                    printable(row.source),
                    printable(row.target),
                    str(row.n_bytes),
                    row.sha1,
                    row.reason,
                )
            )
            for row in self.rows
        ]
        return "\n".join(lines) + "\n"

    def to_frame(self) -> "pd.DataFrame":
        """One row per file."""
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
        Folders to merge, in order; of equal files the first is copied.
    into
        The target; it need not exist. Its own pictures are not copied again.
    keep_folders
        Whether files keep their folders below the source; else all go into one folder.
    check
        How pictures are checked: "none", only the "header", or "full" decoding.

    Raises
    ------
    MissingFile
        If a source is not a folder.
    BadPictures
        If no source has a picture, or a new folder has the name of a file.

    Notes
    -----
    Time O(n log n) in the number of files; files that share their size are read once.
    "header" opens every file, "full" decodes every picture to be copied.
    """
    for source in sources:
        require_folder(source, role="a folder of pictures")
    existing = list(find_pictures(into)) if into.is_dir() else []
    without = [inode_of(into)] if into.is_dir() else []
    added = [
        file for source in sources for file in find_pictures(source, without=without)
    ]
    if not added and not existing:
        raise _nothing(sources)
    rules = _Rules(_Names(into, added if keep_folders else []), keep_folders, check)
    return MergePlan(into, tuple(_rows(existing, added, rules)))


class _Rules(NamedTuple):
    names: "_Names"
    keep_folders: bool
    check: Check


def _rows(
    existing: Sequence[FoundFile], added: Sequence[FoundFile], rules: _Rules
) -> Iterator[Planned]:
    """Rows of the added files."""
    equals = equal_files(existing, added)
    reason_of = _checker(rules.check)
    targets = {
        number: f"{file.folder}/{file.name}".lstrip("/")
        for number, file in enumerate(existing)
    }
    failed: dict[int, str] = {}
    for number, file in enumerate(added, start=len(existing)):
        first, digest = equals.first_of[number], equals.sha1[number]
        reason = equals.reasons[number] or failed.get(first, "")
        if not reason and first == number:
            reason = reason_of(file)
        if reason:
            failed[first] = reason
            yield Planned("unreadable", file.path, "", file.n_bytes, digest, reason)
        elif first != number:
            place = targets[first]
            yield Planned("duplicate", file.path, place, file.n_bytes, digest)
        else:
            folder = file.folder if rules.keep_folders else ""
            place = rules.names.free(folder, file.name)
            targets[number] = place
            yield Planned("copy", file.path, place, file.n_bytes, digest)


def _checker(check: Check) -> Callable[[FoundFile], str]:
    """Function that gives the reason why a file is not a valid picture; "" if it is."""
    if check == "full":
        from bioloom.images.files.reading import reason_of

        return lambda file: reason_of(file.path)
    if check == "header":
        from bioloom.images.files.signatures import reason_of_header

        return lambda file: reason_of_header(file.path)
    return lambda file: ""  # noqa: ARG005


class _Names:
    """Names that are taken in the target, and free ones for other files.

    A name that differs only in case or Unicode form counts as taken: some file systems
    cannot store both.
    """

    def __init__(self, into: Path, files: Iterable[FoundFile]) -> None:
        self._into = into
        self._taken: dict[str, set[str]] = {}
        self._next: dict[tuple[str, ...], int] = defaultdict(lambda: 1)
        for folder in dict.fromkeys(file.folder for file in files):
            self._reserve(folder)

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
            self._taken[folder] = {name_key(name) for name in names}
        return self._taken[folder]

    def _reserve(self, folder: str) -> None:
        """Reserve the names of a new folder and of those above it, up to the target."""
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
    """A name with ``_number`` before its ending, cut to what file systems allow."""
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
        advice="Check the folders; their subfolders are searched, too.",
    )
