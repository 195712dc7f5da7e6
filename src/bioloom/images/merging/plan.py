"""Plan of a merge: which files are copied, which are duplicates.

Making a plan changes nothing; `bioloom.images.merging.copying` then carries out exactly
this plan.

Notes
-----
Two files are equal if their sizes, their SHA-1 and then their bytes are: a SHA-1 alone
can be forged. A file with a unique size is never opened for its digest.
"""

import gc
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from bioloom.images.errors import BadPictures
from bioloom.images.files.duplicates import Equals, equal_files
from bioloom.images.files.files import (
    EXTENSIONS,
    FoundFile,
    find_pictures,
    inode_of,
    printable,
    require_folder,
)
from bioloom.images.files.signatures import kind_of_file
from bioloom.images.merging.names import FreeNames
from bioloom.result import Result
from bioloom.run.words import counted

if TYPE_CHECKING:
    import pandas as pd

    from bioloom.images.merging.review import NearDuplicates

Action = Literal["copy", "duplicate", "unreadable"]
Check = Literal["none", "header", "full"]
NEEDS = frozenset(("needs_pi_heif", "needs_pillow_jxl", "needs_avif", "needs_jp2"))
"""Reasons of formats whose package is missing, keys of `formats.MEANINGS`."""
OF_THE_FILE = frozenset(("permission", "read_error", "vanished", "changed"))
"""Reasons that say nothing of another file with the same bytes."""
_MOST_ENDINGS = 5  # endings of files passed over that the summary names
COLUMNS = ("action", "source", "target", "n_bytes", "sha1", "reason")
NEAR_COLUMNS = ("group", "path", "distance")


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
        Of its bytes where another file has the same, if pictures were checked.
    reason
        Code of why it is unreadable; "other_label" of a copy whose bytes are in another
        class as well.
    also
        Where those are, below the target folder.
    """

    action: Action
    source: str
    target: str
    n_bytes: int
    sha1: str = ""
    reason: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class MergePlan(Result):
    """What a merge does, file by file in order.

    Parameters
    ----------
    into
        The target folder.
    rows
        One per picture found.
    passed_over
        Files of the sources that are no pictures by their names.
    made_ns
        When the files were looked at, nanoseconds since 1970.
    serials
        Inode numbers of the files that have duplicates, and of these, by path.
    """

    into: Path
    rows: tuple[Planned, ...]
    passed_over: tuple[str, ...] = ()
    made_ns: int = 0
    serials: Mapping[str, int] = field(default_factory=dict, compare=False)

    def n_of(self, action: Action) -> int:
        """Number of files with an action."""
        return sum(row.action == action for row in self.rows)

    @property
    def contrary(self) -> tuple[Planned, ...]:
        """Copies whose bytes are in another class as well."""
        return tuple(row for row in self.rows if row.also)

    def summary(self) -> str:
        """Found, copied, duplicate, unreadable, in one line."""
        counts = Counter(row.action for row in self.rows)
        return (
            f"{len(self.rows)} found, {counts['copy']} copied, "
            f"{counts['duplicate']} duplicate, {counts['unreadable']} unreadable; "
            f"target {printable(str(self.into))}"
        )

    def notes(self) -> list[str]:
        """What else to look at: unreadable files, contrary labels, files passed over.

        A file passed over has not the name of a picture; one that begins like a picture
        all the same is named.
        """
        lines = [
            f"unreadable: {printable(row.source)} ({row.reason})"
            for row in self.rows
            if row.action == "unreadable"
        ]
        codes = sorted({row.reason for row in self.rows if row.reason in NEEDS})
        if codes:
            from bioloom.images.files.formats import MEANINGS

            lines += [f"{code}: {MEANINGS[code]}" for code in codes]
        lines += [
            f"contrary labels: {printable(row.target)} and {printable(row.also)} are "
            "the same picture"
            for row in self.contrary
        ]
        return lines + _passed_over_notes(self.passed_over)

    def require_readable(self) -> None:
        """Raise `BadPictures` if a file could not be read."""
        unreadable = [row for row in self.rows if row.action == "unreadable"]
        if unreadable:
            raise BadPictures(
                where=printable(unreadable[0].source),
                found=f"a file that cannot be read ({unreadable[0].reason}), the first "
                f"of {len(unreadable)}",
                expected="none with --strict",
                advice="All others were merged. Replace these files, or leave out "
                "--strict.",
            )

    def near_duplicates(self) -> "NearDuplicates":
        """Groups of similar pictures in the target after the merge."""
        from bioloom.images.merging.review import near_duplicates

        return near_duplicates(self)

    def to_tsv(self) -> str:
        """The plan as a table; control characters in names are escaped."""
        lines = ["\t".join(COLUMNS)]
        for action, source, target, n_bytes, sha1, reason, _ in self.rows:
            names = f"{source}\t{target}"
            if not (names.isascii() and f"{source}{target}".isprintable()):
                names = f"{printable(source)}\t{printable(target)}"
            lines.append(f"{action}\t{names}\t{n_bytes}\t{sha1}\t{reason}")
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
    by_class: bool = False,
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
    by_class
        Whether each source consists of class folders, which are joined by name. Equal
        files of two classes are both copied, and that is said.
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
    made_ns = time.time_ns()
    is_there = into.is_dir()
    without = [inode_of(into)] if is_there else []
    others: list[str] = []
    with collector_paused():
        existing = list(find_pictures(into)) if is_there else []
        added = [
            file
            for source in sources
            for file in find_pictures(source, without=without, others=others)
        ]
        if not added and not existing:
            raise _nothing(sources, others)
        layout = _Layout(keep_folders, by_class)
        folders = dict.fromkeys(file.folder for file in added)
        names = FreeNames(into, dict.fromkeys(map(layout.folder_of, folders)))
        equals = equal_files(existing, added, with_sha1=check != "none")
        rules = _Rules(names, layout, any(layout), _checker(check))
        rows = tuple(_rows(existing, added, equals, rules))
        files = [*existing, *added]
        serials = {files[one].path: files[one].serial for one in equals.shared}
    return MergePlan(into, rows, tuple(others), made_ns, serials)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Make many objects without the garbage collector's looking at them each time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Layout(NamedTuple):
    """Where files go below the target."""

    keep_folders: bool
    by_class: bool

    def class_of(self, place: str) -> str:
        """Class of a folder; "" without one, or where classes do not matter."""
        return place.partition("/")[0] if self.by_class else ""

    def folder_of(self, folder: str) -> str:
        """Folder below the target of the files of one below a source."""
        return folder if self.keep_folders else self.class_of(folder)


class _Rules(NamedTuple):
    names: FreeNames
    layout: _Layout
    has_folders: bool
    reason_of: Callable[[FoundFile], str] | None


class _Placed:
    """Where contents are in the target, in each class; which are no pictures."""

    def __init__(self) -> None:
        self._places: dict[int, dict[str, str]] = {}
        self._failed: dict[int, str] = {}

    def add(self, content: int, label: str, place: str) -> None:
        """Remember the first place of a content in a class."""
        self._places.setdefault(content, {}).setdefault(label, place)

    def reason_of(
        self,
        content: int,
        file: FoundFile,
        check: Callable[[FoundFile], str] | None,
    ) -> str:
        """Why a file cannot be read, which is looked at once for each content."""
        if check is None or content in self._places:
            return ""
        if content in self._failed:
            return self._failed[content]
        reason = check(file)
        if reason and reason not in OF_THE_FILE:
            self._failed[content] = reason
        return reason

    def same(self, content: int, label: str) -> str:
        """Place of a content in a class, in any for a file without one; or ""."""
        places = self._places.get(content, {})
        return places.get(label) or ("" if label else next(iter(places.values()), ""))

    def other(self, content: int, label: str) -> str:
        """Place of a content in another class than a label; "" without one."""
        places = self._places.get(content, {}) if label else {}
        return next((places[one] for one in places if one and one != label), "")


def _rows(
    existing: Sequence[FoundFile],
    added: Sequence[FoundFile],
    equals: Equals,
    rules: _Rules,
) -> Iterator[Planned]:
    """Rows of the added files."""
    placed, shared = _Placed(), equals.shared
    for first, file in zip(equals.first_of, existing, strict=False):
        if first in shared:
            place = f"{file.folder}/{file.name}".lstrip("/")
            placed.add(first, rules.layout.class_of(file.folder), place)
    for number, file in enumerate(added, start=len(existing)):
        reason = equals.reasons[number]
        if number not in shared:
            if not reason and rules.reason_of:
                reason = rules.reason_of(file)
            yield _row(file, reason, rules)
            continue
        content = _Content(equals.first_of[number], equals.sha1[number], placed)
        yield _row_of_shared(file, reason, content, rules)


def _row(file: FoundFile, reason: str, rules: _Rules) -> Planned:
    """Row of a file whose bytes no other has: a copy, or unreadable."""
    path, folder, n_bytes = file[:3]
    if not reason:
        place = rules.layout.folder_of(folder) if rules.has_folders else ""
        if target := rules.names.free(place, path[path.rfind(os.sep) + 1 :]):
            # half the time of a call with defaults
            return tuple.__new__(Planned, ("copy", path, target, n_bytes, "", "", ""))
        reason = "path_too_long"
    return Planned("unreadable", path, "", n_bytes, "", reason)


class _Content(NamedTuple):
    """What several files contain: its number, its SHA-1, and where it is so far."""

    number: int
    sha1: str
    placed: _Placed


def _row_of_shared(
    file: FoundFile, reason: str, content: _Content, rules: _Rules
) -> Planned:
    """Row of a file whose bytes others have as well."""
    number, sha1, placed = content
    label = rules.layout.class_of(file.folder)
    if not reason:
        place = placed.same(number, label)
        if place:
            return Planned("duplicate", file.path, place, file.n_bytes, sha1)
        reason = placed.reason_of(number, file, rules.reason_of)
    row = _row(file, reason, rules)._replace(sha1=sha1)
    if row.action == "copy":
        if also := placed.other(number, label):
            row = row._replace(reason="other_label", also=also)
        placed.add(number, label, row.target)
    return row


def _checker(check: Check) -> Callable[[FoundFile], str] | None:
    """Function that gives the reason why a file is not a valid picture; "" if it is."""
    if check == "full":
        from bioloom.images.files.reading import reason_of

        return lambda file: reason_of(file.path)
    if check == "header":
        from bioloom.images.files.signatures import reason_of_header

        return lambda file: reason_of_header(file.path)
    return None


def _passed_over_notes(paths: Sequence[str]) -> list[str]:
    lines = [
        f"passed over, but begins like a picture ({kind}): {printable(path)}"
        for path in paths
        if (kind := kind_of_file(path))
    ]
    if paths:
        kinds = Counter(map(_ending_of, paths)).most_common(_MOST_ENDINGS)
        listed = ", ".join(f"{n:,} {ending}" for ending, n in kinds)
        found = counted(len(paths), "file")
        lines.append(f"passed over: {found} not named as pictures ({listed})")
    return lines


def _ending_of(path: str) -> str:
    """Ending of a file's name; "without ending" if it has none."""
    name = path[path.rfind(os.sep) + 1 :]
    dot = name.rfind(".")
    return printable(name[dot:].lower()) if dot > 0 else "without ending"


def _nothing(sources: Sequence[Path], others: Sequence[str]) -> BadPictures:
    found = "no picture"
    if others:
        found += f" among {counted(len(others), 'file')}"
    return BadPictures(
        where=", ".join(map(str, sources)),
        found=found,
        expected=f"files that end in {', '.join(sorted(EXTENSIONS))}",
        advice="Check the folders; their subfolders are searched, too.",
    )
