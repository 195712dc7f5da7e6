"""Sites beside peaks: which overlap one, and whether more do than by chance.

By chance means: each site at a random position of its own target. That needs no
shuffles, since the share of positions at which a site of its length overlaps a peak can
be counted; the number of sites that overlap is then a sum of independent events with
these probabilities (Poisson binomial).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.transcript import Span
from bioloom.mirna.chance.enrichment import Enrichment
from bioloom.mirna.evidence.peaks import Peaks
from bioloom.mirna.output.result import Sites


def in_words(enrichment: Enrichment) -> str:
    """How many sites overlap a peak, in one line, in English."""
    if not enrichment.n_sites:
        return (
            "no peak lies on a target with a site: are they on the genome (then give "
            "--gtf or --on-genome), or named otherwise?"
        )
    return (
        f"{enrichment.n_overlapping:,} of {enrichment.n_sites:,} sites on targets with "
        f"a peak overlap one, {enrichment.expected:,.1f} expected at random positions: "
        f"{enrichment.ratio:.2f} times, p = {enrichment.p:.3g}"
    )


class _Places(NamedTuple):
    """Where sites can be: first base and length of each, on a target of n bases."""

    start: NDArray[np.int64]
    length: NDArray[np.int64]
    n: int


@dataclass(slots=True)
class Evidence:
    """Peaks beside sites, gathered target by target.

    Parameters
    ----------
    peaks
        The peaks.
    chances, overlaps
        Of each site on a target with a peak: the probability at a random position, and
        whether it overlaps one.
    """

    peaks: Peaks
    chances: list[NDArray[np.float64]] = field(default_factory=list)
    overlaps: list[NDArray[np.bool_]] = field(default_factory=list)

    def marked(self, every: Iterable[Sites]) -> Iterator[Sites]:
        """Sites with a column `evidence`: how many bases of peaks each one covers.

        Of sites of plants, the base at the cut is looked at instead of the site.
        """
        for sites in every:
            spans = self.peaks.on_target(sites.target, sites.place)
            covered = _covered(spans, sites.target_nt)
            places = _places_of(sites)
            n_covered = _sums(covered, places)
            if spans and len(sites):
                self.chances.append(_chances(covered, places))
                self.overlaps.append(n_covered > 0)
            yield replace(sites, extra={**sites.extra, "evidence": n_covered})

    def enrichment(self) -> Enrichment:
        """Of all sites that were marked."""
        # loads scipy, which searches without peaks do not need
        from bioloom.statistics.calibration import count_distribution

        chances = np.concatenate([np.empty(0), *self.chances])
        n = int(np.concatenate([np.empty(0, bool), *self.overlaps]).sum())
        p = float(min(1.0, count_distribution(chances)[n:].sum())) if n else 1.0
        return Enrichment(len(chances), n, float(chances.sum()), p)


def _places_of(sites: Sites) -> _Places:
    if "cut" in sites.extra:
        start = np.asarray(sites.extra["cut"], dtype=np.int64)
        return _Places(start, np.ones(len(start), dtype=np.int64), sites.target_nt)
    hits = sites.hits
    return _Places(hits.start, hits.end - hits.start, sites.target_nt)


def _covered(spans: Sequence[Span], n: int) -> NDArray[np.int64]:
    """Bases that peaks cover before each position, twice round; shape (2n + 1,)."""
    is_covered = np.zeros(n, dtype=np.int64)
    for start, end in spans:
        is_covered[max(start, 0) : end] = 1
    # a site on a circle may go on at its beginning
    return np.concatenate([[0], np.cumsum(np.tile(is_covered, 2))])


def _sums(covered: NDArray[np.int64], places: _Places) -> NDArray[np.int64]:
    ends = covered[places.start + places.length]
    return np.asarray(ends - covered[places.start], dtype=np.int64)


def _chances(covered: NDArray[np.int64], places: _Places) -> NDArray[np.float64]:
    """Share of positions of the target at which each site would overlap a peak."""
    by_length = {
        length: _chance(covered, length, places.n)
        for length in np.unique(places.length).tolist()
    }
    return np.array([by_length[length] for length in places.length.tolist()])


def _chance(covered: NDArray[np.int64], length: int, n: int) -> float:
    starts = np.arange(max(n - length + 1, 1))
    ends = np.minimum(starts + length, n)
    return float((covered[ends] > covered[starts]).mean())
