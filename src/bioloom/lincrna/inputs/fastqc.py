"""What FastQC measured of a file of reads, from the archive that it writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

from bioloom.errors import BadInput
from bioloom.lincrna.inputs.guessing import lane_and_mate

ENDING = "_fastqc.zip"
_QUALITY = "Per base sequence quality"
_GC = "Per sequence GC content"
_ADAPTERS = "Adapter Content"
_DUPLICATION = "Sequence Duplication Levels"
_BASICS = "Basic Statistics"


class BadFastqc(BadInput):
    """An archive of FastQC that cannot be read."""


class BaseQuality(NamedTuple):
    """Phred quality at positions of the reads, from `first` to `last`."""

    first: int
    last: int
    mean: float
    median: float
    lower_quartile: float
    upper_quartile: float

    @property
    def middle(self) -> float:
        """Middle of the positions."""
        return (self.first + self.last) / 2


@dataclass(frozen=True, slots=True)
class FastqcReport:
    """FastQC's numbers on a file; what it did not measure is None or empty.

    Parameters
    ----------
    verdicts
        PASS, WARN or FAIL of each module.
    n_reads, length, gc_percent
        Reads, their length in nt as FastQC words it ("100", "41-100"), and G and C of
        their bases.
    duplicate_percent
        Reads that have the sequence of another one, by FastQC's estimate.
    quality
        By position in the reads.
    gc
        Reads by their own GC, from 0 to 100 percent.
    adapters
        By position, percent of the reads in which an adapter begins there or before, of
        the most frequent adapter.
    duplication
        Percent of the reads by how often their sequence occurs ("1", "2", ">10").
    """

    verdicts: Mapping[str, str]
    n_reads: int | None = None
    length: str = ""
    gc_percent: float | None = None
    duplicate_percent: float | None = None
    quality: Sequence[BaseQuality] = ()
    gc: Sequence[float] = ()
    adapters: Sequence[tuple[float, float]] = ()
    duplication: Sequence[tuple[str, float]] = ()


def read_fastqc(archive: Path) -> FastqcReport:
    """Read an archive that FastQC wrote (0.11 and 0.12 were tried).

    Parameters
    ----------
    archive
        ``…_fastqc.zip``. Without ``fastqc_data.txt`` there are only verdicts.

    Raises
    ------
    BadFastqc
        If it is no such archive, or is cut off.
    """
    try:
        with ZipFile(archive) as packed:
            texts = {
                Path(name).name: packed.read(name).decode("utf-8")
                for name in packed.namelist()
                if name.endswith(("/summary.txt", "/fastqc_data.txt"))
            }
        return _report(texts["summary.txt"], texts.get("fastqc_data.txt", ""))
    except (BadZipFile, KeyError, ValueError, IndexError) as fault:
        raise BadFastqc(
            where=archive,
            found=f"{type(fault).__name__}: {fault}",
            expected="an archive as FastQC writes it",
            advice="Remove it and run again.",
        ) from fault


def parts_of_sample(stems: Sequence[str]) -> list[str]:
    """Which of a sample's files each name is, by mate and lane.

    Parameters
    ----------
    stems
        Names of all of the sample's files, without endings.

    Returns
    -------
    Empty for the only file, else such as "R1" or "L002 R1"; the names as they are where
    that would not tell them apart.

    Examples
    --------
    >>> parts_of_sample(["A_val_1", "A_val_2"])
    ['R1', 'R2']
    >>> parts_of_sample(["x_S1_L001_R2_001", "x_S1_L002_R2_001"])
    ['L001 R2', 'L002 R2']
    """
    if len(stems) == 1:
        return [""]
    parts = [_part(stem) for stem in stems]
    return parts if len(set(parts)) == len(parts) and all(parts) else [*stems]


def _part(stem: str) -> str:
    lane, mate = lane_and_mate(stem)
    named = (f"L{lane}" if lane else "", f"R{mate}" if mate else "")
    return " ".join(filter(None, named))


def _report(summary: str, data: str) -> FastqcReport:
    rows = [line.split("\t") for line in summary.splitlines() if line]
    verdicts = {name: verdict for verdict, name, *_ in rows}
    modules = _modules(data)
    if not modules:
        return FastqcReport(verdicts)
    basics = {row[0]: row[1] for row in modules[_BASICS]}
    duplication = modules.get(_DUPLICATION, [])
    return FastqcReport(
        verdicts=verdicts,
        n_reads=int(basics["Total Sequences"]),
        length=basics["Sequence length"],
        gc_percent=float(basics["%GC"]),
        duplicate_percent=_duplicates(duplication),
        quality=[_base_quality(row) for row in _rows(modules.get(_QUALITY, []))],
        gc=[float(row[1]) for row in _rows(modules.get(_GC, []))],
        adapters=[
            (_middle(row[0]), max(map(float, row[1:])))
            for row in _rows(modules.get(_ADAPTERS, []))
        ],
        # 0.11 has a column for the sequences too, before that for the reads
        duplication=[(row[0], float(row[-1])) for row in _rows(duplication)],
    )


def _modules(data: str) -> dict[str, list[list[str]]]:
    """Lines of each module, split at tabs."""
    modules: dict[str, list[list[str]]] = {}
    name = ""
    for line in data.splitlines():
        if line.startswith(">>"):
            name = "" if line == ">>END_MODULE" else line[2:].split("\t")[0]
            if name:
                modules[name] = []
        elif name:
            modules[name].append(line.split("\t"))
    return modules


def _rows(lines: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    return [line for line in lines if not line[0].startswith("#")]


def _base_quality(row: Sequence[str]) -> BaseQuality:
    first, _, last = row[0].partition("-")
    mean, median, lower, upper = map(float, row[1:5])
    return BaseQuality(int(first), int(last or first), mean, median, lower, upper)


def _middle(positions: str) -> float:
    first, _, last = positions.partition("-")
    return (int(first) + int(last or first)) / 2


def _duplicates(lines: Sequence[Sequence[str]]) -> float | None:
    for line in lines:
        if line[0] == "#Total Deduplicated Percentage":
            return 100 - float(line[1])
    return None
