"""Mean conservation of stretches of the genome, from a bigWig (phastCons, phyloP).

References
----------
Siepel A. et al. (2005) Genome Res 15:1034. doi:10.1101/gr.3715005
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from bioloom.errors import MissingFile
from bioloom.genome.transcript import Span
from bioloom.run.external import require_packages

EXTRA = "lincrna"


class ConservationTrack:
    """An open bigWig.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    MissingFile
        If there is no such file.
    PackageMissing
        If pybigtools is not installed.
    """

    def __init__(self, path: Path) -> None:
        require_packages("pybigtools", extra=EXTRA)
        if not path.is_file():
            raise MissingFile(str(path), role="a bigWig of conservation")
        import pybigtools

        self._file: Any = pybigtools.open(str(path))
        self._lengths: dict[str, int] = dict(self._file.chroms())

    def mean(self, chrom: str, blocks: Sequence[Span]) -> float:
        """Mean value over the bases of some blocks that have one; NaN if none has.

        Parameters
        ----------
        chrom
            Chromosome; one that the file lacks has no value.
        blocks
            Half-open, 0-based.
        """
        size = self._lengths.get(chrom, 0)
        total, n_bases = 0.0, 0
        for start, end in blocks:
            if start >= min(end, size):
                continue
            for left, right, value in self._file.records(chrom, start, min(end, size)):
                n = min(right, end) - max(left, start)
                total, n_bases = total + n * value, n_bases + n
        return total / n_bases if n_bases else float("nan")

    def __enter__(self) -> ConservationTrack:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
