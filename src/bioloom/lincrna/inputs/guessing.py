"""Samples guessed from the names of FASTQ files: pairs, lanes and conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_FASTQ = re.compile(r"\.(?:fastq|fq)(?:\.(?:gz|bz2|xz|zst))?$", re.IGNORECASE)
# what a sequencer adds: sample number, lane, read, part
_LANE = re.compile(r"[._-]L(\d{3})(?=[._-]|$)")
_PART = re.compile(r"[._-]001$")
_NUMBER = re.compile(r"_S\d+$")
_INDEX = re.compile(r"[._-]I[12]$")
_MATE = re.compile(r"[._-]R([12])$", re.IGNORECASE)
_BARE_MATE = re.compile(r"[._-]([12])$")
_REPLICATE = re.compile(
    r"(?:[._-](?:rep(?:licate)?|r|n)?[._-]?\d+|rep(?:licate)?\d+|\d+|[._-][a-d])$",
    re.IGNORECASE,
)
_ODD = re.compile(r"[^\w.-]", re.ASCII)


@dataclass(frozen=True, slots=True)
class GuessedSample:
    """A sample as the names of its files suggest it.

    Parameters
    ----------
    name
        Fit for a sample sheet.
    fastq_1, fastq_2
        Its files, lane by lane; the second list is empty for single reads.
    condition
        The name without its replicate; empty where that tells no groups apart.
    """

    name: str
    fastq_1: tuple[Path, ...]
    fastq_2: tuple[Path, ...]
    condition: str = ""


def lane_and_mate(stem: str) -> tuple[str, str]:
    """Lane, such as "001", and read of a pair, "1" or "2", in a name; else empty.

    Parameters
    ----------
    stem
        Name of a file, without endings.
    """
    bare = _PART.sub("", stem)
    lane = _LANE.search(bare)
    mate = _MATE.search(bare) or _BARE_MATE.search(bare)
    return lane[1] if lane else "", mate[1] if mate else ""


def is_fastq(path: Path) -> bool:
    """Whether a file is FASTQ by its name."""
    return bool(_FASTQ.search(path.name))


def guess_samples(paths: Iterable[Path]) -> list[GuessedSample]:
    """Guess which FASTQ files belong to which sample.

    Parameters
    ----------
    paths
        Files; those that are not FASTQ by their names, and index reads, are left out.

    Returns
    -------
    Samples by name. ``_R1`` and ``_R2`` are the reads of a pair; so are ``_1`` and
    ``_2`` where both are there. Files that differ only in their lane (``_L001``) are
    lanes of one sample.

    Examples
    --------
    >>> names = ["liver_1_R1.fq.gz", "liver_1_R2.fq.gz", "brain_1.fastq"]
    >>> [(one.name, len(one.fastq_2)) for one in guess_samples(map(Path, names))]
    [('brain_1', 0), ('liver_1', 1)]
    """
    files = sorted(path for path in paths if is_fastq(path))
    stems = {path: _PART.sub("", _FASTQ.sub("", path.name)) for path in files}
    stems = {path: stem for path, stem in stems.items() if not _INDEX.search(stem)}
    known = {(path.parent, stem) for path, stem in stems.items()}
    mates: dict[str, dict[str, list[Path]]] = {}
    for path, stem in stems.items():
        name, mate = _named(path.parent, stem, known)
        mates.setdefault(name, {}).setdefault(mate, []).append(path)
    conditions = _conditions(mates)
    return [_sample(name, mates[name], conditions[name]) for name in sorted(mates)]


def _named(folder: Path, stem: str, known: set[tuple[Path, str]]) -> tuple[str, str]:
    """Name of the sample, and which read of a pair it is: "1" or "2"."""
    mate = "1"
    match = _MATE.search(stem)
    if match is None and _has_both(folder, stem, known):
        match = _BARE_MATE.search(stem)
    if match is not None:
        mate, stem = match[1], stem[: match.start()]
    stem = _NUMBER.sub("", _LANE.sub("", stem))
    return _ODD.sub("_", stem).lstrip("._-") or "sample", mate


def _has_both(folder: Path, stem: str, known: set[tuple[Path, str]]) -> bool:
    return {(folder, f"{stem[:-1]}{mate}") for mate in "12"} <= known


def _sample(
    name: str, mates: Mapping[str, list[Path]], condition: str
) -> GuessedSample:
    firsts, seconds = mates.get("1", []), mates.get("2", [])
    if not firsts:  # read 2 alone is single reads
        firsts, seconds = seconds, []
    return GuessedSample(name, tuple(firsts), tuple(seconds), condition)


def _conditions(names: Iterable[str]) -> dict[str, str]:
    """Names without their replicates, if that makes groups and more than one."""
    bare = {name: _REPLICATE.sub("", name) for name in names}
    groups = set(bare.values())
    if "" in groups or not 1 < len(groups) < len(bare):
        return dict.fromkeys(bare, "")
    return bare
