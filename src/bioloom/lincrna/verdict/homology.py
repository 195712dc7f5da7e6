"""Proteins that a transcript's translated frames resemble: homology as a vote.

A transcript that encodes a protein, or once did, resembles a protein of its own or of a
related species. A repeat such as Alu or LINE-1 does so too, because some proteins hold
a piece of one; so a protein counts only where the transcript resembles a good part of
it.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bioloom.genome.transcript import joined
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.homology_tools import Alignment, SearchTool, chosen_tool
from bioloom.lincrna.verdict.low_complexity import MASK, masked
from bioloom.lincrna.verdict.proteins import ProteinFile
from bioloom.lincrna.verdict.segments import Segments, segment_batches
from bioloom.lincrna.verdict.sequences import SplicedTranscripts
from bioloom.run.progress import OnStep, silent
from bioloom.run.words import counted, time_in_words

_Owners = dict[str, list[tuple[str, str]]]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HomologyHit:
    """The protein that a transcript resembles most.

    Parameters
    ----------
    protein, description
        As the file of proteins names it.
    evalue
        Of the best alignment: expected number of such ones by chance, of one segment
        with all proteins of the file.
    score_bits
        Its score, bits.
    identity
        Fraction of its positions with the same amino acid.
    coverage
        Fraction of the protein that all alignments of the transcript with it cover.
    segment
        Translated segment of the best alignment, ``<strand><frame>:<start>``.
    start_aa, end_aa
        Half-open span of the alignment in the segment, amino acids.
    protein_start, protein_end
        The same in the protein.
    n_segments
        Segments of the transcript that resemble the protein.
    """

    protein: str
    description: str
    evalue: float
    score_bits: float
    identity: float
    coverage: float
    segment: str
    start_aa: int
    end_aa: int
    protein_start: int
    protein_end: int
    n_segments: int


class _Placed(NamedTuple):
    """An alignment of a segment, which is named."""

    segment: str
    alignment: Alignment


class ProteinLibrary:
    """The user's proteins, and the program that transcripts are compared with them by.

    Parameters
    ----------
    path
        FASTA of proteins, plain or gzip.
    settings
        Program, E-value, coverage and translation.
    tool
        The program, if it was chosen before; None chooses.

    Raises
    ------
    MissingFile, BadFasta
        If there are no proteins in it.
    ToolMissing, PackageMissing
        If the program that is asked for is not installed.
    """

    def __init__(
        self, path: Path, settings: FilterSettings, tool: SearchTool | None = None
    ) -> None:
        self.tool = tool or chosen_tool(settings.homology_tool)
        self.file = ProteinFile(path)
        self._settings = settings

    @property
    def title(self) -> str:
        """Program and number of proteins, in words."""
        return f"{counted(len(self.file), 'protein')} by {self.tool.title}"

    def search(
        self,
        transcripts: SplicedTranscripts,
        *,
        threads: int = 1,
        on_step: OnStep = silent,
    ) -> dict[str, HomologyHit | None]:
        """Most similar protein of each transcript; None where there is none.

        The result depends neither on `threads` nor on what else is searched.

        Parameters
        ----------
        transcripts
            With distinct names.
        threads
            Processors to use.
        on_step
            Called as the work proceeds.

        Raises
        ------
        ToolFailed
            If the program fails; holds its message.
        """
        if not transcripts:
            return {}
        hits: dict[str, HomologyHit | None] = {}
        label = ""

        def show(_: str, n_done: int, n_segments: int) -> None:
            part = n_done * len(batch) // n_segments
            on_step(label, len(hits) + part, len(transcripts))

        for batch in segment_batches(transcripts, self._settings):
            owners = _owners(batch, self._settings.min_segment_aa)
            label = self._label(len(transcripts), list(owners))
            _log.info("homology search: %s", label)
            on_step(label, len(hits), len(transcripts))
            found = self._found(owners, threads=threads, on_step=show)
            hits |= {name: found.get(name) for name in batch}
            on_step(label, len(hits), len(transcripts))
        return hits

    def _label(self, n_transcripts: int, segments: Sequence[str]) -> str:
        """What is searched, and of phmmer what it will take."""
        searched = (
            f"proteins: {counted(n_transcripts, 'transcript')} "
            f"({counted(len(segments), 'segment')}) with {self.title}"
        )
        cpu_s = self.tool.estimated_cpu_s(segments, self.file)
        if not cpu_s:
            return searched
        return f"{searched}, about {time_in_words(cpu_s)} of CPU time"

    def _found(
        self, owners: _Owners, *, threads: int, on_step: OnStep
    ) -> dict[str, HomologyHit]:
        """Best hit of each transcript of a batch that has one."""
        segments = list(owners)
        if not segments:
            return {}
        by_protein: dict[tuple[str, str, int], list[_Placed]] = defaultdict(list)
        for alignment in self.tool.align(
            segments,
            self.file,
            max_evalue=self._settings.max_homology_evalue,
            threads=threads,
            on_step=on_step,
        ):
            for transcript, name in owners[segments[alignment.segment]]:
                key = (transcript, name[0], alignment.protein)
                by_protein[key].append(_Placed(name, alignment))
        return self._best(by_protein)

    def _best(
        self, by_protein: Mapping[tuple[str, str, int], list[_Placed]]
    ) -> dict[str, HomologyHit]:
        best: dict[str, HomologyHit] = {}
        for (transcript, _, protein), placed in by_protein.items():
            hit = self._as_hit(protein, placed)
            if transcript not in best or self._rank(hit) < self._rank(best[transcript]):
                best[transcript] = hit
        return best

    def _as_hit(self, number: int, placed: list[_Placed]) -> HomologyHit:
        protein = self.file.proteins[number]
        segment, top = min(placed, key=_order)
        spans = [(each.protein_start, each.protein_end) for _, each in placed]
        n_covered = sum(end - start for start, end in joined(spans))
        return HomologyHit(
            protein=protein.name,
            description=protein.description,
            evalue=top.evalue,
            score_bits=top.score_bits,
            identity=round(top.identity, 4),
            coverage=round(n_covered / protein.length_aa, 4),
            segment=segment,
            start_aa=top.start_aa,
            end_aa=top.end_aa,
            protein_start=top.protein_start,
            protein_end=top.protein_end,
            n_segments=len({name for name, _ in placed}),
        )

    def _rank(self, hit: HomologyHit) -> tuple[bool, float, float, float, str, str]:
        """Those that reject first, then by E-value; names make the order unique."""
        is_short = hit.coverage < self._settings.min_homology_coverage
        score = (hit.evalue, -hit.score_bits, -hit.coverage)
        return (is_short, *score, hit.protein, hit.segment)


def _order(placed: _Placed) -> tuple[float, float, str, int]:
    found = placed.alignment
    return (found.evalue, -found.score_bits, placed.segment, found.start_aa)


def _owners(batch: Segments, min_aa: int) -> _Owners:
    """Transcript and name of each distinct segment, simple repeats masked."""
    owners: _Owners = defaultdict(list)
    for transcript, own in batch.items():
        for name, protein in own.items():
            letters = masked(protein)
            if len(letters) - letters.count(MASK) >= min_aa:
                owners[letters].append((transcript, name))
    return owners
