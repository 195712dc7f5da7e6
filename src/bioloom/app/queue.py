"""The queue: one job at a time, the oldest first."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bioloom.app.errors import AppIsBusy
from bioloom.app.jobs import Job, Jobs
from bioloom.app.worker import CANNOT_RUN, ENDED, now, write_record

POLL_S = 0.3
_LOG = logging.getLogger(__name__)
_OWN_LOCK = ".lock"


class Queue:
    """Starts waiting jobs one after another.

    It keeps nothing of a job but the process that it has started and must reap.
    """

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self._worker: int | None = None
        self._folder = jobs.folder

    async def work(self) -> None:
        """Start jobs until cancelled; those that run then go on."""
        while True:
            try:
                self.advance()
            except Exception:  # noqa: BLE001 (of a moment, such as no memory)
                _LOG.exception("the queue could not start a job")
            await asyncio.sleep(POLL_S)

    def advance(self) -> None:
        """Start the oldest waiting job, if none runs."""
        if self._worker is not None and not self._is_reaped(self._worker):
            return
        self._worker = None
        job = self.next()
        if job is not None:
            self._worker, self._folder = started(job.folder), job.folder

    def _is_reaped(self, worker: int) -> bool:
        """Whether a worker has ended; a job that it could not even begin ends too."""
        process, status = os.waitpid(worker, os.WNOHANG)
        code = os.waitstatus_to_exitcode(status) if process else 0
        if code > 0:  # or it would wait for ever
            with suppress(OSError):
                write_record(self._folder / ENDED, code=CANNOT_RUN, end=now())
        return process != 0

    def next(self) -> Job | None:
        """The job to start now."""
        jobs = self.jobs.all()
        if any(job.state == "running" for job in jobs):
            return None
        return next((job for job in reversed(jobs) if job.state == "waiting"), None)


def started(folder: Path) -> int:
    """Start a job's worker in a session of its own, which outlives this process.

    Returns
    -------
    Number of the process, to be reaped.
    """
    words = [sys.executable, "-P", "-m", "bioloom.app.worker", str(folder)]
    nothing = [
        (os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)
    ]
    return os.posix_spawn(
        sys.executable, words, os.environ, file_actions=nothing, setsid=True
    )


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only application that works with a folder of jobs.

    Raises
    ------
    AppIsBusy
        If there is another.
    """
    with (folder / _OWN_LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AppIsBusy(folder) from None
        yield


async def cancelled(task: asyncio.Task[None]) -> None:
    """End a task and wait for it."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
