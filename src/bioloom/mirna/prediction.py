"""From miRNAs and targets to sites with all their columns, target by target."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.chance.calibration import Calibration
from bioloom.mirna.chance.evd import Law
from bioloom.mirna.chance.laws import Laws, laws_of
from bioloom.mirna.context.columns import Context
from bioloom.mirna.errors import NoSite
from bioloom.mirna.inputs.records import (
    Mirna,
    Target,
    Targets,
    chosen_mirna,
    chosen_target,
    read_mirnas,
)
from bioloom.mirna.options import PValues, SearchOptions
from bioloom.mirna.output.explain import explain
from bioloom.mirna.output.result import Prediction, Sites
from bioloom.mirna.ranking.model import scores
from bioloom.mirna.search.choose import searcher_for
from bioloom.mirna.search.plain import AnySearcher, PlainSearcher
from bioloom.mirna.sites.duplex import perfect_mfe
from bioloom.mirna.sites.hits import Hits, MirnaTable, padded
from bioloom.mirna.sites.seeds import seed_matches
from bioloom.run.progress import OnStep, silent
from bioloom.run.settings import RNG_SEED
from bioloom.seq.alphabet import SeqCodes
from bioloom.seq.sources import SequenceSource

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bioloom.explain import Explanation

MAP_MAX_MFE = -15.0
"""Highest energy of a site in a map, kcal/mol."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search that is ready to run.

    Parameters
    ----------
    mirnas, targets
        What is searched for, and where.
    options
        Rules of the search.
    laws
        For p-values.
    threads
        Processors; the result does not depend on it.
    context
        What is to be said of the surroundings of sites; None for nothing.
    """

    mirnas: tuple[Mirna, ...]
    targets: Targets
    options: SearchOptions
    laws: Laws
    threads: int = 1
    context: Context | None = None

    def sites(self, on_step: OnStep = silent) -> Iterator[Sites]:
        """Sites, target by target, as they are found; memory for a few targets."""
        sites_by_target = predicted(
            self.mirnas,
            self.targets,
            self.options,
            laws=self.laws.by_mirna,
            threads=self.threads,
            target_nt=self.targets.most_nt,
            context=self.context,
        )
        for done, sites in enumerate(sites_by_target, 1):
            on_step("targets", done, 0)
            yield sites

    def run(self, on_step: OnStep = silent) -> Prediction:
        """All sites at once, held in memory as the targets are."""
        return Prediction(
            sites=tuple(self.sites(on_step)),
            mirnas=self.mirnas,
            targets=tuple(self.targets),
            options=self.options,
            laws=self.laws,
        )


def prepared(
    mirnas: tuple[Mirna, ...],
    targets: Targets,
    options: SearchOptions,
    *,
    p_values: PValues = "auto",
    calibration: Path | Calibration | None = None,
    rng_seed: int = RNG_SEED,
    threads: int = 1,
    on_step: OnStep = silent,
) -> Search:
    """A search with its laws, which may be fitted first; see `laws_of`."""
    laws = laws_of(
        mirnas,
        targets,
        options,
        p_values=p_values,
        calibration=calibration,
        rng_seed=rng_seed,
        threads=threads,
        on_step=on_step,
    )
    return Search(mirnas, targets, options, laws, threads)


def predict_records(
    mirnas: Sequence[Mirna],
    targets: Sequence[Target],
    options: SearchOptions | None = None,
    *,
    laws: Sequence[Law] | None = None,
    threads: int = 1,
    context: Context | None = None,
) -> Prediction:
    """Sites of records that are in memory already.

    Parameters
    ----------
    mirnas, targets
        The records.
    options
        Rules of the search; by default the best site of each pair.
    laws
        Law of each miRNA's best energy, for p-values; None leaves them out.
    threads
        Processors; the result does not depend on it.
    context
        What is to be said of the surroundings of sites; None for nothing.
    """
    search = Search(
        mirnas=tuple(mirnas),
        targets=Targets(records=tuple(targets)),
        options=options or SearchOptions(),
        laws=Laws(None if laws is None else tuple(laws)),
        threads=threads,
        context=context,
    )
    return search.run()


def explain_pair(
    mirnas: SequenceSource,
    targets: SequenceSource,
    options: SearchOptions,
    *,
    mirna: str | None = None,
    target: str | None = None,
    site: int = 1,
    p_values: PValues = "none",
    calibration: Path | Calibration | None = None,
) -> Explanation:
    """Explain one site; see `bioloom.mirna.explain`."""
    chosen = chosen_mirna(mirnas, mirna)
    on_target = chosen_target(targets, target)
    pair_target = Targets(records=(on_target,))
    laws = laws_of(
        (chosen,), pair_target, options, p_values=p_values, calibration=calibration
    )
    law = laws.by_mirna[0] if laws.by_mirna else None
    return explain(chosen, on_target, options, number=site, law=law)


def draw_site(
    mirnas: SequenceSource,
    targets: SequenceSource,
    options: SearchOptions,
    *,
    mirna: str | None = None,
    target: str | None = None,
    site: int = 1,
) -> Figure:
    """Draw one duplex base by base; see `bioloom.mirna.draw`."""
    from bioloom.mirna.output.figures import site_figure

    chosen = chosen_mirna(mirnas, mirna)
    rules = replace(options, top=site)
    [sites] = predict_records([chosen], [chosen_target(targets, target)], rules).sites
    if len(sites) < site:
        raise NoSite(chosen.name, sites.target)
    return site_figure(sites, site - 1)


def draw_map(
    mirnas: SequenceSource,
    targets: SequenceSource,
    options: SearchOptions,
    *,
    mirna: str | None = None,
    target: str | None = None,
    max_mfe: float | None = None,
) -> Figure:
    """Draw all sites along one target; see `bioloom.mirna.draw`."""
    from bioloom.mirna.output.figures import map_figure

    searched = (chosen_mirna(mirnas, mirna),) if mirna else read_mirnas(mirnas)
    rules = replace(options, top=None, max_mfe=max_mfe or MAP_MAX_MFE)
    [sites] = predict_records(searched, [chosen_target(targets, target)], rules).sites
    if not len(sites):
        raise NoSite(searched[0].name, sites.target)
    return map_figure(sites)


def predicted(
    mirnas: Sequence[Mirna],
    targets: Iterable[Target],
    options: SearchOptions,
    *,
    laws: Sequence[Law] | None = None,
    threads: int = 1,
    target_nt: int | None = None,
    context: Context | None = None,
) -> Iterator[Sites]:
    """Sites of miRNAs on targets, target by target.

    Parameters
    ----------
    mirnas, targets, options, laws, threads, context
        As for `predict_records`.
    target_nt
        Bases of all targets at most: a small job is done without the compiled search,
        which takes longer to load. None if unknown.
    """
    codes = [mirna.codes for mirna in mirnas]
    searcher = searcher_for(codes, options, target_nt=target_nt)
    table = MirnaTable(
        names=np.array([mirna.name for mirna in mirnas]),
        codes=padded(codes),
        lengths=np.array([len(each) for each in codes]),
        perfect=_perfect(searcher, codes),
    )
    waiting: deque[Target] = deque()
    hits_by_target = searcher.search_all(_queued(targets, waiting), threads=threads)
    for hits in hits_by_target:
        target = waiting.popleft()
        seeds = seed_matches(hits, table.codes, target.codes)
        yield Sites(
            target=target.name,
            target_nt=len(target.codes),
            mirnas=table,
            hits=hits,
            seeds=seeds,
            lines=_lines(searcher, hits, table, target.codes),
            p=_p_values(hits, len(target.codes), laws),
            score=scores(
                hits,
                seeds,
                table,
                target.codes,
                is_compiled=not isinstance(searcher, PlainSearcher),
            ),
            extra=(
                context.columns(hits, seeds, target.codes, name=target.name)
                if context
                else {}
            ),
        )


def _perfect(searcher: AnySearcher, codes: Sequence[SeqCodes]) -> NDArray[np.int64]:
    if isinstance(searcher, PlainSearcher):
        units = [round(100 * perfect_mfe(each)) for each in codes]
        return np.minimum(np.array(units, dtype=np.int64), -1)
    from bioloom.mirna.search.best_energies import perfect_energies  # imports numba

    return perfect_energies(codes)


def _lines(
    searcher: AnySearcher, hits: Hits, mirnas: MirnaTable, target: SeqCodes
) -> NDArray[np.str_]:
    if isinstance(searcher, PlainSearcher):
        drawn = [duplex.lines for duplex in searcher.duplexes(target, hits)]
        return np.array(drawn, dtype=np.str_).reshape(-1, 4)
    from bioloom.mirna.sites.alignment import drawings  # imports numba

    return drawings(hits, mirnas, target)


def _queued(targets: Iterable[Target], waiting: deque[Target]) -> Iterator[SeqCodes]:
    """Codes of targets, which wait in the queue until their sites are found."""
    for target in targets:
        waiting.append(target)
        yield target.codes


def _p_values(
    hits: Hits, target_nt: int, laws: Sequence[Law] | None
) -> NDArray[np.float64]:
    p = np.full(len(hits), np.nan)
    if laws is not None:
        for number in np.unique(hits.mirna).tolist():
            rows = hits.mirna == number
            p[rows] = laws[number].p_value(hits.mfe[rows], target_nt)
    return p
