"""The criteria, each a small named object that judges one piece of evidence.

Every criterion in force is judged for every transcript, so that near misses are known
and the attrition can be counted in any order. A judgement that could not be made (no
domain models were given) is neither passed nor failed.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from bioloom.lincrna.coding.model import MICROPEPTIDE_AA
from bioloom.lincrna.coding.potential import CodingScore
from bioloom.lincrna.loci.touches import TouchKind
from bioloom.lincrna.settings import CriterionName, FilterSettings
from bioloom.lincrna.verdict.evidence import Evidence
from bioloom.run.language import mark

# p is u with a gene close by: the distance criterion decides on it
CODES_WITHOUT_OVERLAP = frozenset("up")
UNSURE = "unsure"
NOT_NEEDED = mark("not searched: decided without it")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One criterion's verdict on one transcript.

    Parameters
    ----------
    value, threshold
        What was measured and what it is compared with, in the criterion's unit.
    margin
        Distance to the threshold: positive where it passes, negative where it fails;
        zero at the threshold itself, where `is_passed` says which side it is on.
    is_passed
        None where the criterion could not be judged.
    note
        How sure it is, or why it was not judged; mostly empty.
    """

    value: float
    threshold: float
    margin: float
    is_passed: bool | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One filter.

    Parameters
    ----------
    name
        Key in tables and settings.
    title
        What passing means.
    unit
        Of value, threshold and margin.
    judge
        Evidence and settings → judgement.
    """

    name: CriterionName
    title: str
    unit: str
    judge: Callable[[Evidence, FilterSettings], Judgement]


# most transcripts share their judgements: each is made and stored once
_shared = lru_cache(maxsize=1 << 14, typed=True)


@_shared
def _at_least(value: float, threshold: float) -> Judgement:
    return Judgement(value, threshold, value - threshold, value >= threshold)


@_shared
def _greater(value: float, threshold: float) -> Judgement:
    return Judgement(value, threshold, value - threshold, value > threshold)


@_shared
def _below(value: float, threshold: float) -> Judgement:
    return Judgement(value, threshold, threshold - value, value < threshold)


def _intergenic(evidence: Evidence, _: FilterSettings) -> Judgement:
    is_free = evidence.class_code.code in CODES_WITHOUT_OVERLAP
    return _below(float(not is_free), 1.0)


def _distance(evidence: Evidence, settings: FilterSettings) -> Judgement:
    is_spliced = evidence.transcript.is_spliced
    needed = settings.gap_multi_nt if is_spliced else settings.mono_gap_nt
    return _at_least(evidence.gap_nt, needed)


def _length(evidence: Evidence, settings: FilterSettings) -> Judgement:
    return _greater(evidence.transcript.length_nt, settings.min_length_nt)


def _orf(evidence: Evidence, settings: FilterSettings) -> Judgement:
    if settings.orf_mode == "calibrated":
        length, note = evidence.longest_orf_aa, "left to the coding probability"
        return Judgement(length, math.nan, math.nan, None, note)
    return _below(evidence.longest_orf_aa, settings.orf_limit_aa)


def _coding(evidence: Evidence, settings: FilterSettings) -> Judgement:
    model_call = own_coding(evidence, settings)
    if settings.vote_rule == "own" or not evidence.votes:
        return model_call
    calls = [vote.is_coding for vote in evidence.votes if vote.is_coding is not None]
    calls += [] if model_call.is_passed is None else [not model_call.is_passed]
    if not calls:
        return model_call
    half = len(calls) // 2
    needed = {"any": 1, "majority": half + 1, "all": len(calls)}[settings.vote_rule]
    n_coding = sum(calls)
    return Judgement(n_coding, needed, math.nan, n_coding < needed, model_call.note)


def own_coding(evidence: Evidence, settings: FilterSettings) -> Judgement:
    """The coding criterion by bioloom's own model, without other programs' votes."""
    return coding_call(evidence.coding, settings)


def coding_call(scored: CodingScore, settings: FilterSettings) -> Judgement:
    """The judgement on a coding probability; its note says how sure it is."""
    probability, threshold = scored.probability, settings.coding_threshold
    if threshold is None:
        return Judgement(probability, math.nan, math.nan, None)
    if settings.micropeptides == "reject" and may_encode_micropeptide(scored, settings):
        threshold = settings.micropeptide_threshold or 0.0
    is_passed: bool | None = probability < threshold
    if max(probability, 1 - probability) >= settings.coding_sure:
        note = "noncoding" if is_passed else "coding"
    else:
        note = UNSURE
        is_passed = None if settings.when_unsure == "leave" else is_passed
    margin = threshold - probability
    return Judgement(probability, threshold, margin, is_passed, note)


def may_encode_micropeptide(scored: CodingScore, settings: FilterSettings) -> bool:
    """Whether a transcript with a short ORF is noncoding, but few such RNAs score so.

    Notes
    -----
    Never where the settings have no threshold for this, or ignore it.
    """
    threshold, limit = settings.micropeptide_threshold, settings.coding_threshold
    if settings.micropeptides == "ignore" or threshold is None or limit is None:
        return False
    has_short_orf = scored.orf is not None and scored.orf.length_aa in MICROPEPTIDE_AA
    return has_short_orf and threshold <= scored.probability < limit


def _housekeeping(evidence: Evidence, settings: FilterSettings) -> Judgement:
    by_rfam = evidence.rfam.fraction if evidence.rfam else 0.0
    covered = max(evidence.housekeeping.fraction, by_rfam)
    return _below(covered, settings.housekeeping_fraction)


def _pseudogene(evidence: Evidence, _: FilterSettings) -> Judgement:
    touch = evidence.touches.get("pseudogene")
    return _below(touch.overlap_nt if touch else 0, 1)


def _repeat(evidence: Evidence, settings: FilterSettings) -> Judgement:
    touch = evidence.touches.get("transposable element")
    return _below(touch.of_transcript if touch else 0.0, settings.repeat_fraction)


_NOT_SEARCHED = Judgement(math.nan, math.nan, math.nan, None)
_NOT_NEEDED = Judgement(math.nan, math.nan, math.nan, None, NOT_NEEDED)
_NO_DOMAIN = Judgement(math.nan, math.nan, math.nan, is_passed=True)
_NO_PROTEIN = Judgement(math.nan, math.nan, math.nan, is_passed=True)
_NOT_MEASURED = Judgement(math.nan, math.nan, math.nan, None)
_NO_JUNCTION = Judgement(math.nan, math.nan, math.nan, is_passed=True)


def _domain(evidence: Evidence, settings: FilterSettings) -> Judgement:
    hit = evidence.domain
    if not evidence.is_domain_searched:
        return _NOT_SEARCHED if evidence.is_domain_needed else _NOT_NEEDED
    if hit is None:
        return _NO_DOMAIN
    if math.isnan(hit.threshold_bits):
        # the E-value decides; its margin is counted in powers of ten
        limit = settings.domain_max_evalue
        margin = math.log10(max(hit.evalue, 1e-300) / limit)
        return Judgement(hit.evalue, limit, margin, not hit.is_member)
    return Judgement(
        hit.score_bits, hit.threshold_bits, -hit.margin_bits, not hit.is_member
    )


def _homology(evidence: Evidence, settings: FilterSettings) -> Judgement:
    if not evidence.is_homology_searched:
        return _NOT_NEEDED
    if evidence.homology is None:
        return _NO_PROTEIN
    return _below(evidence.homology.coverage, settings.min_homology_coverage)


def _expression(evidence: Evidence, settings: FilterSettings) -> Judgement:
    if evidence.expressed is None:
        return _NOT_MEASURED
    is_spliced = evidence.transcript.is_spliced
    needed = settings.min_tpm if is_spliced else settings.min_tpm_mono
    return _at_least(evidence.tpm_in(settings.min_samples), needed)


def _junctions(evidence: Evidence, settings: FilterSettings) -> Judgement:
    if evidence.expressed is None:
        return _NOT_MEASURED
    reads = evidence.expressed.weakest_junction
    if reads is None:
        return _NO_JUNCTION
    return _at_least(reads, settings.min_junction_reads)


CRITERIA: Mapping[CriterionName, Criterion] = MappingProxyType(
    {
        criterion.name: criterion
        for criterion in (
            Criterion(mark("intergenic"), "overlaps no coding gene", "", _intergenic),
            Criterion(
                mark("distance"), "far enough from coding genes", "nt", _distance
            ),
            Criterion(mark("length"), "longer than the least length", "nt", _length),
            Criterion(mark("orf"), "longest ORF short enough", "aa", _orf),
            Criterion(mark("coding"), "no coding potential", "", _coding),
            Criterion(mark("housekeeping"), "no housekeeping ncRNA", "", _housekeeping),
            Criterion(
                mark("pseudogene"),
                "shares no exon with a pseudogene",
                "nt",
                _pseudogene,
            ),
            Criterion(mark("repeat"), "not mostly transposable element", "", _repeat),
            Criterion(mark("domain"), "no known protein domain", "bits", _domain),
            Criterion(mark("homology"), "resembles no known protein", "", _homology),
            Criterion(mark("expression"), "expressed", "TPM", _expression),
            Criterion(
                mark("junctions"), "reads over each junction", "reads", _junctions
            ),
        )
    }
)


REJECTS_BY: Mapping[TouchKind, CriterionName] = MappingProxyType(
    {"pseudogene": "pseudogene", "transposable element": "repeat"}
)
"""Criteria that reject by what a transcript touches, where the settings ask for it."""


def criteria_in_force(
    settings: FilterSettings,
    *,
    has_expression: bool,
    has_junctions: bool,
    has_proteins: bool,
) -> tuple[Criterion, ...]:
    """The criteria that apply to a run, in the order of the attrition.

    Overlap with pseudogenes and transposable elements is one only where it rejects;
    expression and junctions are only where they were measured, homology is only where
    proteins were given.

    Parameters
    ----------
    settings
        Those of the run.
    has_expression, has_junctions
        Whether expression, and reads over junctions, were measured.
    has_proteins
        Whether transcripts were compared with proteins.
    """
    left_out = {
        name
        for name, is_asked in (
            ("pseudogene", settings.pseudogene_overlap == "reject"),
            ("repeat", settings.repeat_overlap == "reject"),
            ("expression", has_expression),
            ("junctions", has_junctions),
            ("homology", has_proteins),
        )
        if not is_asked
    }
    return tuple(
        criterion for name, criterion in CRITERIA.items() if name not in left_out
    )
