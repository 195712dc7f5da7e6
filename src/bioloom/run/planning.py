"""What a workflow would do, without doing any of it."""

import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os.path import normpath
from pathlib import Path
from tempfile import TemporaryDirectory

from bioloom.run.workflow import (
    WorkflowCall,
    alone,
    failure_of,
    snakemake_command,
    step_environment,
)

_RULE = re.compile(r"^(?:local)?rule (\w+):$", re.MULTILINE)
_FIELD = re.compile(r"^    (\w+): (.*)$", re.MULTILINE)
_TARGET = "all"


@dataclass(frozen=True, slots=True)
class PlannedJob:
    """A job that is left to do.

    Parameters
    ----------
    rule
        Name of the workflow's rule.
    wildcards
        What the job is for, such as its sample.
    outputs
        Files that it will write, absolute.
    reason
        Why it is to be done, in Snakemake's words.
    """

    rule: str
    wildcards: Mapping[str, str]
    outputs: tuple[Path, ...]
    reason: str

    @property
    def sample(self) -> str:
        """The sample that it is for; empty if it is for all."""
        return self.wildcards.get("sample", "")


def planned_jobs(call: WorkflowCall) -> tuple[PlannedJob, ...]:
    """List the jobs that a run would do; no file is written where it would work.

    Parameters
    ----------
    call
        The workflow.

    Returns
    -------
    The jobs in Snakemake's order, which is not that of their execution.

    Raises
    ------
    RunIsBusy
        If a run is at work there.
    ToolFailed
        If Snakemake fails.
    """
    with _place(call) as working:
        command = [*snakemake_command(call, working), "--dry-run"]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env=step_environment(),
        )
    told = done.stdout + done.stderr
    if done.returncode != 0:
        raise failure_of(told, call.out, shlex.join(command), done.returncode)
    return tuple(_jobs(told, call.out / "working"))


@contextmanager
def _place(call: WorkflowCall) -> Iterator[Path]:
    """Folder to plan in: that of the run if there is one, else one that is removed."""
    working = call.out / "working"
    if working.is_dir():
        with alone(call.out):
            yield working
        return
    with TemporaryDirectory(prefix="bioloom.") as aside:
        (Path(aside) / "run/working").mkdir(parents=True)
        yield Path(aside) / "run/working"


def _jobs(told: str, working: Path) -> Iterator[PlannedJob]:
    """Jobs in the words of Snakemake."""
    parts = _RULE.split(told)
    for rule, words in zip(parts[1::2], parts[2::2], strict=True):
        if rule == _TARGET:
            continue
        fields = dict(_FIELD.findall(words.partition("\n\n")[0]))
        outputs = [name for name in fields.get("output", "").split(", ") if name]
        pairs = [part.split("=", 1) for part in fields.get("wildcards", "").split(", ")]
        yield PlannedJob(
            rule,
            {pair[0]: pair[1] for pair in pairs if len(pair) > 1},
            tuple(Path(normpath(working / _plain(name))) for name in outputs),
            fields.get("reason", ""),
        )


def _plain(name: str) -> str:
    """The name of a file, without Snakemake's word on its fate."""
    return re.sub(r"^(?:temp|directory|protected)\((.*)\)$", r"\1", name)
