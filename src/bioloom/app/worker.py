"""One job: a command that is run to its end, whatever becomes of the application.

``python -m bioloom.app.worker FOLDER`` is started in a session of its own. It holds a
lock on the job's folder, which the command inherits: as long as either lives, the job
runs, and no number of a process has to be trusted. What is known is written aside and
renamed, so that a record is whole or absent.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from bioloom.run.output import write_text
from bioloom.run.progress import RECORD_VARIABLE

ASKED, STARTED, STOPPED, ENDED = "job.json", "started.json", "stop.json", "end.json"
"""Records of a job: what is to be run, and what became of it."""
LOCK, OUT, ERR, PROGRESS = "lock", "output.txt", "messages.txt", "progress.jsonl"
CANNOT_RUN = 127
"""Exit code of a command that could not be started."""


def command_of(words: list[str]) -> list[str]:
    """The process for a command line; no module is taken from where it runs."""
    return [sys.executable, "-P", "-m", "bioloom", *words]


def environment_of(language: str) -> dict[str, str]:
    """Environment of a command that speaks a language."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("LC_ALL", "LANGUAGE")}
    locale = {"zh": "zh_CN.UTF-8"}.get(language, "C.UTF-8")
    return inherited | {
        "LC_MESSAGES": locale,
        "LC_CTYPE": "C.UTF-8",
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",
    }


def now() -> str:
    """The time, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_record(path: Path, **facts: Any) -> None:
    """Write a record of a job, whole."""
    write_text(path, json.dumps(facts, ensure_ascii=False, indent=1) + "\n")


def run(folder: Path) -> int:
    """Run the job of a folder, unless it has been started before."""
    # a handler, not SIG_IGN: the command would inherit that and could not be stopped
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        if (folder / STARTED).exists() or (folder / STOPPED).exists():
            return 0
        write_record(folder / STARTED, group=os.getpgid(0), start=now())
        code = _followed(folder, lock)
        write_record(folder / ENDED, code=code, end=now())
    return 0


def _followed(folder: Path, lock: IO[str]) -> int:
    asked = json.loads((folder / ASKED).read_text("utf-8"))
    environment = environment_of(asked["language"])
    environment[RECORD_VARIABLE] = str(folder / PROGRESS)
    with (folder / OUT).open("wb") as out, (folder / ERR).open("wb") as err:
        try:
            process = subprocess.Popen(
                command_of([*asked["words"], *asked["arguments"]]),
                cwd=asked["place"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                pass_fds=[lock.fileno()],
            )
        except OSError as problem:
            err.write(f"bioloom: error: {problem}\n".encode())
            return CANNOT_RUN
        return process.wait()


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
