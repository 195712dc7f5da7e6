"""A Snakemake workflow of a room: started, followed, its failure put into words."""

import fcntl
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from bioloom.errors import (
    BioloomError,
    MissingFile,
    PackageMissing,
    RunIsBusy,
    StepFailed,
    ToolFailed,
)
from bioloom.run.external import tail
from bioloom.run.progress import RECORD_VARIABLE, OnStep
from bioloom.run.record import RunRecord

LOG = "log.txt"
ERROR_MARK = "bioloom: error: "

_DONE = re.compile(r"^(\d+) of (\d+) steps")
_RULE = re.compile(r"^(?:local)?rule (\w+):")
_FAILED_RULE = re.compile(r"^Error in rule (\w+):")
_FAILED_LOG = re.compile(r"^    log: (.+?) \(check log file")
_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Launch:
    """How a workflow is run; its result does not depend on it.

    Parameters
    ----------
    cores
        Processors to use, with a profile those of one job.
    profile
        "slurm", "kubernetes" or the folder of a Snakemake profile; empty runs here.
    force
        Whether to rerun a finished folder; steps that are up to date are skipped.
    """

    cores: int = 2
    profile: str = ""
    force: bool = False


@dataclass(frozen=True, slots=True)
class WorkflowCall:
    """A workflow to be run by Snakemake.

    Parameters
    ----------
    snakefile
        The workflow.
    config_path
        The run's configuration, absolute.
    out
        The run folder; the workflow works in ``working`` below it.
    launch
        How to run it.
    """

    snakefile: Path
    config_path: Path
    out: Path
    launch: Launch


def run_recorded(
    call: WorkflowCall,
    record: Callable[[], AbstractContextManager[RunRecord]],
    on_step: OnStep,
) -> None:
    """Run a workflow alone in its folder, with its record.

    Parameters
    ----------
    call
        The workflow.
    record
        Opens the run's record, see `bioloom.run.record.recorded_run`.
    on_step
        Called as steps finish.

    Raises
    ------
    RunIsBusy
        If another run works in the folder.
    StepFailed, ToolFailed
        If a step fails.
    """
    with alone(call.out) as lock, record():
        _follow(call, lock, on_step)


def snakemake_command(call: WorkflowCall, working: Path) -> list[str]:
    """The command that runs a workflow in a folder.

    Raises
    ------
    MissingFile, PackageMissing
        If a profile is not there.
    """
    launch = call.launch
    where = ["--cores", str(launch.cores)]
    if launch.profile:
        folder = _profile_folder(launch.profile)
        where = ["--profile", str(folder), "--max-threads", str(launch.cores)]
    return [
        sys.executable,
        "-m",
        "snakemake",
        f"--snakefile={call.snakefile}",
        f"--directory={working}",
        *where,
        "--config",
        f"run_config={call.config_path}",
        "--rerun-incomplete",
        "--nolock",
        "--nocolor",
        "--printshellcmds",
    ]


def _profile_folder(profile: str) -> Path:
    """Folder of a packaged profile or of the user's profile.

    Raises
    ------
    MissingFile
        If it holds no config.yaml.
    PackageMissing
        If a packaged profile's executor plugin is not installed.
    """
    packaged = Path(__file__).parent / "profiles" / profile
    if packaged.is_dir():
        plugin = f"snakemake_executor_plugin_{profile}"
        if find_spec(plugin) is None:
            raise PackageMissing(plugin, install=f"pip install {plugin}")
        return packaged
    folder = Path(profile).expanduser().resolve()
    if not (folder / "config.yaml").is_file():
        role = "the folder of a Snakemake profile, or slurm or kubernetes"
        raise MissingFile(folder / "config.yaml", role=role)
    return folder


@contextmanager
def alone(out: Path) -> Iterator[IO[str]]:
    """Make a run folder, and lock it while any process of this run lives.

    Snakemake's own lock survives a killed run and must be removed by hand; this one
    belongs to the open file, which the workflow inherits, and ends with it.
    """
    (out / "working").mkdir(parents=True, exist_ok=True)
    with (out / "working" / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunIsBusy(out) from None
        yield lock


def _follow(call: WorkflowCall, lock: IO[str], on_step: OnStep) -> None:
    """Run Snakemake; its output goes to the log, its progress to `on_step`."""
    out = call.out
    command = snakemake_command(call, out / "working")
    log = out / LOG
    with log.open("a", encoding="utf-8") as stream:
        begin = stream.tell()
        workflow = subprocess.Popen(
            command,
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=step_environment(),
            pass_fds=[lock.fileno()],
        )
        _wait(workflow, log, begin, on_step)
    if workflow.returncode != 0:
        with log.open(encoding="utf-8") as stream:
            stream.seek(begin)
            words = stream.read()
        raise failure_of(words, out, shlex.join(command), workflow.returncode)


def step_environment() -> dict[str, str]:
    """Environment of the rules: this bioloom first on PATH, one thread per library.

    What watches the run is told its steps alone, not those of the commands in it.
    """
    scripts = Path(sys.executable).parent
    path = f"{scripts}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    inherited = {k: v for k, v in os.environ.items() if k != RECORD_VARIABLE}
    return inherited | one_thread | {"PATH": path, "LC_ALL": "C.UTF-8"}


def _wait(
    workflow: "subprocess.Popen[bytes]", log: Path, begin: int, on_step: OnStep
) -> None:
    """Read the log as it grows; an interrupt stops the workflow first."""
    name, done, total = "starting", 0, 0
    try:
        with log.open(encoding="utf-8", errors="replace") as words:
            words.seek(begin)
            while workflow.poll() is None:
                for line in words:
                    if match := _RULE.match(line):
                        name = match[1].replace("_", " ")
                    elif match := _DONE.match(line):
                        done, total = int(match[1]), int(match[2])
                    on_step(name, done, total)
                time.sleep(_POLL_S)
    except KeyboardInterrupt:
        workflow.send_signal(signal.SIGINT)
        workflow.wait()
        raise


def failure_of(words: str, out: Path, command: str, exit_code: int) -> BioloomError:
    """The first failed rule's own message, or the end of its log."""
    rule = log = ""
    for line in words.splitlines():
        if match := _FAILED_RULE.match(line):
            rule = rule or match[1]
        elif match := _FAILED_LOG.match(line):
            log = log or match[1].split(", ")[0]  # a cluster's own log follows
    if not rule:
        return ToolFailed(
            "snakemake", command=command, exit_code=exit_code, log_tail=tail(words)
        )
    own_log = out / "working" / log
    own_words = own_log.read_text("utf-8", "replace") if own_log.is_file() else ""
    if ERROR_MARK in own_words:
        return StepFailed(rule, message=own_words.rpartition(ERROR_MARK)[2].strip())
    ran = _shell_command(words, rule)
    return ToolFailed(
        f"step {rule} ({own_log})",
        command=ran,
        exit_code=exit_code,
        log_tail=tail(own_words or words),
    )


def _shell_command(words: str, rule: str) -> str:
    """The command of a failed rule, as Snakemake's log shows it."""
    _, _, after = words.partition(f"Error in rule {rule}:")
    _, _, shell = after.partition("    shell:\n")
    return " ".join(shell.partition("\n        (")[0].split())
