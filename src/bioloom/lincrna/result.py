"""The judged transcripts, their verdicts, and how many each criterion took away."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bioloom.lincrna.coding import CodingModel
from bioloom.lincrna.collect import Collected
from bioloom.lincrna.criteria import CRITERIA, Judgement
from bioloom.lincrna.doubts import doubts
from bioloom.lincrna.evidence import Evidence
from bioloom.lincrna.settings import CriterionName, FilterSettings

if TYPE_CHECKING:
    import pandas as pd

LOCUS = "locus"
"""Reason of a transcript that passes alone but whose locus is spoiled."""


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
        One of each criterion, in the order of the attrition.
    verdict
        "candidate" or "rejected".
    reason
        First criterion that it fails, "locus" if only a sibling does; empty for a
        candidate.
    spoiled_by
        ``criterion:transcript_id`` of each isoform that spoils its locus.
    doubts
        What speaks against it although no criterion drops it, in words.
    """

    collected: Collected
    locus_id: str
    evidence: Evidence
    judgements: Mapping[CriterionName, Judgement]
    verdict: Literal["candidate", "rejected"]
    reason: str
    spoiled_by: tuple[str, ...]
    doubts: tuple[str, ...] = ()

    @property
    def transcript_id(self) -> str:
        """Name of the transcript."""
        return self.collected.transcript.transcript_id

    @property
    def failed(self) -> tuple[CriterionName, ...]:
        """Criteria that the transcript itself fails, in order."""
        return tuple(
            name for name, found in self.judgements.items() if found.is_passed is False
        )


@dataclass(frozen=True, slots=True)
class AttritionStep:
    """What one criterion took away, at the level of transcripts or of loci.

    Parameters
    ----------
    level
        "transcript" or "locus".
    origin
        "known" or "novel".
    criterion
        Its name; "locus" for transcripts dropped for a sibling's sake.
    n_before
        Left by the criteria before it.
    n_dropped
        Of these, dropped here: the first criterion they fail.
    n_after
        Left: ``n_before - n_dropped``.
    n_failing
        Of all, failing it, whatever else they fail.
    n_failing_only
        Of all, failing nothing else.
    """

    level: Literal["transcript", "locus"]
    origin: Literal["known", "novel"]
    criterion: str
    n_before: int
    n_dropped: int
    n_after: int
    n_failing: int
    n_failing_only: int


@dataclass(frozen=True, slots=True)
class FilterResult:
    """What `filter_transcripts` returns.

    Parameters
    ----------
    rows
        Every transcript, judged.
    settings
        Thresholds in force; `coding_threshold` is filled in.
    model
        Coding model that was used.
    warnings
        What weakens the result, in sentences.
    """

    rows: tuple[Judged, ...]
    settings: FilterSettings
    model: CodingModel
    warnings: tuple[str, ...]

    @property
    def candidates(self) -> tuple[Judged, ...]:
        """The lincRNA candidates."""
        return tuple(row for row in self.rows if row.verdict == "candidate")

    def to_frame(self) -> "pd.DataFrame":
        """One row a transcript, one column a fact; see `tables.COLUMNS`."""
        from bioloom.lincrna.tables import transcripts_frame

        return transcripts_frame(self.rows)


def judged(
    collected: Sequence[Collected],
    evidence: Sequence[Evidence],
    locus_ids: Sequence[str],
    settings: FilterSettings,
) -> tuple[Judged, ...]:
    """Judge each transcript by every criterion, then each locus.

    A locus is spoiled if any isoform fails one of `settings.locus_criteria`: an
    isoform that looks innocent while its sibling encodes a protein is no lincRNA.
    """
    judgements = [
        {name: criterion.judge(found, settings) for name, criterion in CRITERIA.items()}
        for found in evidence
    ]
    spoilers = _spoilers(collected, judgements, locus_ids, settings)
    rows = []
    for item, found, own, locus_id in zip(
        collected, evidence, judgements, locus_ids, strict=True
    ):
        reason = _reason(own, spoilers.get(locus_id, ()), settings)
        rows.append(
            Judged(
                collected=item,
                locus_id=locus_id,
                evidence=found,
                judgements=own,
                verdict="rejected" if reason else "candidate",
                reason=reason,
                spoiled_by=tuple(spoilers.get(locus_id, ())),
                doubts=doubts(item, found, settings),
            )
        )
    return tuple(rows)


def _spoilers(
    collected: Sequence[Collected],
    judgements: Sequence[Mapping[CriterionName, Judgement]],
    locus_ids: Sequence[str],
    settings: FilterSettings,
) -> Mapping[str, Sequence[str]]:
    """By locus, ``criterion:transcript_id`` of each isoform that spoils it."""
    spoilers = defaultdict(list)
    for item, own, locus_id in zip(collected, judgements, locus_ids, strict=True):
        for name in settings.locus_criteria:
            if own[name].is_passed is False:
                spoilers[locus_id].append(f"{name}:{item.transcript.transcript_id}")
    return spoilers


def _reason(
    own: Mapping[CriterionName, Judgement],
    spoilers: Sequence[str],
    settings: FilterSettings,
) -> str:
    for name, judgement in own.items():
        if judgement.is_passed is False:
            return name
    return LOCUS if spoilers and settings.strictness == "locus" else ""


def attrition(rows: Sequence[Judged]) -> tuple[AttritionStep, ...]:
    """What each criterion took away, for transcripts and loci, known and novel.

    The counts of each level and origin add up: each step starts where the one before
    it ended, and the last one leaves the candidates. A locus is as far as its best
    transcript: it is dropped where its last transcript is.
    """
    steps: list[AttritionStep] = []
    for origin in ("known", "novel"):
        of_origin = [row for row in rows if row.collected.origin == origin]
        alone = [[row] for row in of_origin]
        by_locus: dict[str, list[Judged]] = defaultdict(list)
        for row in of_origin:
            by_locus[row.locus_id].append(row)
        steps += _steps("transcript", origin, alone)
        steps += _steps("locus", origin, list(by_locus.values()))
    return tuple(steps)


def _steps(
    level: Literal["transcript", "locus"],
    origin: Literal["known", "novel"],
    groups: Sequence[Sequence[Judged]],
) -> list[AttritionStep]:
    order = [*CRITERIA, LOCUS]
    stages = [
        max(order.index(row.reason) if row.reason else len(order) for row in group)
        for group in groups
    ]
    steps, left = [], len(groups)
    for stage, name in enumerate(order):
        dropped = stages.count(stage)
        failing = [_fails(group, name) for group in groups]
        only = [
            fails and not any(_fails(group, other) for other in order if other != name)
            for fails, group in zip(failing, groups, strict=True)
        ]
        after = left - dropped
        steps.append(
            AttritionStep(
                level, origin, name, left, dropped, after, sum(failing), sum(only)
            )
        )
        left = after
    return steps


def _fails(group: Sequence[Judged], name: str) -> bool:
    """Whether every transcript of a group fails a criterion."""
    if name == LOCUS:
        return all(row.reason == LOCUS for row in group)
    return all(name in row.failed for row in group)
