"""External programs: find one, ask for its version, call it, report its failure."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from bioloom.errors import PackageMissing, ToolFailed, ToolMissing


def require_packages(*packages: str, extra: str) -> None:
    """Check that Python packages are installed, without importing them.

    Parameters
    ----------
    packages
        By the names that they are imported by.
    extra
        Extra of bioloom that brings them.

    Raises
    ------
    PackageMissing
        For the first that is not.
    """
    for package in packages:
        if find_spec(package) is None:
            raise PackageMissing(package, extra=extra)


@dataclass(frozen=True, slots=True)
class Tool:
    """An external program that bioloom calls.

    Parameters
    ----------
    name
        The executable.
    purpose
        What bioloom uses it for.
    apt, conda
        Package that brings it in Debian (empty: none does) and in Bioconda.
    version_flag
        Argument that makes it print its version.
    """

    name: str
    purpose: str
    apt: str
    conda: str
    version_flag: str = "--version"

    @property
    def install(self) -> str:
        """The command that installs it."""
        if not self.apt:
            return f"conda install bioconda::{self.conda}"
        return f"apt-get install {self.apt} (or: conda install bioconda::{self.conda})"


TOOLS: tuple[Tool, ...] = (
    Tool("fastqc", "quality of reads", "fastqc", "fastqc"),
    Tool("trim_galore", "trim adapters", "trim-galore", "trim-galore"),
    Tool("cutadapt", "used by trim_galore", "cutadapt", "cutadapt"),
    Tool("hisat2", "align reads", "hisat2", "hisat2"),
    Tool("hisat2-build", "index the genome", "hisat2", "hisat2"),
    Tool("samtools", "sort and read alignments", "samtools", "samtools"),
    Tool("stringtie", "assemble and quantify", "stringtie", "stringtie"),
)

OPTIONAL_TOOLS: tuple[Tool, ...] = (
    Tool("STAR", "align reads", "rna-star", "star"),
    Tool("fastp", "trim reads", "fastp", "fastp"),
    Tool("minimap2", "align long reads", "minimap2", "minimap2"),
    Tool("salmon", "measure expression", "salmon", "salmon"),
    Tool("isoquant", "assemble long reads", "", "isoquant"),
    Tool("diamond", "likeness to proteins", "diamond-aligner", "diamond", "version"),
    Tool("mmseqs", "likeness to proteins", "mmseqs2", "mmseqs2", "version"),
)
"""Programs that only some settings call."""


def find(name: str) -> str:
    """Path of a program on PATH.

    Raises
    ------
    ToolMissing
        If it is not installed; the message holds the command that installs it.
    """
    path = shutil.which(name)
    if path is None:
        known = {tool.name: tool.install for tool in (*TOOLS, *OPTIONAL_TOOLS)}
        raise ToolMissing(name, install=known.get(name, "your package manager"))
    return path


@cache
def version(tool: Tool) -> str:
    """Version that an installed program prints, e.g. "2.2.1".

    Raises
    ------
    ToolMissing
        If it is not installed.
    """
    asked = subprocess.run(
        [find(tool.name), tool.version_flag],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env=os.environ | {"LC_ALL": "C"},
    )
    said = asked.stdout + asked.stderr
    # MMseqs2 prints nothing but "14-7e284"
    match = re.search(r"\d+\.\d+[\w.+-]*", said) or re.match(r"\d[\w.+-]*", said)
    return match.group() if match else "unknown"


def installed_versions(tools: Sequence[Tool] = TOOLS) -> dict[str, str]:
    """Versions of those tools that are installed, by name."""
    return {tool.name: version(tool) for tool in tools if shutil.which(tool.name)}


def call(command: Sequence[str]) -> str:
    """Run a program to its end and return what it printed.

    Raises
    ------
    ToolMissing
        If it is not installed.
    ToolFailed
        If it exits with another status than 0; holds its last lines.
    """
    done = subprocess.run(
        [find(command[0]), *command[1:]],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise ToolFailed(
            command[0],
            command=shlex.join(command),
            exit_code=done.returncode,
            log_tail=tail(done.stderr or done.stdout),
        )
    return done.stdout


def tail(text: str, n_lines: int = 15) -> str:
    """Last lines of a log."""
    return "\n".join(text.rstrip().splitlines()[-n_lines:])
