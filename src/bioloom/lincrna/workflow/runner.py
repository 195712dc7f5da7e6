"""Start the workflow, follow it, and report why it failed."""

import fcntl
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from bioloom.errors import (
    BioloomError,
    MissingFile,
    PackageMissing,
    RunIsBusy,
    ToolFailed,
)
from bioloom.lincrna.browser.coverage import COVERAGE_PACKAGES
from bioloom.lincrna.comparison.analysis import check_comparison
from bioloom.lincrna.comparison.design import Described
from bioloom.lincrna.errors import StepFailed
from bioloom.lincrna.inputs.config import read_run_config
from bioloom.lincrna.inputs.sample_sheet import Sample
from bioloom.lincrna.inputs.votes import read_ballot
from bioloom.lincrna.partners.strata import check_columns
from bioloom.lincrna.settings import RunConfig
from bioloom.lincrna.workflow.cell_steps import check_packages
from bioloom.run.external import (
    TOOLS,
    find,
    installed_versions,
    require_packages,
    tail,
)
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import recorded_run

SNAKEFILE = Path(__file__).with_name("Snakefile")
LOG = "log.txt"
ERROR_MARK = "bioloom: error: "

_DONE = re.compile(r"^(\d+) of (\d+) steps")
_RULE = re.compile(r"^(?:local)?rule (\w+):")
_FAILED_RULE = re.compile(r"^Error in rule (\w+):")
_FAILED_LOG = re.compile(r"^    log: (.+?) \(check log file")
_POLL_S = 0.2


def run_workflow(
    config_path: Path,
    *,
    cores: int = 2,
    profile: str = "",
    force: bool = False,
    dry_run: bool = False,
    on_step: OnStep = silent,
) -> Path:
    """Run the workflow from reads to report; an interrupted run is resumed.

    Parameters
    ----------
    config_path
        ``config.yaml``.
    cores
        Processors to use, with a profile those of one job; the tables do not depend
        on it.
    profile
        "slurm", "kubernetes" or the folder of a Snakemake profile; empty runs here.
    force
        Whether to rerun a finished folder; steps that are up to date are skipped.
    dry_run
        Whether to only log what would be done.
    on_step
        Called as steps finish.

    Returns
    -------
    The run folder.

    Raises
    ------
    BioloomError
        If an input is wrong or missing, a program is missing or fails.
    """
    config, samples = read_run_config(config_path)
    _check_programs(config)
    # errors show now, not after hours
    check_columns(config.partners, {name for each in samples for name in each.factors})
    if any(sample.is_droplets for sample in samples):
        check_packages()
    for path in config.votes:
        read_ballot(path, config.filters)  # errors show now, not after hours
    described = [Described(row.name, row.factors, row.kind) for row in samples]
    check_comparison(config.comparison, described, where=str(config_path))
    out = config.out
    (out / "working").mkdir(parents=True, exist_ok=True)
    command = _command(config_path.resolve(), out, cores=cores, profile=profile)
    with _alone(out) as lock:
        if dry_run:
            _follow([*command, "--dry-run"], out, lock, on_step)
            return out
        with recorded_run(
            out,
            command="lincrna run",
            arguments=asdict(config),
            inputs=_inputs(config, samples, config_path),
            tools=installed_versions(),
            force=force,
            rng_seed=config.rng_seed,
        ):
            _follow(command, out, lock, on_step)
    return out


def _check_programs(config: RunConfig) -> None:
    """Check that all programs that a run needs are there before its first step.

    Raises
    ------
    PackageMissing, ToolMissing
        For the first that is not there.
    """
    packages = ["snakemake", "pyhmmer", "sklearn", "pydeseq2"]
    if config.rfam is not None:
        packages.append("pyinfernal")
    if config.partners.gene_sets is not None:
        packages.append("gseapy")
    if config.browser.coverage:
        packages += COVERAGE_PACKAGES
    require_packages(*packages, extra="lincrna")
    for name in (*(tool.name for tool in TOOLS), *["multiqc"] * config.multiqc):
        find(name)


def _inputs(
    config: RunConfig, samples: Sequence[Sample], config_path: Path
) -> list[Path]:
    named = (
        *(config.lncrna, config.housekeeping, config.domains, config.rfam),
        *(config.repeats, config.cells.barcodes, config.names),
        *(config.partners.gene_sets, config.partners.ontology),
        *config.votes,
        *config.named_sets,
    )
    return [
        *(config_path, config.samples, config.genome, config.annotation),
        *(path for path in named if path is not None),
        *(path for sample in samples for path in sample.reads),
    ]


def _command(config_path: Path, out: Path, *, cores: int, profile: str) -> list[str]:
    where = ["--cores", str(cores)]
    if profile:
        folder = _profile_folder(profile)
        where = ["--profile", str(folder), "--max-threads", str(cores)]
    return [
        sys.executable,
        "-m",
        "snakemake",
        f"--snakefile={SNAKEFILE}",
        f"--directory={out / 'working'}",
        *where,
        "--config",
        f"run_config={config_path}",
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
    packaged = SNAKEFILE.parent / "profiles" / profile
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
def _alone(out: Path) -> Iterator[IO[str]]:
    """Lock the folder against a second run while any process of this run lives.

    Snakemake's own lock survives a killed run and must be removed by hand; this one
    belongs to the open file, which the workflow inherits, and ends with it.
    """
    with (out / "working" / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunIsBusy(out) from None
        yield lock


def _follow(command: Sequence[str], out: Path, lock: IO[str], on_step: OnStep) -> None:
    """Run Snakemake; its output goes to the log, its progress to `on_step`.

    Raises
    ------
    StepFailed, ToolFailed
        If a step fails.
    """
    log = out / LOG
    with log.open("a", encoding="utf-8") as stream:
        begin = stream.tell()
        workflow = subprocess.Popen(
            command,
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=_environment(),
            pass_fds=[lock.fileno()],
        )
        _wait(workflow, log, begin, on_step)
    if workflow.returncode != 0:
        with log.open(encoding="utf-8") as stream:
            stream.seek(begin)
            words = stream.read()
        raise _failure(words, out, shlex.join(command), workflow.returncode)


def _environment() -> dict[str, str]:
    """Environment of the rules: this bioloom first on PATH, one thread per library."""
    scripts = Path(sys.executable).parent
    path = f"{scripts}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return os.environ | one_thread | {"PATH": path, "LC_ALL": "C.UTF-8"}


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


def _failure(words: str, out: Path, command: str, exit_code: int) -> BioloomError:
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
