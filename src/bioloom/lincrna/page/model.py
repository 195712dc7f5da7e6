"""The page of a run as frozen dataclasses: `bioloom.report.lincrna` lays them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bioloom.explain import Explanation
from bioloom.lincrna.inputs.fastqc import FastqcReport
from bioloom.lincrna.inputs.samples import SampleReport
from bioloom.lincrna.output.inspection import Inspection
from bioloom.lincrna.output.methods import Methods
from bioloom.lincrna.output.read_quality import STAGES
from bioloom.lincrna.page.locus import LocusView
from bioloom.lincrna.page.sections import (
    Drawing,
    ExpressionSection,
    PartnerSection,
)
from bioloom.lincrna.verdict.attrition import AttritionStep
from bioloom.run.language import tr

NEAR_SHARE = 0.2
"""Of a threshold: no rejected transcript that is farther from it is a near miss."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result in words: what was found, among what, and what was lost where.

    Parameters
    ----------
    candidates, where
        "12 lincRNA candidates" and "in 4 loci: 3 known and 9 novel".
    out_of, source
        What was judged, and where it came from.
    n_dropped, losses
        Rejected transcripts, and the criteria that dropped the most.
    n_unexpressed
        Known lncRNAs that fail nothing but expression in these samples.
    unjudged
        Criteria that could not be judged; empty for none.
    """

    candidates: str
    where: str
    out_of: str
    source: str
    n_dropped: int
    losses: str
    n_unexpressed: int
    unjudged: str


@dataclass(frozen=True, slots=True)
class AttritionRow:
    """What one criterion dropped: the reason, and the steps of both origins."""

    criterion: str
    reason: str
    known: AttritionStep
    novel: AttritionStep


@dataclass(frozen=True, slots=True)
class NearestGene:
    """The nearest coding gene of a candidate."""

    gene: str
    relation: str
    distance_nt: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row of the candidates' table; `working` is None beyond the page's limit."""

    transcript_id: str
    name: str
    named_in: Sequence[str]
    locus_id: str
    chrom: str
    start: int
    region: str
    strand: str
    n_exons: int
    length_nt: int
    origin: str
    known_as: str
    known_gene: str
    n_samples: int | None
    n_full_length: int | None
    orf_aa: int
    coding_probability: float
    nearest: NearestGene | None
    doubts: Sequence[str]
    tpm: Sequence[float]
    working: Explanation | None
    locus: LocusView | None = None
    odds: LogOdds | None = None


@dataclass(frozen=True, slots=True)
class LogOdds:
    """How the log-odds of being coding come about.

    Parameters
    ----------
    start
        Of the model, before it has seen a feature.
    parts
        What each group of features adds, the strongest first.
    threshold
        From which a transcript is coding; None without a threshold.
    """

    start: float
    parts: Mapping[str, float]
    threshold: float | None

    @property
    def end(self) -> float:
        """The log-odds."""
        return self.start + sum(self.parts.values())


@dataclass(frozen=True, slots=True)
class Unexpressed:
    """A known lncRNA that fails nothing but expression in these samples.

    `max_tpm` is its highest expression in any sample; `junction_reads` the reads over
    its junction with the fewest, None where that was not asked for.
    """

    transcript_id: str
    locus_id: str
    chrom: str
    start: int
    region: str
    strand: str
    n_exons: int
    max_tpm: float
    junction_reads: int | None


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rejected transcript that fails one measured criterion, and by how much.

    Parameters
    ----------
    reason
        What it fails by, in words.
    value, threshold, margin
        In `unit`; the margin is positive.
    closeness
        The margin as a fraction of the threshold.
    is_by_evalue
        Whether value and threshold are E-values, and the margin powers of ten.
    n_failing_isoforms
        Other isoforms of its locus that fail too.
    """

    transcript_id: str
    chrom: str
    start: int
    region: str
    strand: str
    origin: str
    reason: str
    unit: str
    value: float
    threshold: float
    margin: float
    closeness: float
    is_by_evalue: bool
    n_failing_isoforms: int
    working: Explanation
    locus: LocusView | None = None


@dataclass(frozen=True, slots=True)
class ReadQuality:
    """FastQC of a file of reads.

    Parameters
    ----------
    sample, part
        Whose it is, and which of its files: see
        `bioloom.lincrna.inputs.fastqc.parts_of_sample`.
    stage
        "raw" or "trimmed".
    page
        Path beside the report of FastQC's own page, by its parts; empty for no page.
    report
        Its numbers.
    """

    sample: str
    part: str
    stage: str
    page: Sequence[str]
    report: FastqcReport

    @property
    def stage_in_words(self) -> str:
        """Before or after trimming."""
        return tr(STAGES[self.stage])


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting in force; `default` is empty unless the value differs from it."""

    name: str
    value: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of the coding model's cross-validation and what it means."""

    name: str
    value: float
    meaning: str


