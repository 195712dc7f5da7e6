"""Thresholds that fit a genome, learned from its own annotation.

The distance that a single-exon transcript must keep from a coding gene is there for
run-on pieces: transcripts of an unannotated end of the gene. Such an end is taken to
be as long as a 3' UTR of the annotation, and a piece of it must be longer than
`min_length_nt` to pass, so that it begins at most their difference behind the annotated
end, anywhere with equal probability. The learned distance is the smallest multiple of
100 nt at which at most 1 in 100 pieces pass, and the default at most; the annotation's
lncRNAs say what it costs.

The learned ORF length is the one that best separates the longest ORFs of the
annotation's lncRNAs from its proteins (Youden 1950, doi:10.1002/1097-0142(1950)3:1<32).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.kinds import gene_on_contig
from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.coding.frames import frames_of, orf_table
from bioloom.lincrna.inputs.reference import Reference
from bioloom.lincrna.loci.classcodes import classify
from bioloom.lincrna.loci.neighbours import gene_spans, neighbours
from bioloom.lincrna.settings import DEFAULT_GAP_NT, DEFAULT_ORF_AA, FilterSettings
from bioloom.lincrna.verdict.criteria import CODES_WITHOUT_OVERLAP
from bioloom.run.words import counted
from bioloom.seq.genetic_code import genetic_code
from bioloom.statistics.intervals import Estimate, clopper_pearson

MIN_EXAMPLES = 20
MAX_EXAMPLES = 5000  # of lncRNAs whose ORFs are read
MAX_RUN_ON = 0.01
CLEARLY_BETTER = 0.02
_GAPS_NT = range(0, DEFAULT_GAP_NT + 1, 100)
_ORFS_AA = np.arange(30, 301)

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a threshold keeps and leaks, measured on the annotation.

    Parameters
    ----------
    threshold
        In the setting's unit.
    kept
        Share of the annotated lincRNAs that pass, with its interval.
    leaked
        Share that passes of what the threshold should stop: run-on pieces, or
        proteins.
    """

    threshold: int
    kept: Estimate
    leaked: float


@dataclass(frozen=True, slots=True)
class LearnedThreshold:
    """A threshold that fits the genome, beside the default.

    Parameters
    ----------
    setting
        Which one.
    unit
        nt or aa.
    default, learned
        What each keeps and leaks.
    n_lincrna, n_against
        Annotated lincRNA genes, and 3' UTRs or proteins, that it was learned from.
    """

    setting: Literal["gap_mono_nt", "max_orf_aa"]
    unit: str
    default: Outcome
    learned: Outcome
    n_lincrna: int
    n_against: int

    @property
    def against(self) -> str:
        """What it should stop."""
        return "run-on pieces" if self.setting == "gap_mono_nt" else "proteins"

    @property
    def is_better(self) -> bool:
        """Whether it separates clearly better than the default does."""
        default, learned = (
            outcome.kept.value - outcome.leaked
            for outcome in (self.default, self.learned)
        )
        return learned > default + CLEARLY_BETTER

    def sentence(self) -> str:
        """What was learned, and what it keeps and leaks beside the default."""
        default, learned = self.default, self.learned
        return (
            f"{self.setting}: {default.threshold:,} {self.unit}, the default, keeps "
            f"{default.kept} of the {self.n_lincrna:,} annotated lincRNA genes and "
            f"lets {default.leaked:.1%} of {self.against} pass; {learned.threshold:,} "
            f"{self.unit}, learned from them and {self.n_against:,} "
            f"{'UTRs' if self.setting == 'gap_mono_nt' else 'proteins'}, keeps "
            f"{learned.kept} and lets {learned.leaked:.1%} pass."
        )


