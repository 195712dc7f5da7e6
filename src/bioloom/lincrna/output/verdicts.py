"""A criterion's judgement as the verdict of an explanation's step."""

import math

from bioloom.explain import Outcome, Quantity, Verdict
from bioloom.lincrna.settings import CriterionName
from bioloom.lincrna.verdict.criteria import CRITERIA, NOT_NEEDED, Judgement
from bioloom.lincrna.verdict.judged import Judged
from bioloom.run.language import tr


def verdict_of(row: Judged, name: CriterionName, decimals: int = 0) -> Verdict:
    """Verdict of a criterion on a transcript.

    Parameters
    ----------
    row
        The judged transcript.
    name
        The criterion.
    decimals
        Shown of the margin.
    """
    return verdict_on(name, row.judgements[name], decimals)


def verdict_on(name: CriterionName, judgement: Judgement, decimals: int) -> Verdict:
    """As `verdict_of`, for a judgement that is not the transcript's own."""
    if judgement.note == NOT_NEEDED:
        return Verdict("note", text=tr("not needed"))
    if judgement.is_passed is None:
        return Verdict("note", text=tr("not judged"))
    outcome: Outcome = "pass" if judgement.is_passed else "fail"
    if not math.isfinite(judgement.margin) or name == "intergenic":
        return Verdict(outcome)
    margin = Quantity(abs(judgement.margin), _margin_unit(name, judgement), decimals)
    return Verdict(outcome, margin)


def _margin_unit(name: CriterionName, judgement: Judgement) -> str:
    by_evalue = name == "domain" and judgement.threshold < 1
    return tr("powers of ten") if by_evalue else CRITERIA[name].unit
