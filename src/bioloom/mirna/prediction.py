"""From miRNAs and targets to sites with all their columns, target by target."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.chance.evd import Law
from bioloom.mirna.chance.laws import NO_LAWS, Laws, LawSource, laws_of
from bioloom.mirna.context.columns import Context
from bioloom.mirna.context.conservation_track import ConservationTrack
from bioloom.mirna.evidence.overlap import Evidence
from bioloom.mirna.inputs.oddities import RecordLog
from bioloom.mirna.inputs.places import Places, TargetPlace, places_of
from bioloom.mirna.inputs.records import (
    Mirna,
    Target,
)
from bioloom.mirna.inputs.targets import Targets, held_targets, targets_of_file
from bioloom.mirna.options import Region, SearchOptions
from bioloom.mirna.output.result import Prediction, Sites
from bioloom.mirna.ranking.model import scores
from bioloom.mirna.search.choose import searcher_for
from bioloom.mirna.search.circular import unrolled
from bioloom.mirna.search.plain import AnySearcher, PlainSearcher
from bioloom.mirna.search.plant import plant_columns
from bioloom.mirna.sites.duplex import perfect_mfe
from bioloom.mirna.sites.hits import Hits, MirnaTable, padded
from bioloom.mirna.sites.seeds import seed_matches, supplementary_pairs
from bioloom.run.progress import OnStep, silent
from bioloom.run.text import warn_input
from bioloom.run.words import counted, joined
from bioloom.seq.alphabet import SeqCodes
from bioloom.seq.coded import source_name
from bioloom.seq.sources import SequenceSource

if TYPE_CHECKING:
    pass


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
    places
        Where targets lie on a genome, by name.
    evidence
        Peaks to lay beside the sites; None for none.
    threads
        Processors; the result does not depend on it.
    context
        What is to be said of the surroundings of sites; None for nothing.
    track
        Conservation along the genome; None for none.
    """

    mirnas: tuple[Mirna, ...]
    targets: Targets
    options: SearchOptions
    laws: Laws
    places: Mapping[str, TargetPlace] = field(default_factory=dict)
    evidence: Evidence | None = None
    threads: int = 1
    context: Context | None = None
    track: ConservationTrack | None = None

    @property
    def too_short(self) -> tuple[Mirna, ...]:
        """The miRNAs that end before the seed region does, and so have no site."""
        region = self.options.seed_region
        if region is None:
            return ()
        return tuple(each for each in self.mirnas if len(each.codes) < region.last)

    @property
    def n_pairs(self) -> int:
        """Pairs of a miRNA and a target that are tested."""
        return (len(self.mirnas) - len(self.too_short)) * len(self.targets)

    def sites(self, on_step: OnStep = silent) -> Iterator[Sites]:
        """Sites, target by target, as they are found; memory for a few targets."""
        found = self._found(on_step)
        found = self.track.marked(found) if self.track else found
        yield from self.evidence.marked(found) if self.evidence else found

    def _found(self, on_step: OnStep) -> Iterator[Sites]:
        on_step("loading the search", 0, 0)
        sites_by_target = predicted(
            self.mirnas,
            self.targets,
            self.options,
            laws=self.laws,
            threads=self.threads,
            target_nt=self.targets.n_bases,
            context=self.context,
        )
        for done, sites in enumerate(sites_by_target, 1):
            on_step("targets", done, len(self.targets))
            yield replace(sites, place=self.places.get(sites.target))

    def run(self, on_step: OnStep = silent) -> Prediction:
        """All sites at once, held in memory as the targets are."""
        sites = tuple(self.sites(on_step))
        return Prediction(
            sites=sites,
            mirnas=self.mirnas,
            targets=tuple(self.targets),
            options=self.options,
            laws=self.laws,
            n_pairs=self.n_pairs,
            evidence=self.evidence.enrichment() if self.evidence else None,
        )


def prepared(
    mirnas: tuple[Mirna, ...],
    targets: Targets,
    options: SearchOptions,
    law_source: LawSource,
    *,
    places: Mapping[str, TargetPlace] | None = None,
    evidence: Evidence | None = None,
    threads: int = 1,
    on_step: OnStep = silent,
) -> Search:
    """A search with its laws, which may be fitted first."""
    if options.plant and law_source.p_values == "auto":
        # p-values are for the best energy, and these sites are not that
        law_source = replace(law_source, p_values="none")
    laws = laws_of(
        mirnas, targets, options, law_source, threads=threads, on_step=on_step
    )
    search = Search(mirnas, targets, options, laws, places or {}, evidence, threads)
    if search.too_short:
        warn_input(_too_short(search.too_short, options))
    return search


@dataclass(frozen=True, slots=True)
class GenomeSource:
    """Where positions of targets on a genome come from.

    Parameters
    ----------
    annotation
        GTF, GFF3 or BED12; None if the targets' headers say where they lie.
    region
        The part of transcripts that targets are whose headers do not say it.
    """

    annotation: Path | None = None
    region: Region | None = None

    def places(
        self, targets: Targets, source: SequenceSource, log: RecordLog
    ) -> dict[str, TargetPlace]:
        """Positions of targets in memory, by name.

        Parameters
        ----------
        targets
            The targets.
        source
            What they were read from.
        log
            Takes targets without a position.
        """
        named = Path(source_name(source, "targets"))
        finder = places_of(named, log, annotation=self.annotation, region=self.region)
        for target in targets:
            finder.visit(target)
        finder.finish()
        return finder.by_target


