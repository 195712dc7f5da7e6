"""Each transcript judged by every criterion, and each locus by its isoforms."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bioloom.lincrna.inputs.collect import Collected
from bioloom.lincrna.loci.named_sets import NamedMatch
from bioloom.lincrna.settings import CriterionName, FilterSettings
from bioloom.lincrna.verdict.criteria import Judgement, criteria_in_force
from bioloom.lincrna.verdict.doubts import doubts
from bioloom.lincrna.verdict.evidence import Evidence

LOCUS = "locus"
"""Reason of a transcript that passes by itself but whose locus is rejected."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A transcript with its evidence, judgements and verdict.

    Parameters
    ----------
    collected
        The transcript and whether it is known.
    locus_id
        Its locus.
    evidence
        What was measured.
    judgements
        One of each criterion in force, in the order of the attrition.
    verdict
        "candidate" or "rejected".
    reason
        First criterion that it fails, "locus" if only another isoform does; empty for a
        candidate.
    spoiled_by
        ``criterion:transcript_id`` of each failure that rejects its locus.
    doubts
        Reasons to doubt it although no criterion drops it, in words.
    name
        Of a candidate: that of its locus, such as LINC-Sox2-1; of a known one that of
        its gene.
    named_in
        Transcripts of named sets that equal a candidate.
    """

    collected: Collected
    locus_id: str
    evidence: Evidence
    judgements: Mapping[CriterionName, Judgement]
    verdict: Literal["candidate", "rejected"]
    reason: str
    spoiled_by: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    name: str = ""
    named_in: tuple[NamedMatch, ...] = ()

    @property
    def transcript_id(self) -> str:
        """Name of the transcript."""
        return self.collected.transcript.transcript_id

    @property
    def failed(self) -> tuple[CriterionName, ...]:
        """Criteria that the transcript itself fails, in order."""
        return tuple(
            name
            for name, judgement in self.judgements.items()
            if judgement.is_passed is False
        )


def judged(
    collected: Sequence[Collected],
    evidence: Sequence[Evidence],
    locus_ids: Sequence[str],
    settings: FilterSettings,
) -> tuple[Judged, ...]:
    """Judge each transcript by every criterion, then each locus.

    A locus is rejected if any isoform fails one of `settings.locus_criteria`: an
    isoform that looks non-coding while another encodes a protein is not a lincRNA.
    """
    criteria = criteria_in_force(
        settings,
        has_expression=any(facts.expressed for facts in evidence),
        has_junctions=any(
            facts.expressed and facts.expressed.weakest_junction is not None
            for facts in evidence
        ),
        has_proteins=any(facts.is_homology_searched is not None for facts in evidence),
    )
    judgements = [
        {criterion.name: criterion.judge(facts, settings) for criterion in criteria}
        for facts in evidence
    ]
    failures = _failures(collected, judgements, locus_ids, settings)
    rows = []
    for item, facts, of_transcript, locus_id in zip(
        collected, evidence, judgements, locus_ids, strict=True
    ):
        reason = _reason(of_transcript, failures.get(locus_id, ()), settings)
        rows.append(
            Judged(
                collected=item,
                locus_id=locus_id,
                evidence=facts,
                judgements=of_transcript,
                verdict="rejected" if reason else "candidate",
                reason=reason,
                spoiled_by=tuple(failures.get(locus_id, ())),
                doubts=doubts(item, facts, settings),
            )
        )
    return tuple(rows)


def _failures(
    collected: Sequence[Collected],
    judgements: Sequence[Mapping[CriterionName, Judgement]],
    locus_ids: Sequence[str],
    settings: FilterSettings,
) -> Mapping[str, Sequence[str]]:
    """By locus, ``criterion:transcript_id`` of each failure that rejects it."""
    failures = defaultdict(list)
    for item, of_transcript, locus_id in zip(
        collected, judgements, locus_ids, strict=True
    ):
        for name in settings.locus_criteria:
            judgement = of_transcript.get(name)
            if judgement and judgement.is_passed is False:
                failures[locus_id].append(f"{name}:{item.transcript.transcript_id}")
    return failures


def _reason(
    judgements: Mapping[CriterionName, Judgement],
    failures: Sequence[str],
    settings: FilterSettings,
) -> str:
    for name, judgement in judgements.items():
        if judgement.is_passed is False:
            return name
    return LOCUS if failures and settings.strictness == "locus" else ""
