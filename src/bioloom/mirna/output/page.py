"""All that the page of a prediction shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.chance.false_discovery import false_discovery_rates
from bioloom.mirna.output.figures import energies_figure, site_figure
from bioloom.mirna.output.result import SitePlace, Sites
from bioloom.mirna.sites.seeds import KINDS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAX_ROWS = 2000
MAX_DRAWN = 12


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site in the table of the page; columns as in the table of sites."""

    mirna: str
    target: str
    start: int
    end: int
    mfe: float
    mfe_ratio: float
    seed: str
    score: float
    p: float
    q: float


@dataclass(frozen=True, slots=True)
class MirnaRow:
    """Sites of one miRNA: their number by seed class, and the lowest energy."""

    name: str
    lowest_mfe: float
    n_by_kind: Mapping[str, int]

    @property
    def n_sites(self) -> int:
        """Sites of all classes."""
        return sum(self.n_by_kind.values())


@dataclass(frozen=True, slots=True)
class DuplexFigure:
    """A duplex drawn, with its words."""

    mirna: str
    target: str
    mfe: float
    seed: str
    lines: tuple[str, ...]
    figure: Figure


@dataclass(frozen=True, slots=True)
class PredictionPage:
    """All that the page shows.

    Parameters
    ----------
    title
        Heading.
    settings
        Inputs and rules of the search, in words.
    n_sites, n_targets, n_mirnas
        Of the whole prediction.
    rows
        The strongest sites, strongest first.
    mirnas
        Those with a site, by name.
    duplexes
        The very strongest sites, drawn.
    energies
        Histograms of energies and p-values.
    """

    title: str
    settings: Mapping[str, str]
    n_sites: int
    n_targets: int
    n_mirnas: int
    rows: tuple[SiteRow, ...]
    mirnas: tuple[MirnaRow, ...]
    duplexes: tuple[DuplexFigure, ...]
    energies: Figure


def prediction_page(
    sites: Sequence[Sites],
    *,
    title: str,
    settings: Mapping[str, str],
    n_pairs: int,
) -> PredictionPage:
    """The page of a prediction; it shows the 2,000 strongest sites.

    Parameters
    ----------
    sites
        All sites, target by target.
    title, settings
        As in `PredictionPage`.
    n_pairs
        Pairs of a miRNA and a target that were tested.
    """
    mfe = np.concatenate([np.empty(0), *(part.hits.mfe for part in sites)])
    p = np.concatenate([np.empty(0), *(part.p for part in sites)])
    is_best = np.concatenate([np.empty(0, bool), *(part.is_best for part in sites)])
    q = false_discovery_rates(p, is_best, n_pairs)
    places = _strongest(sites)
    return PredictionPage(
        title=title,
        settings=settings,
        n_sites=sum(map(len, sites)),
        n_targets=len(sites),
        n_mirnas=len(sites[0].mirnas.names) if sites else 0,
        rows=tuple(_rows(sites, places, q)),
        mirnas=tuple(_mirna_rows(sites)),
        duplexes=tuple(
            _duplex(sites[place.target], place.row) for place in places[:MAX_DRAWN]
        ),
        energies=energies_figure(mfe, p),
    )


def _strongest(sites: Sequence[Sites]) -> list[SitePlace]:
    units = np.concatenate(
        [np.empty(0, np.int64), *(part.hits.units for part in sites)]
    )
    places = [
        SitePlace(target, row)
        for target, part in enumerate(sites)
        for row in range(len(part))
    ]
    return [places[k] for k in np.argsort(units, kind="stable")[:MAX_ROWS].tolist()]


def _rows(
    sites: Sequence[Sites], places: Sequence[SitePlace], q: NDArray[np.float64]
) -> Iterator[SiteRow]:
    before = np.cumsum([0, *map(len, sites)])
    for target, row in places:
        part, hits = sites[target], sites[target].hits
        yield SiteRow(
            mirna=str(part.names[row]),
            target=part.target,
            start=int(hits.start[row]),
            end=int(part.ends[row]),
            mfe=float(hits.mfe[row]),
            mfe_ratio=float(part.ratio[row]),
            seed=str(part.seeds.names[row]),
            score=float(part.score[row]),
            p=float(part.p[row]),
            q=float(q[before[target] + row]),
        )


def _mirna_rows(sites: Sequence[Sites]) -> Iterator[MirnaRow]:
    counts: dict[str, Counter[str]] = {}
    lowest: dict[str, float] = {}
    for part in sites:
        columns = (part.names, part.seeds.names, part.hits.mfe)
        for name, kind, mfe in zip(*(each.tolist() for each in columns), strict=True):
            counts.setdefault(name, Counter())[kind] += 1
            lowest[name] = min(lowest.get(name, 0.0), mfe)
    for name in sorted(counts):
        n_by_kind = {kind: counts[name][kind] for kind in KINDS}
        yield MirnaRow(name, lowest[name], n_by_kind)


def _duplex(sites: Sites, row: int) -> DuplexFigure:
    return DuplexFigure(
        mirna=str(sites.names[row]),
        target=sites.target,
        mfe=float(sites.hits.mfe[row]),
        seed=str(sites.seeds.names[row]),
        lines=tuple(sites.lines[row].tolist()),
        figure=site_figure(sites, row),
    )
