"""Jobs on disk: what was asked, and what became of it, told by files alone.

A job is a folder. Its state is no word that someone would have to keep up to date: it
follows from which records there are and whether the folder's lock is held. So a job
survives the application, and a killed one is seen to be interrupted.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from bioloom.app.arguments import command_text
from bioloom.app.seal import is_sealed, sealed
from bioloom.app.steps import step_name
from bioloom.app.worker import (
    ASKED,
    ENDED,
    ERR,
    LOCK,
    OUT,
    PROGRESS,
    STARTED,
    STOPPED,
    now,
    write_record,
)
from bioloom.run.language import tr

State = Literal["waiting", "running", "done", "failed", "stopped", "interrupted"]
OVER: frozenset[State] = frozenset({"done", "failed", "stopped", "interrupted"})
TAIL_BYTES = 20_000
"""End of a command's output that is shown."""
_NAME = re.compile(r"\d{8}-\d{6}-\d{6}")
_INTERRUPTED = 130  # exit code of a command that was stopped


class Step(NamedTuple):
    """A step of a command, as far as it has come."""

    name: str
    done: int
    total: int
    at_s: float

    @property
    def label(self) -> str:
        """Its name in the language in force."""
        return step_name(self.name)

    @property
    def percent(self) -> int:
        """How much of the whole is done."""
        return round(100 * self.done / self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is now.

    Parameters
    ----------
    folder
        Its records.
    words, arguments
        The command and its arguments.
    values
        What its form held.
    place
        Folder in which it runs.
    language
        Of what it prints.
    asked, start, end
        Times, UTC; empty if not yet.
    state, code
        What became of it; the exit code of the command if it ended.
    is_own
        Whether this user's application has asked for it as it is: others are never
        run, and look interrupted.
    """

    folder: Path
    words: tuple[str, ...]
    arguments: tuple[str, ...]
    values: Mapping[str, str]
    place: Path
    language: str
    asked: str
    start: str
    end: str
    state: State
    code: int | None
    is_own: bool = True

    @property
    def name(self) -> str:
        """Unique among the jobs; by time."""
        return self.folder.name

    @property
    def is_over(self) -> bool:
        """Whether it will do no more."""
        return self.state in OVER

    @property
    def title(self) -> str:
        """Its command, e.g. ``mirna predict``."""
        return " ".join(self.words)

    @property
    def command(self) -> str:
        """The command line."""
        return command_text(self.words, self.arguments)

    @property
    def seconds(self) -> int:
        """How long it has run."""
        if not self.start:
            return 0
        end = self.end if self.is_over else now()
        if not end:
            return 0
        ends = [datetime.fromisoformat(text) for text in (self.start, end)]
        return round((ends[1] - ends[0]).total_seconds())

    @property
    def duration(self) -> str:
        """How long it has run, as people read it."""
        return duration_words(self.seconds)

    @property
    def asked_here(self) -> str:
        """When it was asked for, by the clock of this machine."""
        return f"{datetime.fromisoformat(self.asked).astimezone():%Y-%m-%d %H:%M}"

    @property
    def output(self) -> str:
        """The end of what it printed as its result."""
        return _tail(self.folder / OUT)

    @property
    def messages(self) -> str:
        """The end of what it printed besides."""
        return _tail(self.folder / ERR)

    def steps(self) -> list[Step]:
        """Its steps in order, each as far as it has come."""
        steps: dict[str, Step] = {}
        for line in _lines(self.folder / PROGRESS):
            with suppress(ValueError, TypeError):
                step = Step(*json.loads(line))
                steps[step.name] = step
        return list(steps.values())


class Jobs:
    """The jobs of a folder.

    Parameters
    ----------
    folder
        Holds one folder for each; made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._over: dict[str, Job] = {}  # they do not change any more
        folder.mkdir(parents=True, exist_ok=True)

    def add(
        self,
        words: Sequence[str],
        arguments: Sequence[str],
        values: Mapping[str, str],
        *,
        place: Path,
        language: str,
    ) -> Job:
        """Ask for a job; it waits."""
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
        (self.folder / name).mkdir()
        facts = {
            "words": list(words),
            "arguments": list(arguments),
            "values": dict(values),
            "place": str(place),
            "language": language,
            "asked": now(),
            "name": name,
        }
        write_record(self.folder / name / ASKED, **sealed(facts))
        return self.get(name)

    def get(self, name: str) -> Job:
        """A job by its name.

        Raises
        ------
        KeyError
            If there is none.
        """
        job = self._read(self.folder / name) if _NAME.fullmatch(name) else None
        if job is None:
            raise KeyError(name)
        return job

    def all(self) -> list[Job]:
        """Every job, the newest first."""
        paths = self.folder.iterdir() if self.folder.is_dir() else ()
        folders = [path for path in paths if _NAME.fullmatch(path.name)]
        found = [self._read(folder) for folder in sorted(folders, reverse=True)]
        return [job for job in found if job is not None]

    def stop(self, job: Job) -> None:
        """Stop a job, as Ctrl-C would; asked again, its processes are ended."""
        is_again = (job.folder / STOPPED).exists()
        write_record(job.folder / STOPPED, asked=now())
        if job.state != "running":
            return
        group = _record(job.folder / STARTED).get("group")
        if isinstance(group, int) and group > 1 and is_held(job.folder / LOCK):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGTERM if is_again else signal.SIGINT)

    def _read(self, folder: Path) -> Job | None:
        if job := self._over.get(folder.name):
            return job
        asked, started = _record(folder / ASKED), _record(folder / STARTED)
        is_own = is_sealed(asked) and asked["name"] == folder.name
        # in this order: the start is written once the lock is held, and the end before
        # it is let go, so that no job looks interrupted while it begins or ends
        is_running = is_held(folder / LOCK)
        ended = _record(folder / ENDED)
        state = _state(
            ended.get("code"),
            is_running=is_running,
            is_stopped=(folder / STOPPED).exists(),
            is_started=bool(started) or not is_own,
        )
        try:
            job = _job(folder, state, asked=asked, started=started, ended=ended)
        except (AttributeError, KeyError, TypeError, ValueError):
            return None  # no job, or one of another version
        job = replace(job, is_own=is_own)
        if job.is_over:
            self._over[job.name] = job
        return job


