"""Carry out the plan of a merge, without ever overwriting or losing a file.

A plan is of the past: a file may change, move or disappear before it is copied. So
every duplicate is compared once more with what is in the target, unless nothing has
touched either since the plan was made; where they differ, it is copied as well.
"""

import errno
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from bioloom.errors import CannotWrite, RunIsBusy
from bioloom.images.errors import BadPictures
from bioloom.images.files.duplicates import same_bytes
from bioloom.images.files.files import STAGING
from bioloom.images.files.opening import (
    IS_WINDOWS,
    open_binary,
    reason_of_error,
    system_path,
)
from bioloom.images.merging.locking import is_locked
from bioloom.images.merging.names import numbered
from bioloom.images.merging.plan import Check, MergePlan, Planned, plan_merge
from bioloom.run.progress import OnStep, silent

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)
_CLOCK_NS = 2_000_000_000
"""How far file times may be behind the clock: FAT counts two seconds."""


def merge(
    sources: Sequence[Path],
    into: Path,
    *,
    keep_folders: bool = False,
    by_class: bool = False,
    check: Check = "full",
) -> MergePlan:
    """Merge folders of pictures into one; sources stay as they are.

    Parameters are those of `plan_merge`.

    Returns
    -------
    The plan as it was carried out (`carry_out`).

    Raises
    ------
    MissingFile, BadPictures, CannotWrite, RunIsBusy
        As for `plan_merge`; or the target cannot be written to, or another merge is
        running in it.

    Notes
    -----
    An interrupted run leaves no truncated file under a picture's name; running it again
    gives the same result.
    """
    plan = plan_merge(
        sources, into, keep_folders=keep_folders, by_class=by_class, check=check
    )
    return carry_out(plan)


def carry_out(plan: MergePlan, *, on_step: OnStep = silent) -> MergePlan:
    """Copy what a plan says.

    Parameters
    ----------
    plan
        As `plan_merge` made it.
    on_step
        Called as files are done.

    Returns
    -------
    The plan, in which a file that has since changed or disappeared is unreadable
    ("changed", "vanished"), and a duplicate is copied if its twin is not there.

    Raises
    ------
    CannotWrite
        If the disk is full or the target may not be written to.
    RunIsBusy
        If another merge is running in the target.
    BadPictures
        If another program has written a file where one was planned.
    """
    rows = []
    with ExitStack() as stack:
        copies = _Copies(plan, stack)
        for number, row in enumerate(plan.rows):
            if number % 100 == 0:
                on_step("merging", number, len(plan.rows))
            rows.append(copies.done(row))
    return replace(plan, rows=tuple(rows))


@contextmanager
def _staging(into: Path) -> Iterator[Path]:
    """A temporary file inside the target, for a single process."""
    folder = into / STAGING
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as problem:
        raise CannotWrite(into, reason=str(problem.strerror)) from None
    with lock:
        if is_locked(lock):
            raise RunIsBusy(into)
        # a killed merge may have left it as a second name of a finished picture,
        # which writing into it would change
        _remove(folder / "part")
        try:
            yield folder / "part"
        finally:
            _remove(folder / "part")
            if not IS_WINDOWS:
                shutil.rmtree(folder, ignore_errors=True)
    if IS_WINDOWS:  # an open file cannot be removed there
        shutil.rmtree(folder, ignore_errors=True)


def _remove(path: Path) -> None:
    """Remove a file, a read-only one of Windows as well."""
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        path.chmod(stat.S_IWRITE)
        path.unlink()