@dataclass(frozen=True, slots=True)
class Learning:
    """What the annotation teaches about thresholds.

    Parameters
    ----------
    gap, orf
        Learned thresholds; None where nothing could be learned.
    reasons
        Why nothing could be learned, in sentences.
    room
        Share of the gaps between neighbouring coding genes of one strand in which a
        lincRNA of median length could keep the default distance from both; None
        without such gaps.
    """

    gap: LearnedThreshold | None
    orf: LearnedThreshold | None
    reasons: tuple[str, ...] = ()
    room: float | None = None

    @property
    def thresholds(self) -> tuple[LearnedThreshold, ...]:
        """Those that were learned."""
        return tuple(each for each in (self.gap, self.orf) if each)

    def advice(self, settings: FilterSettings) -> tuple[str, ...]:
        """Which learned thresholds to use in place of those in force, and why."""
        return tuple(
            f"{each.sentence()} Set `{each.setting}: auto` to use it."
            for each in self.thresholds
            if each.is_better and getattr(settings, each.setting) != "auto"
        )

    def applied(self, settings: FilterSettings) -> FilterSettings:
        """Settings with "auto" replaced by what was learned, else by the default."""
        gap = self.gap.learned.threshold if self.gap else DEFAULT_GAP_NT
        orf = self.orf.learned.threshold if self.orf else DEFAULT_ORF_AA
        return replace(
            settings,
            gap_mono_nt=gap if settings.gap_mono_nt == "auto" else settings.gap_mono_nt,
            max_orf_aa=orf if settings.max_orf_aa == "auto" else settings.max_orf_aa,
        )


class PlacedLncrna(NamedTuple):
    """A known lncRNA, its class code, and its distance from coding genes.

    `gap_nt` is the distance to the nearest one on its strand, infinite without any.
    """

    transcript: Transcript
    code: str
    gap_nt: float


def placed_lncrnas(reference: Reference) -> list[PlacedLncrna]:
    """Where the known lncRNAs lie."""
    codes = classify(reference.lncrna, reference.coding)
    around = neighbours(reference.lncrna, gene_spans(reference.coding))
    return [
        PlacedLncrna(tx, code.code, near.distance_nt if near else math.inf)
        for tx, code, near in zip(
            reference.lncrna,
            codes,
            (sides.nearest_same_strand for sides in around),
            strict=True,
        )
    ]


def learn(
    lncrnas: Iterable[PlacedLncrna],
    reference: Reference,
    genome: Genome,
    settings: FilterSettings,
) -> Learning:
    """Learn thresholds from the annotation's lincRNAs, UTRs and proteins.

    Parameters
    ----------
    lncrnas
        Known lncRNAs with their places.
    reference
        The annotation, sorted.
    genome
        Its genome, for the ORFs of lncRNAs.
    settings
        For the genetic code.
    """
    placed = _intergenic(lncrnas, reference)
    lincrnas = [each.transcript for each in placed]
    if len(lincrnas) < MIN_EXAMPLES:
        reason = (
            "No threshold could be learned: the annotation has "
            f"{counted(len(lincrnas), 'intergenic lncRNA gene')}, fewer than "
            f"{MIN_EXAMPLES}."
        )
        return Learning(None, None, (reason,))
    gap = _learned_gap(placed, reference, settings)
    orf = _learned_orf(lincrnas, reference, genome, settings)
    reasons = []
    if gap is None:
        reasons.append(
            f"gap_mono_nt could not be learned: fewer than {MIN_EXAMPLES} coding "
            "transcripts have a 3' UTR in the annotation."
        )
    if orf is None:
        reasons.append(
            f"max_orf_aa could not be learned: fewer than {MIN_EXAMPLES} coding genes "
            "have a CDS in the annotation."
        )
    return Learning(gap, orf, tuple(reasons), _room(lincrnas, reference))


def _intergenic(
    lncrnas: Iterable[PlacedLncrna], reference: Reference
) -> list[PlacedLncrna]:
    """The first intergenic transcript of each known lncRNA gene."""
    by_gene: dict[tuple[str, str], PlacedLncrna] = {}
    for each in lncrnas:
        is_nuclear = each.transcript.chrom not in reference.organelles
        if each.code in CODES_WITHOUT_OVERLAP and is_nuclear:
            by_gene.setdefault(gene_on_contig(each.transcript), each)
    return list(by_gene.values())


def _learned_gap(
    lincrnas: Sequence[PlacedLncrna], reference: Reference, settings: FilterSettings
) -> LearnedThreshold | None:
    utrs = utr3_lengths(reference.coding)
    least_nt = settings.min_length_nt
    if len(utrs) < MIN_EXAMPLES:
        return None
    gaps = np.array([each.gap_nt for each in lincrnas])
    tight = (gap for gap in _GAPS_NT if run_on_share(utrs, gap, least_nt) <= MAX_RUN_ON)
    learned = next(tight, DEFAULT_GAP_NT)

    def outcome(gap: int) -> Outcome:
        kept = clopper_pearson(int((gaps >= gap).sum()), len(gaps))
        return Outcome(gap, kept, run_on_share(utrs, gap, least_nt))

    return LearnedThreshold(
        "gap_mono_nt",
        "nt",
        outcome(DEFAULT_GAP_NT),
        outcome(learned),
        len(lincrnas),
        len(utrs),
    )


