"""The queue: one job at a time, the oldest first."""

from __future__ import annotations

import asyncio
import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bioloom.app.errors import AppIsBusy
from bioloom.app.jobs import Job, Jobs
from bioloom.app.worker import CANNOT_RUN, ENDED, now, write_record

POLL_S = 0.3
_OWN_LOCK = ".lock"


class Queue:
    """Starts waiting jobs one after another.

    It keeps nothing of a job but the process that it has started and must reap.
    """

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self._worker: subprocess.Popen[bytes] | None = None
        self._folder = jobs.folder

    async def work(self) -> None:
        """Start jobs until cancelled; those that run then go on."""
        while True:
            self.advance()
            await asyncio.sleep(POLL_S)

    def advance(self) -> None:
        """Start the oldest waiting job, if none runs."""
        if self._worker is not None and self._worker.poll() is None:
            return
        self._note_failure()
        job = self.next()
        if job is not None:
            self._worker, self._folder = started(job.folder), job.folder

    def _note_failure(self) -> None:
        """End a job whose worker could not even begin, or it would wait for ever."""
        worker, self._worker = self._worker, None
        if worker is not None and worker.returncode > 0:
            with suppress(OSError):
                write_record(self._folder / ENDED, code=CANNOT_RUN, end=now())

    def next(self) -> Job | None:
        """The job to start now."""
        jobs = self.jobs.all()
        if any(job.state == "running" for job in jobs):
            return None
        return next((job for job in reversed(jobs) if job.state == "waiting"), None)


def started(folder: Path) -> subprocess.Popen[bytes]:
    """Start a job's worker in a session of its own, which outlives this process."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "bioloom.app.worker", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
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
