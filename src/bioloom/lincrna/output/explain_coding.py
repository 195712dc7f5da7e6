"""The coding potential in an explanation: what each feature adds, and other votes."""

import re
from collections.abc import Mapping

import numpy as np

from bioloom.explain import Quantity, Step, Verdict, cell
from bioloom.lincrna.coding.potential import (
    FEATURES,
    CodingModel,
    CodingScore,
    by_group,
    feature_contributions,
)
from bioloom.lincrna.inputs.votes import Vote
from bioloom.lincrna.output.verdicts import verdict_of, verdict_on
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.criteria import (
    UNSURE,
    coding_call,
    may_encode_micropeptide,
)
from bioloom.lincrna.verdict.judged import Judged
from bioloom.run.language import mark, tr

# names that bioloom gives to models
MODEL_NAMES = (
    mark("transcripts of eight animals and plants (packaged)"),
    mark("{model}, adapted to {transcripts}"),
    mark("genes of {annotation}"),
    mark("mRNAs of {annotation} and lncRNAs"),
    mark("mRNAs of {annotation} and sequence made of them"),
    mark("{coding} and sequence made of them"),
)


def coding_step(
    scored: CodingScore, model: CodingModel, settings: FilterSettings
) -> Step:
    """The coding probability and the features that make it."""
    model_call = coding_call(scored, settings)
    groups = by_group(model.contributions(np.array(scored.features)))
    log_odds = model.intercept + sum(groups.values())
    terms = " ".join(f"{part:+.3f}" for part in groups.values())
    return Step(
        claim=_coding_claim(scored, model, settings),
        formula=r"p = \frac{1}{1 + e^{-z}}, \quad z = b + \sum_g c_g",
        substitution=f"z = {model.intercept:.3f} {terms} = {log_odds:.3f}",
        value=Quantity(scored.probability, "", 4),
        verdict=verdict_on("coding", model_call, 4),
        source="doi:10.1214/aos/1013203451, doi:10.1093/nar/gkt006, "
        "doi:10.1093/nar/10.17.5303",
        detail=_coding_lines(scored, model, groups),
    )


def vote_steps(row: Judged, settings: FilterSettings) -> tuple[Step, ...]:
    """Other programs' votes; no step where none were given."""
    votes = row.evidence.votes
    if not votes:
        return ()
    verdict = Verdict("note")
    claim = tr(
        "Votes of other programs on coding potential. They are shown but decide "
        "nothing."
    )
    if settings.vote_rule != "own":
        judgement, verdict = row.judgements["coding"], verdict_of(row, "coding")
        claim = tr(
            "Votes of other programs on coding potential. {n:.0f} say coding, the "
            "model above counted; {needed:.0f} would make it coding (rule: {rule}).",
            n=judgement.value,
            needed=judgement.threshold,
            rule=settings.vote_rule,
        )
    return (Step(claim, verdict=verdict, detail=tuple(map(_vote_line, votes))),)


def _vote_line(vote: Vote) -> str:
    if vote.is_coding is None:
        return tr("{tool}: no call, {score:.4g}", tool=vote.tool, score=vote.score)
    if vote.is_coding:
        return tr("{tool}: coding, {score:.4g}", tool=vote.tool, score=vote.score)
    return tr("{tool}: noncoding, {score:.4g}", tool=vote.tool, score=vote.score)


def _coding_claim(
    scored: CodingScore, model: CodingModel, settings: FilterSettings
) -> str:
    model_call = coding_call(scored, settings)
    rule = _coding_rule(settings, model)
    if may_encode_micropeptide(scored, settings):
        rule = _micropeptide_rule(rule, settings)
    name = shown_model_name(model.name)
    if model_call.note == UNSURE:
        return tr(
            "{rule} This transcript is too close to it: the call is unsure. Model: "
            "{model}.",
            rule=rule,
            model=name,
        )
    return tr("{rule} Model: {model}.", rule=rule, model=name)


def _coding_rule(settings: FilterSettings, model: CodingModel) -> str:
    """The rule, and what its threshold means where it is not the user's own."""
    threshold = settings.coding_threshold
    if settings.coding_threshold != model.threshold_in(settings.orf_mode):
        return tr(
            "A lincRNA's coding probability is below {threshold:.3f}.",
            threshold=threshold,
        )
    if settings.orf_mode == "calibrated":
        return tr(
            "A lincRNA's coding probability is below {threshold:.3f}, below which "
            "{share} of mRNAs lie in cross-validation.",
            threshold=threshold,
            share="1.3 %",
        )
    return tr(
        "A lincRNA's coding probability is below {threshold:.3f}, where sensitivity "
        "and specificity meet in cross-validation.",
        threshold=threshold,
    )


def _micropeptide_rule(rule: str, settings: FilterSettings) -> str:
    threshold = settings.micropeptide_threshold
    if settings.micropeptides == "reject":
        return tr(
            "{rule} With an ORF of 10 to 99 aa the limit is {threshold:.3f}, which few "
            "such non-coding RNAs reach: it may encode a micropeptide.",
            rule=rule,
            threshold=threshold,
        )
    return tr(
        "{rule} Of non-coding RNAs with an ORF of 10 to 99 aa, few reach "
        "{threshold:.3f}: it may encode a micropeptide.",
        rule=rule,
        threshold=threshold,
    )


def shown_model_name(name: str) -> str:
    """A model's name; the words in it are translated where bioloom gave it."""
    for known in MODEL_NAMES:
        gaps = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(known))
        if match := re.fullmatch(gaps, name):
            parts = {
                gap: shown_model_name(part) for gap, part in match.groupdict().items()
            }
            return tr(known, **parts)
    return name


def _coding_lines(
    scored: CodingScore, model: CodingModel, groups: Mapping[str, float]
) -> tuple[str, ...]:
    """What each group of features adds, the strongest first, then its features."""
    parts = feature_contributions(scored, model)
    facts = zip(
        FEATURES.items(), scored.features, model.typical.tolist(), parts, strict=True
    )
    lines = [_coding_heading()]
    by_name: dict[str, list[str]] = {group: [] for group in groups}
    for (name, feature), value, typical, part in facts:
        by_name[feature.group].append(
            f"  {name:20} {value:10.4f} {typical:10.4f} {part:+8.3f}"
        )
    for group in sorted(groups, key=lambda group: -abs(groups[group])):
        lines += [cell(tr(group), 44) + f" {groups[group]:+8.3f}", *by_name[group]]
    return tuple(lines)


def _coding_heading() -> str:
    names = ((tr("value"), 10), (tr("typical"), 10), (tr("adds"), 8))
    cells = (cell(name, width, to="right") for name, width in names)
    return " ".join([cell(tr("evidence"), 22), *cells])