Record = dict[str, Any]


def _job(
    folder: Path, state: State, *, asked: Record, started: Record, ended: Record
) -> Job:
    """A job of its records.

    Raises
    ------
    AttributeError, KeyError, TypeError, ValueError
        If they are no job's.
    """
    start, end = str(started.get("start", "")), str(ended.get("end", ""))
    times = map(datetime.fromisoformat, filter(None, (asked["asked"], start, end)))
    if not asked["words"] or any(time.tzinfo is None for time in times):
        raise ValueError(folder)
    return Job(
        folder,
        _words(asked["words"]),
        _words(asked["arguments"]),
        {str(name): str(value) for name, value in asked["values"].items()},
        Path(asked["place"]),
        str(asked["language"]),
        asked["asked"],
        start,
        end,
        state,
        ended.get("code"),
    )


def _words(listed: object) -> tuple[str, ...]:
    if not isinstance(listed, list):
        raise TypeError(listed)
    return tuple(map(str, listed))


def _state(
    code: int | None, *, is_running: bool, is_stopped: bool, is_started: bool
) -> State:
    if code is not None:
        is_stop = code == _INTERRUPTED or (is_stopped and code != 0)
        return "done" if code == 0 else "stopped" if is_stop else "failed"
    if is_running:
        return "running"
    if is_stopped:
        return "stopped"
    return "interrupted" if is_started else "waiting"


def duration_words(seconds: int) -> str:
    """A time as people read it.

    Examples
    --------
    >>> duration_words(82), duration_words(905), duration_words(7500)
    ('82 s', '15 min 05 s', '2 h 05 min')
    """
    if seconds < 100:
        return tr("{n} s", n=seconds)
    minutes, rest = divmod(seconds, 60)
    if minutes < 100:
        return tr("{n} min {rest:02} s", n=minutes, rest=rest)
    return tr("{n} h {rest:02} min", n=minutes // 60, rest=minutes % 60)


def is_held(lock: Path) -> bool:
    """Whether any process holds a lock."""
    try:
        with lock.open() as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _record(path: Path) -> Record:
    """A record; empty if it is not there, or not one."""
    try:
        facts = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            n_bytes = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, n_bytes - TAIL_BYTES))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _lines(path: Path) -> Iterator[str]:
    with suppress(OSError), path.open(encoding="utf-8", errors="replace") as stream:
        yield from stream
