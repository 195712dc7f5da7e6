"""Coverage of a stretch of a chromosome, read from the bigWigs of a run."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bioloom.genome.transcript import Strand
from bioloom.lincrna.browser.bigfiles import is_bigtools_installed
from bioloom.lincrna.browser.coverage import Side
from bioloom.lincrna.browser.folder import FOLDER
from bioloom.lincrna.browser.tracks import COVERAGE, SIGNS, coverage_path

N_BINS = 190
"""Into which a stretch is cut; a bin has the height of its highest base."""
_SIDE_OF: dict[Strand, Side] = {"+": "plus", "-": "minus", ".": "all"}


@dataclass(frozen=True, slots=True)
class Profile:
    """Reads of a sample over a stretch.

    Parameters
    ----------
    sample
        Its name.
    side
        The strand that the RNA is of; "all" where the library tells none.
    heights
        Of `N_BINS` bins, in reads.
    """

    sample: str
    side: Side
    heights: tuple[float, ...]

    @property
    def name(self) -> str:
        """Sample and strand, as a genome browser shows them."""
        return f"{self.sample}{SIGNS[self.side]}"

    @property
    def most(self) -> float:
        """Reads over the base that has most."""
        return max(self.heights, default=0.0)


Profiles = Callable[[str, int, int, Strand], tuple[Profile, ...]]
"""Gives the samples' coverage of chromosome, start, end, on a transcript's strand."""


def profiles_of(out: Path, samples: Sequence[str]) -> Profiles:
    """What reads the coverage of a run's samples.

    Parameters
    ----------
    out
        Run folder; without bigWigs (setting ``browser.coverage``) nothing is found.
    samples
        Their names.
    """
    folder = out / FOLDER
    named = samples if (folder / COVERAGE).is_dir() and is_bigtools_installed() else ()
    opened: dict[Path, BigWig] = {}

    def read(chrom: str, start: int, end: int, strand: Strand) -> tuple[Profile, ...]:
        found = []
        for sample in named:
            side = _side(folder, sample, strand)
            path = coverage_path(folder, sample, side)
            if path.is_file():
                opened[path] = bigwig = opened.get(path) or open_bigwig(path)
                records = bigwig.records(chrom, start, end)
                found.append(Profile(sample, side, _heights(records, start, end)))
        return tuple(found)

    return read


def _side(folder: Path, sample: str, strand: Strand) -> Side:
    """The strand's own file where there is one."""
    side = _SIDE_OF[strand]
    return side if coverage_path(folder, sample, side).is_file() else "all"


class BigWig(NamedTuple):
    """An open file and the lengths of its chromosomes, which are asked for once."""

    file: Any
    lengths: Mapping[str, int]

    def records(
        self, chrom: str, start: int, end: int
    ) -> Iterator[tuple[int, int, float]]:
        """Intervals with their reads; none on a chromosome without any."""
        last = min(end, self.lengths.get(chrom, 0))
        if start < last:
            yield from self.file.records(chrom, start, last)


def open_bigwig(path: Path) -> BigWig:
    """Open a bigWig by pybigtools."""
    import pybigtools

    file = pybigtools.open(str(path))
    return BigWig(file, dict(file.chroms()))


def _heights(
    records: Iterable[tuple[int, int, float]], start: int, end: int
) -> tuple[float, ...]:
    highest = np.zeros(N_BINS)
    size = (end - start) / N_BINS
    for left, right, value in records:
        first = int((max(left, start) - start) / size)
        last = int((min(right, end) - 1 - start) / size) + 1
        np.maximum(highest[first:last], value, out=highest[first:last])
    return tuple(highest.tolist())
