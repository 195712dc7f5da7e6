"""Files of samples under names that every program takes.

Trim Galore refuses blanks in paths, cutadapt gets its names through a shell, and
Snakemake reads braces and angle brackets as its own. A file whose path holds any of
these is linked under its sample's name; all others stay as they are given.
"""

import os
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from bioloom.lincrna.inputs.sample import Lane, Sample

FOLDER = Path("given")
_PLAIN = re.compile(r"[\w@%+=:,./~-]+")


def under_plain_names(sample: Sample) -> Sample:
    """A sample whose files have plain paths, by links in ``given/`` where needed.

    Parameters
    ----------
    sample
        Its paths are absolute. Links are made in the folder in which the workflow
        works; those that are there already stay as they are.
    """
    lanes = [
        Lane(
            tuple(
                _plain(path, f"{sample.name}_{number}_{mate}{_ending(path)}")
                for mate, path in enumerate(lane.files, 1)
            ),
            lane.cell,
        )
        for number, lane in enumerate(sample.lanes, 1)
    ]
    bam = sample.bam and _plain(sample.bam, f"{sample.name}{sample.bam.suffix}")
    return replace(sample, lanes=tuple(lanes), bam=bam)


def is_plain(path: Path) -> bool:
    """Whether every program takes a path as it is."""
    return bool(_PLAIN.fullmatch(str(path)))


def _ending(path: Path) -> str:
    return ".fastq.gz" if path.suffix == ".gz" else ".fastq"


def _plain(path: Path, name: str) -> Path:
    if is_plain(path):
        return path
    link = FOLDER / name
    if not link.is_symlink() or link.readlink() != path:
        FOLDER.mkdir(exist_ok=True)
        aside = link.with_name(f"{name}.{os.getpid()}")
        with suppress(FileExistsError):  # of a job that was killed just here
            aside.symlink_to(path)
        aside.replace(link)
    return link
