"""The search of transcripts for domains: its cost beforehand, then batch by batch."""

import logging
from dataclasses import dataclass

from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.domains import DomainHit, DomainLibrary
from bioloom.lincrna.verdict.segments import Segments, segment_batches
from bioloom.lincrna.verdict.sequences import SplicedTranscripts
from bioloom.run.progress import OnStep, silent
from bioloom.run.words import counted, time_in_words

SAMPLE_AA = 200_000  # timed to say beforehand what a search will take

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SearchCost:
    """What a search will take.

    Parameters
    ----------
    n_transcripts, n_segments, n_residues
        To be searched: transcripts, distinct translated segments, their amino acids.
    n_models
        Of the library.
    cpu_s
        Estimated CPU time, s.
    """

    n_transcripts: int
    n_segments: int
    n_residues: int
    n_models: int
    cpu_s: float

    def to_text(self) -> str:
        """The cost in one line.

        Examples
        --------
        >>> SearchCost(12, 96, 4800, 20795, 130.0).to_text()
        '12 transcripts (96 segments) against 20,795 models, about 2 min of CPU time'
        """
        return (
            f"{counted(self.n_transcripts, 'transcript')} "
            f"({counted(self.n_segments, 'segment')}) against "
            f"{counted(self.n_models, 'model')}, about {time_in_words(self.cpu_s)} of "
            "CPU time"
        )


@dataclass(frozen=True, slots=True)
class DomainSearch:
    """Searches transcripts with a library, translated as the settings ask."""

    library: DomainLibrary
    settings: FilterSettings

    def search(
        self,
        transcripts: SplicedTranscripts,
        *,
        threads: int = 1,
        on_step: OnStep = silent,
    ) -> dict[str, DomainHit | None]:
        """Best domain hit of each transcript; None where there is none.

        Its cost is logged before it starts. The result depends neither on `threads` nor
        on what else is searched.

        Parameters
        ----------
        transcripts
            With distinct names; read twice.
        threads
            Processors to use.
        on_step
            Called after each model of each batch.
        """
        if not transcripts:
            return {}
        label = f"domains: {self.tell_cost(transcripts).to_text()}"
        hits: dict[str, DomainHit | None] = {}
        n_left = len(transcripts)

        def show(_: str, n_done: int, n_models: int) -> None:
            part = n_done * len(batch) // n_models
            on_step(label, len(hits) + part, n_left)

        on_step(label, 0, n_left)
        for batch in segment_batches(transcripts, self.settings):
            found = self.library.search(batch, threads=threads, on_step=show)
            hits |= {name: found.get(name) for name in batch}
        return hits

    def tell_cost(self, transcripts: SplicedTranscripts) -> SearchCost:
        """Estimate what a search will take, and log it."""
        n_segments = n_residues = n_batches = 0
        sample: list[str] = []
        for batch in segment_batches(transcripts, self.settings):
            proteins = {protein for own in batch.values() for protein in own.values()}
            n_segments += len(proteins)
            n_residues += sum(map(len, proteins))
            n_batches += 1
            sample = sample or _sample(batch)
        cpu_s = 0.0
        if sample:
            cpu_s = self.library.estimated_cpu_s(
                sample, n_residues=n_residues, n_batches=n_batches
            )
        cost = SearchCost(
            len(transcripts), n_segments, n_residues, self.library.n_models, cpu_s
        )
        _log.info("domain search: %s", cost.to_text())
        return cost


def _sample(batch: Segments) -> list[str]:
    """Segments of transcripts from all over a batch, about `SAMPLE_AA` amino acids."""
    proteins = list(
        dict.fromkeys(protein for own in batch.values() for protein in own.values())
    )
    n_residues = sum(map(len, proteins))
    return proteins[:: max(1, n_residues // SAMPLE_AA)]