def run_on_share(utrs: Values, gap_nt: int, least_nt: int) -> float:
    """Share of unannotated gene ends of which a piece passes a distance.

    Parameters
    ----------
    utrs
        Lengths that unannotated ends may have, nt.
    gap_nt
        The distance.
    least_nt
        A piece must be longer than this.

    Examples
    --------
    >>> run_on_share(np.array([100.0, 600.0]), 200, 200)
    0.25
    """
    room = np.maximum(utrs - least_nt, 0.0)
    passing = np.maximum(room - gap_nt, 0.0)
    shares = np.divide(passing, room, out=np.zeros_like(room), where=room > 0)
    return float(shares.mean())


def utr3_lengths(coding: Iterable[Transcript]) -> Values:
    """Exonic length of the 3' UTR of each coding transcript that has one, nt."""
    lengths = []
    for tx in coding:
        if not tx.cds or tx.strand == ".":
            continue
        if tx.strand == "+":
            last = tx.cds[-1][1]
            length = sum(
                end - max(start, last) for start, end in tx.exons if end > last
            )
        else:
            first = tx.cds[0][0]
            length = sum(
                min(end, first) - start for start, end in tx.exons if start < first
            )
        if length:
            lengths.append(length)
    return np.array(lengths, dtype=np.float64)


def _learned_orf(
    lincrnas: Sequence[Transcript],
    reference: Reference,
    genome: Genome,
    settings: FilterSettings,
) -> LearnedThreshold | None:
    proteins = _protein_lengths(reference.coding)
    if len(proteins) < MIN_EXAMPLES:
        return None
    step = -(-len(lincrnas) // MAX_EXAMPLES)
    orfs = _longest_orfs(lincrnas[::step], genome, settings)
    kept = (orfs[None, :] < _ORFS_AA[:, None]).mean(axis=1)
    leaked = (proteins[None, :] < _ORFS_AA[:, None]).mean(axis=1)
    separation = kept - leaked
    # of equally good lengths the one nearest the default
    best = _ORFS_AA[separation >= separation.max() - 1e-12]
    learned = int(best[np.argmin(np.abs(best - DEFAULT_ORF_AA))])

    def outcome(limit: int) -> Outcome:
        passing = clopper_pearson(int((orfs < limit).sum()), len(orfs))
        return Outcome(limit, passing, float((proteins < limit).mean()))

    return LearnedThreshold(
        "max_orf_aa",
        "aa",
        outcome(DEFAULT_ORF_AA),
        outcome(learned),
        len(orfs),
        len(proteins),
    )


def _protein_lengths(coding: Iterable[Transcript]) -> NDArray[np.int64]:
    """Longest protein of each coding gene, amino acids."""
    longest: dict[tuple[str, str], int] = {}
    for tx in coding:
        if tx.cds:
            length = sum(end - start for start, end in tx.cds) // 3
            gene = gene_on_contig(tx)
            longest[gene] = max(length, longest.get(gene, 0))
    return np.array(list(longest.values()), dtype=np.int64)


def _longest_orfs(
    transcripts: Sequence[Transcript], genome: Genome, settings: FilterSettings
) -> NDArray[np.int64]:
    """Longest ORF of each on its strand, amino acids; 0 where there is none."""
    sequences = [genome.spliced(tx) for tx in transcripts]
    table = orf_table(frames_of(sequences, genetic_code(settings.genetic_code)))
    longest = np.zeros(len(transcripts), dtype=np.int64)
    np.maximum.at(longest, table.transcript, table.n_codons)
    return longest


class _Place(NamedTuple):
    """A strand of a chromosome."""

    chrom: str
    strand: str


def _room(lincrnas: Sequence[Transcript], reference: Reference) -> float | None:
    """Share of same-strand gaps that hold a median lincRNA and twice the default."""
    needed = 2 * DEFAULT_GAP_NT + float(np.median([tx.length_nt for tx in lincrnas]))
    ends: dict[_Place, int] = {}
    gaps = []
    for gene in gene_spans(reference.coding):
        place = _Place(gene.chrom, gene.strand)
        if place in ends and gene.start > ends[place]:
            gaps.append(gene.start - ends[place])
        ends[place] = max(gene.end, ends.get(place, 0))
    return float((np.array(gaps) >= needed).mean()) if gaps else None
