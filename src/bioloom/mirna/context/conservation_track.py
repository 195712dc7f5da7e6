"""Mean conservation of stretches of the genome, from a bigWig (phastCons, phyloP).

References
----------
Siepel A. et al. (2005) Genome Res 15:1034. doi:10.1101/gr.3715005
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from bioloom.errors import MissingFile
from bioloom.genome.transcript import Span
from bioloom.run.external import require_packages

if TYPE_CHECKING:
    from bioloom.mirna.output.result import Sites

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

    def marked(self, every: Iterable[Sites]) -> Iterator[Sites]:
        """Sites with a column `conservation`: the mean over the seed match's bases.

        NaN where there is no seed, no position on the genome, or no value.
        """
        for sites in every:
            means = [self._of_seed(sites, row) for row in range(len(sites))]
            column = np.array(means, dtype=np.float64)
            yield replace(sites, extra={**sites.extra, "conservation": column})

    def _of_seed(self, sites: Sites, row: int) -> float:
        start, end = int(sites.seeds.start[row]), int(sites.seeds.end[row])
        if sites.place is None or start < 0:
            return float("nan")
        n = sites.target_nt
        if start >= n:  # on a circle, a site may go on at its beginning
            start, end = start - n, end - n
        spans = ((start, end),) if end <= n else ((start, n), (0, end - n))
        parts = [sites.place.lifted(span) for span in spans]
        if not all(parts):
            return float("nan")
        blocks = [block for part in parts for block in part]
        return self.mean(sites.place.blocks.chrom, blocks)

    def __enter__(self) -> ConservationTrack:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