@dataclass(frozen=True, slots=True)
class Method:
    """How coding potential was judged, as the model object itself says.

    Parameters
    ----------
    model
        What the model computes.
    groups
        What its features measure.
    trained_on
        Its name.
    threshold
        Coding probability in force, and where it comes from.
    evaluation
        Cross-validation of the model; empty if it has none.
    """

    model: str
    groups: str
    trained_on: str
    threshold: str
    evaluation: Sequence[Measure]


@dataclass(frozen=True, slots=True)
class InputRow:
    """A file that the run read."""

    path: str
    n_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """What ``run.json`` says, except the state: the run ends after the page."""

    command: str
    start: str
    rng_seed: int | None
    versions: Mapping[str, str]
    arguments: Mapping[str, str]
    inputs: Sequence[InputRow]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of the run folder and what it holds."""

    path: str
    meaning: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """Everything that the report of a run shows.

    Parameters
    ----------
    name
        Of the run folder.
    assembly
        Name that genome browsers know the genome by; empty if by none.
    answer, warnings, notes
        The result in words, what weakens it, and what could change nothing.
    attrition_drawing, combinations, distributions, cells
        Figures; `combinations` is None where nothing was rejected, `cells` are those of
        droplet samples.
    attrition
        By level (transcript, locus), one row per criterion.
    samples, expressed
        Samples, and the names of those with measured expression.
    quality, quality_drawing
        FastQC of the reads, and its curves; empty and None where there is none.
    expression
        Changed genes and specificity; None without samples.
    candidates, near_misses
        Rows of the tables, with their workings.
    candidates_drawing
        The candidates as points; None for fewer than two.
    unexpressed
        Known lncRNAs that fail nothing but expression in these samples.
    n_near_misses, n_far_misses, n_overlapping
        Near misses in all; transcripts that fail one measured criterion by more; and
        those that fail only by overlap.
    example
        A transcript to explain.
    partners
        The candidates' partners; None where an older run lacks them.
    method, settings
        How the run judged.
    methods
        The same as a paragraph for a paper; None where the run has no record.
    inspection
        What was understood of the annotation; None where the run folder lacks it.
    record
        The run record; None if there is none.
    files
        Files of the run folder.
    """

    name: str
    assembly: str
    answer: Answer
    warnings: Sequence[str]
    notes: Sequence[str]
    attrition_drawing: Drawing
    combinations: Drawing | None
    distributions: Drawing
    cells: Sequence[Drawing]
    attrition: Mapping[str, Sequence[AttritionRow]]
    samples: Sequence[SampleReport]
    expressed: Sequence[str]
    quality: Sequence[ReadQuality]
    quality_drawing: Drawing | None
    expression: ExpressionSection | None
    candidates: Sequence[Candidate]
    candidates_drawing: Drawing | None
    near_misses: Sequence[NearMiss]
    unexpressed: Sequence[Unexpressed]
    n_near_misses: int
    n_far_misses: int
    n_overlapping: int
    example: str
    partners: PartnerSection | None
    method: Method
    settings: Sequence[SettingRow]
    methods: Methods | None
    inspection: Inspection | None
    record: Record | None
    files: Sequence[FileRow]

    @property
    def n_workings(self) -> int:
        """Candidates whose working the page holds."""
        return sum(candidate.working is not None for candidate in self.candidates)