@dataclass(frozen=True, slots=True)
class TargetFile:
    """Targets of a file, and what is known of their positions.

    Parameters
    ----------
    path
        FASTA file; "-" is standard input.
    genome
        What gives positions on a genome; None for positions on the targets.
    evidence
        Peaks, in the same positions; None for none.
    """

    path: Path
    genome: GenomeSource | None = None
    evidence: Evidence | None = None

    def places(self, log: RecordLog) -> Places | None:
        """What finds positions on a genome as the targets are read."""
        if self.genome is None:
            return None
        source = self.genome
        return places_of(
            self.path, log, annotation=source.annotation, region=source.region
        )


@contextmanager
def opened(
    mirnas: tuple[Mirna, ...],
    targets: TargetFile,
    options: SearchOptions,
    law_source: LawSource,
    *,
    log: RecordLog,
    threads: int = 1,
    on_step: OnStep = silent,
) -> Iterator[Search]:
    """A search on the targets of a file, which is checked before it begins.

    Parameters
    ----------
    mirnas, options, law_source, threads, on_step
        As for `prepared`.
    targets
        The file.
    log
        Takes odd records.
    """
    places = targets.places(log)
    visit = places.visit if places else None
    with targets_of_file(targets.path, log, visit) as usable:
        if places:
            places.finish()
        yield prepared(
            mirnas,
            usable,
            options,
            law_source,
            places=places.by_target if places else None,
            evidence=targets.evidence,
            threads=threads,
            on_step=on_step,
        )


def _too_short(mirnas: Sequence[Mirna], options: SearchOptions) -> str:
    names = joined([mirna.name for mirna in mirnas[:3]])
    return (
        f"{counted(len(mirnas), 'miRNA')} shorter than the seed region "
        f"{options.seed_region} cannot have a site: {names}"
        f"{' …' if len(mirnas) > 3 else ''}"
    )


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
        targets=held_targets(targets),
        options=options or SearchOptions(),
        laws=Laws(None if laws is None else tuple(laws)),
        threads=threads,
        context=context,
    )
    return search.run()


def predicted(
    mirnas: Sequence[Mirna],
    targets: Iterable[Target],
    options: SearchOptions,
    *,
    laws: Laws = NO_LAWS,
    threads: int = 1,
    target_nt: int | None = None,
    context: Context | None = None,
) -> Iterator[Sites]:
    """Sites of miRNAs on targets, target by target.

    Parameters
    ----------
    mirnas, targets, options, threads, context
        As for `predict_records`.
    laws
        For p-values.
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
    longest = max(map(len, codes))
    for hits in hits_by_target:
        target = waiting.popleft()
        bases = target.codes
        hits = _perfect_enough(hits, table, options.min_mfe_ratio)
        if options.circular:
            bases = unrolled(bases, longest)
        seeds = seed_matches(hits, table.codes, bases)
        yield Sites(
            target=target.name,
            target_nt=len(target.codes),
            mirnas=table,
            hits=hits,
            seeds=seeds,
            lines=_lines(searcher, hits, table, target.codes),
            p=laws.p_values(hits.mirna, hits.mfe, target.codes),
            score=scores(hits, seeds, table, bases, is_compiled=searcher.is_compiled),
            supplementary=supplementary_pairs(hits, table.codes, bases),
            is_circular=options.circular,
            extra=plant_columns(hits)
            | (
                context.columns(
                    hits,
                    seeds,
                    bases,
                    name=target.name,
                    is_circular=options.circular,
                )
                if context
                else {}
            ),
        )


def _perfect_enough(hits: Hits, mirnas: MirnaTable, min_ratio: float) -> Hits:
    """Hits whose energy is enough of that with the perfect complement."""
    if not min_ratio:
        return hits
    return hits.rows(hits.units / mirnas.perfect[hits.mirna] >= min_ratio)


def _perfect(searcher: AnySearcher, codes: Sequence[SeqCodes]) -> NDArray[np.int64]:
    if isinstance(searcher, PlainSearcher):
        units = [round(100 * perfect_mfe(each)) for each in codes]
        return np.minimum(np.array(units, dtype=np.int64), -1)
    from bioloom.mirna.search.best_energies import perfect_energies  # imports numba

    return perfect_energies(codes)


def _lines(
    searcher: AnySearcher, hits: Hits, mirnas: MirnaTable, target: SeqCodes
) -> NDArray[np.str_]:
    if not searcher.is_compiled:
        drawn = [duplex.lines for duplex in searcher.duplexes(target, hits)]
        return np.array(drawn, dtype=np.str_).reshape(-1, 4)
    from bioloom.mirna.sites.alignment import drawings  # imports numba

    return drawings(hits, mirnas, target)


def _queued(targets: Iterable[Target], waiting: deque[Target]) -> Iterator[SeqCodes]:
    """Codes of targets, which wait in the queue until their sites are found."""
    for target in targets:
        waiting.append(target)
        yield target.codes
