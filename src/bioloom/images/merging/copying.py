"""Carry out the plan of a merge, without ever overwriting a file."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bioloom.errors import CannotWrite, RunIsBusy
from bioloom.images.errors import BadPictures
from bioloom.images.files.duplicates import reason_of_error
from bioloom.images.files.files import STAGING
from bioloom.images.merging.plan import Check, MergePlan, Planned, plan_merge
from bioloom.run.progress import OnStep, silent

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)


def merge(
    sources: Sequence[Path],
    into: Path,
    *,
    keep_folders: bool = False,
    check: Check = "full",
) -> MergePlan:
    """Merge folders of pictures into one; sources stay as they are.

    Returns
    -------
    The plan, in which files that changed meanwhile are unreadable.

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
    plan = plan_merge(sources, into, keep_folders=keep_folders, check=check)
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
    The plan, in which a file that has since changed or disappeared is unreadable:
    "changed", "vanished".

    Raises
    ------
    CannotWrite
        If the disk is full or the target may not be written to.
    RunIsBusy
        If another merge is running in the target.
    BadPictures
        If another program has written a file where one was planned.
    """
    # remove what a merge that was killed at its very end has left
    if not (plan.n_of("copy") or (plan.into / STAGING).exists()):
        return plan
    rows = []
    with _staging(plan.into) as partial:
        for number, row in enumerate(plan.rows):
            if number % 100 == 0:
                on_step("merging", number, len(plan.rows))
            rows.append(
                _copied(row, plan.into, partial) if row.action == "copy" else row
            )
    return MergePlan(plan.into, tuple(rows))


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
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunIsBusy(into) from None
        # a killed merge may have left it as a second name of a finished picture,
        # which writing into it would change
        (folder / "part").unlink(missing_ok=True)
        try:
            yield folder / "part"
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _copied(row: Planned, into: Path, partial: Path) -> Planned:
    """Copy one file; the row, with a reason where its source could not be read."""
    try:
        reading = open(row.source, "rb")  # noqa: PTH123, SIM115
    except OSError as problem:
        return row._replace(action="unreadable", reason=reason_of_error(problem))
    target = into / row.target
    try:
        with reading:
            info = os.fstat(reading.fileno())
            with partial.open("xb") as writing:
                shutil.copyfileobj(reading, writing, 1 << 20)
                n_bytes = writing.tell()
        if n_bytes != row.n_bytes:
            partial.unlink()
            return row._replace(action="unreadable", reason="changed")
        os.utime(partial, ns=(info.st_atime_ns, info.st_mtime_ns))
        target.parent.mkdir(parents=True, exist_ok=True)
        _name(partial, target)
    except OSError as problem:
        raise CannotWrite(target, reason=os.strerror(problem.errno or 0)) from None
    return row


def _name(partial: Path, target: Path) -> None:
    """Give a finished file its final name, which must be free."""
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
        partial.unlink()


def _appeared(target: Path) -> BadPictures:
    return BadPictures(
        where=target,
        found="a file that was not there when the merge was planned",
        expected="a free name",
        advice="Nothing was overwritten; run the same command again.",
    )
