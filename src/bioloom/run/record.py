"""The run record, `run.json`: what was run, on what, with which versions.

Schema 1: command, arguments, version (bioloom), tools, packages, inputs (path, size in
bytes, SHA-256), rng_seed, start, end (ISO 8601, UTC) and state (running, finished or
failed).
"""

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import bioloom
from bioloom.errors import BadRunFolder, MissingFile, OutputExists
from bioloom.run.output import write_text

SCHEMA = 1
RECORD = "run.json"
PACKAGES = (
    *("numpy", "pandas", "pyhmmer", "pyinfernal", "scikit-learn", "snakemake"),
    *("anndata", "gseapy", "igv-reports", "pybigtools", "pydeseq2", "pysam"),
)


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that a run read: its path, size and SHA-256."""

    path: str
    n_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Everything needed to repeat a run."""

    command: str
    arguments: Mapping[str, Any]
    inputs: tuple[InputFile, ...]
    tools: Mapping[str, str]
    packages: Mapping[str, str]
    start: str
    rng_seed: int | None = None
    end: str = ""
    state: Literal["running", "finished", "failed"] = "running"
    version: str = bioloom.__version__
    python: str = platform.python_version()
    schema: int = SCHEMA

    def write(self, out: Path) -> None:
        """Write `run.json` into a run folder."""
        text = json.dumps(asdict(self), indent=2, default=str, ensure_ascii=False)
        write_text(out / RECORD, text + "\n")


def describe_input(path: Path) -> InputFile:
    """Size and SHA-256 of a file.

    Raises
    ------
    MissingFile
        If it does not exist.
    """
    if not path.is_file():
        raise MissingFile(path, role="an input file")
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return InputFile(str(path), path.stat().st_size, digest)


def paths_from(folder: Path, inputs: Sequence[Path]) -> dict[str, str]:
    """Path of each input from a run folder, so that both can be moved together."""
    start = folder.resolve()
    return {
        str(path): Path(os.path.relpath(path.resolve(), start)).as_posix()
        for path in inputs
    }


def found_again(
    entry: Mapping[str, Any], folder: Path, from_folder: Mapping[str, str]
) -> Path:
    """An input of a finished run, wherever the run folder and the file are now.

    Parameters
    ----------
    entry
        The input, as `run.json` has it.
    folder
        The run folder.
    from_folder
        Of `paths_from`, as it was recorded.

    Returns
    -------
    The first file with the recorded content: beside the folder as it was then, at the
    path that was typed, or of the same name in the current folder.

    Raises
    ------
    MissingFile
        If there is none.
    BadRunFolder
        If there are only files with another content.
    """
    path = Path(entry["path"])
    relative = from_folder.get(entry["path"])
    beside = (Path(os.path.normpath(folder / relative)),) if relative else ()
    places = [place for place in (*beside, path, Path(path.name)) if place.is_file()]
    for place in places:
        if describe_input(place).sha256 == entry["sha256"]:
            return Path(place)
    if not places:
        raise MissingFile(path, role=f"an input of the run in {folder}")
    raise BadRunFolder(
        where=folder,
        found=f"another {places[0]} than it was trained on",
        expected="the same file",
        advice="Train again, or restore the file.",
    )


@contextmanager
def recorded_run(
    out: Path,
    *,
    command: str,
    arguments: Mapping[str, Any],
    inputs: Sequence[Path],
    tools: Mapping[str, str],
    force: bool = False,
    rng_seed: int | None = None,
    checkpoints: Path | None = None,
) -> Iterator[RunRecord]:
    """Keep `run.json` of a run folder up to date from start to end.

    Parameters
    ----------
    out
        The run folder.
    command, arguments, inputs, tools, rng_seed
        What is recorded.
    force
        Whether to replace a finished run.
    checkpoints
        Folder from which an interrupted run resumes; that of a finished run is removed.

    Raises
    ------
    OutputExists
        If the folder holds a finished run and `force` is not set.
    """
    if not force and is_finished(out):
        raise OutputExists(out)
    was_finished = is_finished(out)
    record = RunRecord(
        command=command,
        arguments=dict(arguments),
        inputs=tuple(describe_input(path) for path in inputs),
        tools=dict(tools),
        packages=_package_versions(),
        start=_now(),
        rng_seed=rng_seed,
    )
    record.write(out)
    if was_finished and checkpoints is not None:
        shutil.rmtree(checkpoints, ignore_errors=True)
    try:
        yield record
    except BaseException:
        replace(record, state="failed", end=_now()).write(out)
        raise
    replace(record, state="finished", end=_now()).write(out)


def is_finished(out: Path) -> bool:
    """Whether a folder holds a run that came to its end."""
    return (out / RECORD).is_file() and read_record(out)["state"] == "finished"


def finished_record(out: Path, command: str) -> dict[str, Any]:
    """Entries of `run.json` of a finished run of a command.

    Raises
    ------
    BadRunFolder
        If the folder is no such run.
    """
    record = read_record(out)
    if record.get("command") != command or record["state"] != "finished":
        raise BadRunFolder(
            where=out,
            found=f"{record.get('command')}, {record['state']}",
            expected=f"a finished run of `bioloom {command}`",
            advice="Give the folder of its --out; resume it if it was interrupted.",
        )
    return record


def read_record(out: Path) -> dict[str, Any]:
    """Entries of a run folder's `run.json`.

    Raises
    ------
    BadRunFolder
        If the folder has no readable record.
    """
    try:
        entries = json.loads((out / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        entries = None
    if not isinstance(entries, dict) or "state" not in entries:
        raise BadRunFolder(
            where=out,
            found=f"no readable {RECORD}",
            expected="a run folder",
            advice="Give the folder that --out named.",
        )
    return entries


def _package_versions() -> dict[str, str]:
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
