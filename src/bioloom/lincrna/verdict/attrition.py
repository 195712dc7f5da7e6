"""How many transcripts and loci each criterion dropped."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bioloom.lincrna.settings import CriterionName
from bioloom.lincrna.verdict.criteria import CRITERIA
from bioloom.lincrna.verdict.judged import LOCUS, Judged


@dataclass(frozen=True, slots=True)
class AttritionStep:
    """What one criterion dropped, at the level of transcripts or of loci.

    Parameters
    ----------
    level
        "transcript" or "locus".
    origin
        "known" or "novel".
    criterion
        Its name; "locus" for transcripts dropped because another isoform fails.
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


def attrition(rows: Sequence[Judged]) -> tuple[AttritionStep, ...]:
    """What each criterion dropped, for transcripts and loci, known and novel.

    The counts of each level and origin add up: each step starts where the one before
    it ended, and the last one leaves the candidates. A locus is dropped where its last
    remaining transcript is.
    """
    steps: list[AttritionStep] = []
    order = (*criteria_of(rows), LOCUS)
    for origin in ("known", "novel"):
        of_origin = [row for row in rows if row.collected.origin == origin]
        singles = [[row] for row in of_origin]
        by_locus: dict[str, list[Judged]] = defaultdict(list)
        for row in of_origin:
            by_locus[row.locus_id].append(row)
        steps += _steps("transcript", origin, singles, order)
        steps += _steps("locus", origin, list(by_locus.values()), order)
    return tuple(steps)


def criteria_of(rows: Sequence[Judged]) -> tuple[CriterionName, ...]:
    """Criteria by which the transcripts were judged, in order."""
    if rows:
        return tuple(rows[0].judgements)
    return tuple(name for name in CRITERIA if name != "homology")  # if asked for only


def _steps(
    level: Literal["transcript", "locus"],
    origin: Literal["known", "novel"],
    groups: Sequence[Sequence[Judged]],
    order: Sequence[str],
) -> list[AttritionStep]:
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