class _Copies:
    """Rows of a plan carried out one after the other.

    Parameters
    ----------
    plan
        The plan.
    stack
        Ends the use of the staging folder, which begins with the first copy.
    """

    def __init__(self, plan: MergePlan, stack: ExitStack) -> None:
        self._plan, self._into, self._stack = plan, plan.into, stack
        self._before_ns = plan.made_ns - _CLOCK_NS
        self._planned = {row.target for row in plan.rows if row.action == "copy"}
        self._lost: set[str] = set()  # places whose files were not copied
        self._as_planned: set[str] = set()  # places whose files had not changed
        if (plan.into / STAGING).exists():  # a merge was killed at its very end
            _ = self._partial

    @cached_property
    def _partial(self) -> Path:
        return self._stack.enter_context(_staging(self._into))

    def done(self, row: Planned) -> Planned:
        """A row carried out."""
        if row.action == "copy":
            copied = self._copied(row, row.n_bytes)
            if copied.action != "copy":
                self._lost.add(row.target)
            return copied
        if row.action == "duplicate":
            return self._duplicate(row)
        return row

    def _duplicate(self, row: Planned) -> Planned:
        """A duplicate whose bytes are in the target, or else its copy."""
        if row.target in self._lost:  # its twin was not copied: it takes its place
            copied = self._copied(row._replace(action="copy"), None)
            if copied.action == "copy":
                self._lost.discard(row.target)
            return copied
        twin = os.fspath(self._into / row.target)
        if self._is_untouched(row.source) and (
            row.target in self._as_planned
            or (row.target not in self._planned and self._is_untouched(twin))
        ):
            return row
        with suppress(OSError):  # one of them has vanished: copying tells which
            if same_bytes(row.source, twin):
                return row
        target = self._free(row.target)
        return self._copied(row._replace(action="copy", target=target), None)

    def _is_untouched(self, path: str) -> bool:
        """Whether a path is the same file as for the plan, and has not changed since.

        A change of the bytes changes `st_ctime`, which no program can set; another file
        under the path, by a rename or a link, has another inode.
        """
        try:
            info = os.stat(path)  # noqa: PTH116
        except OSError:
            return False
        return self._is_old(info) and self._is_same(path, info)

    def _is_old(self, info: os.stat_result) -> bool:
        return max(info.st_ctime_ns, info.st_mtime_ns) < self._before_ns

    def _is_same(self, path: str, info: os.stat_result) -> bool:
        return self._plan.serials.get(path) == info.st_ino > 0

    def _free(self, target: str) -> str:
        """A place in the target that is neither taken nor planned."""
        place, number = target, 0
        while place in self._planned or os.path.lexists(self._into / place):
            number += 1
            folder, _, name = target.rpartition("/")
            place = f"{folder}/{numbered(name, number)}".lstrip("/")
        self._planned.add(place)
        return place

    def _copied(self, row: Planned, n_bytes: int | None) -> Planned:
        """Copy a file; the row, with a reason where its source could not be read.

        Its size is that of the plan, or anything.
        """
        try:
            reading = open_binary(row.source)
        except OSError as problem:
            return _unreadable(row, reason_of_error(problem))
        target = self._into / row.target
        try:
            with reading:
                info = os.fstat(reading.fileno())
                if not stat.S_ISREG(info.st_mode):
                    return _unreadable(row, "not_a_file")
                with self._partial.open("xb") as writing:
                    shutil.copyfileobj(reading, writing, 1 << 20)
                    n_copied = writing.tell()
                after = os.fstat(reading.fileno())
            is_whole = n_copied == (info.st_size if n_bytes is None else n_bytes)
            if not is_whole or after.st_mtime_ns != info.st_mtime_ns:
                self._partial.unlink()
                return _unreadable(row, "changed")
            _keep_stat(self._partial, info)
            target.parent.mkdir(parents=True, exist_ok=True)
            _name(self._partial, target)
            if self._is_old(after) and self._is_same(row.source, after):
                self._as_planned.add(row.target)
        except OSError as problem:
            raise CannotWrite(target, reason=os.strerror(problem.errno or 0)) from None
        return row._replace(n_bytes=n_copied)


def _unreadable(row: Planned, reason: str) -> Planned:
    return row._replace(action="unreadable", target="", reason=reason, also="")


def _keep_stat(path: Path, info: os.stat_result) -> None:
    """Give a copy the times and permissions of its original."""
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))
    with suppress(OSError):  # some file systems have none
        path.chmod(stat.S_IMODE(info.st_mode))


def _name(partial: Path, target: Path) -> None:
    """Give a finished file its final name, which must be free."""
    if IS_WINDOWS:
        target = Path(system_path(str(target)))
    try:
        target.hardlink_to(partial)
    except FileExistsError:
        raise _appeared(target) from None
    except OSError as problem:
        if problem.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):
            raise _appeared(target) from None
        partial.rename(target)
    else:
        _remove(partial)


def _appeared(target: Path) -> BadPictures:
    return BadPictures(
        where=target,
        found="a file that was not there when the merge was planned",
        expected="a free name",
        advice="Nothing was overwritten; run the same command again.",
    )
