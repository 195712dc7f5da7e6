"""What is measured of each transcript before it is judged."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.classcodes import ClassCode, classify
from bioloom.lincrna.coding import CodingModel, CodingScore, scores_and_orfs
from bioloom.lincrna.data import Reference
from bioloom.lincrna.domains import DomainHit, DomainLibrary
from bioloom.lincrna.housekeeping import HousekeepingOverlap, housekeeping_overlaps
from bioloom.lincrna.neighbours import Neighbours, gene_spans, neighbours
from bioloom.lincrna.orf import LongestOrfs, open_segments
from bioloom.lincrna.settings import FilterSettings

BLOCK = 2000  # transcripts read at a time: bounds the memory

OnStep = Callable[[str, int, int], None]
"""Told the name of the step, what is done and what there is to do."""


def silent(name: str, done: int, total: int) -> None:  # noqa: ARG001
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of one transcript before it is judged.

    `domain` is the best domain hit, None if there is none; `is_domain_searched` tells
    whether any model was looked for. `a_fraction_behind` is the part of A in the genome
    behind the 3' end, on the transcript's strand.
    """

    transcript: Transcript
    class_code: ClassCode
    neighbours: Neighbours
    orfs: LongestOrfs
    coding: CodingScore
    housekeeping: HousekeepingOverlap
    domain: DomainHit | None
    is_domain_searched: bool
    a_fraction_behind: float = 0.0

    @property
    def longest_orf_aa(self) -> int:
        """Amino acids of the longest ORF, complete or 3'-open; 0 if none."""
        longest = self.orfs.longest
        return longest.length_aa if longest else 0

    @property
    def gap_nt(self) -> float:
        """Distance to the nearest coding gene on the same strand; inf if none."""
        nearest = self.neighbours.nearest_same_strand
        return nearest.distance_nt if nearest else math.inf


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Measures transcripts against one reference, genome, model and library.

    `library` is None where no domain models were given.
    """

    reference: Reference
    genome: Genome
    model: CodingModel
    library: DomainLibrary | None
    settings: FilterSettings

    def gather(
        self, transcripts: Sequence[Transcript], *, threads: int, on_step: OnStep
    ) -> list[Evidence]:
        """Evidence on each transcript, in order.

        Parameters
        ----------
        transcripts
            With distinct names.
        threads
            Processors for the domain search.
        on_step
            Called after each block.
        """
        codes = classify(transcripts, self.reference.coding)
        sides = neighbours(transcripts, gene_spans(self.reference.coding))
        overlaps = housekeeping_overlaps(
            transcripts,
            self.reference.housekeeping,
            mitochondrial_chroms=self.settings.mitochondrial_chroms,
        )
        evidence: list[Evidence] = []
        for first in range(0, len(transcripts), BLOCK):
            on_step("transcripts", first, len(transcripts))
            rows = slice(first, first + BLOCK)
            placed = (codes[rows], sides[rows], overlaps[rows])
            evidence += self._block(transcripts[rows], *placed, threads=threads)
        on_step("transcripts", len(transcripts), len(transcripts))
        return evidence

    def _block(
        self,
        transcripts: Sequence[Transcript],
        codes: Sequence[ClassCode],
        sides: Sequence[Neighbours],
        overlaps: Sequence[HousekeepingOverlap],
        *,
        threads: int,
    ) -> list[Evidence]:
        sequences = [self.genome.spliced(tx) for tx in transcripts]
        strands = [tx.strand for tx in transcripts]
        read = scores_and_orfs(sequences, strands, self.model)
        hits = self._domain_hits(transcripts, sequences, threads)
        return [
            Evidence(
                transcript=tx,
                class_code=code,
                neighbours=side,
                orfs=orfs,
                coding=scored,
                housekeeping=overlap,
                domain=hits.get(tx.transcript_id),
                is_domain_searched=self.library is not None,
                a_fraction_behind=self._a_fraction_behind(tx),
            )
            for tx, (scored, orfs), code, side, overlap in zip(
                transcripts, read, codes, sides, overlaps, strict=True
            )
        ]

    def _a_fraction_behind(self, tx: Transcript) -> float:
        """Part of A behind the 3' end; 0 without strand or at a chromosome's end."""
        window = self.settings.priming_window_nt
        if tx.strand == "-":
            span = (max(0, tx.start - window), tx.start)
        else:
            span = (tx.end, tx.end + window)
        bases = self.genome.fetch(tx.chrom, span)
        letter = {"+": "A", "-": "T", ".": "."}[tx.strand]
        return bases.count(letter) / len(bases) if bases else 0.0

    def _domain_hits(
        self, transcripts: Sequence[Transcript], sequences: Sequence[str], threads: int
    ) -> Mapping[str, DomainHit]:
        if self.library is None:
            return {}
        shortest = self.settings.min_segment_aa
        segments = {
            tx.transcript_id: open_segments(sequence, tx.strand, min_aa=shortest)
            for tx, sequence in zip(transcripts, sequences, strict=True)
        }
        return self.library.search(segments, threads=threads)
