"""What probes were found to tell about the class, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.images.auditing.judging import Judgement
from bioloom.images.auditing.probes import (
    EQUALISE,
    NEUTRALISE,
    OF_THE_FRAME,
    PROBES,
    SUBJECT,
    Of,
)
from bioloom.images.dataset.class_groups import class_groups
from bioloom.images.files.view import Conversion

Verdict = Literal["shortcut", "note", "silent", "cured", "remains", "differs"]
STRONG = 0.5
"""Skill from which a probe is called a shortcut: halfway from guessing to certainty."""
WEAK = 0.1
MAX_P = 0.05
"""Probability of a false alarm in any probe when the labels mean nothing."""
_Z = 1.96
_CALM = ("silent", "cured")
_PLURALS = frozenset({"corner", "border", "steps", "grid", "centre", "corners"})
Key = tuple[Of, str]
"""What a probe looks at, and its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How well a probe alone predicts the class.

    Parameters
    ----------
    probe
        Its name.
    of
        What it looks at: the picture as a model gets it, the same before
        `--neutralise` or `--equalise`, what the usual script would have seen, or the
        file.
    balanced_accuracy
        Mean of the classes' recalls, cross-validated.
    low, high
        Its 95 % interval.
    chance
        Score of guessing: one divided by the number of classes.
    skill
        0 for guessing, 1 for certainty.
    p
        Probability of a score as high in any probe if labels meant nothing
        (permutations, the largest of all probes).
    verdict
        In the picture: "shortcut" if even `low` is halfway from guessing to certainty,
        "note" if it is a tenth of the way, else "silent"; both need p of at most .05.
        Before the cure: "cured" or "remains". Elsewhere: "differs".
    advice
        What to do, or what it means; "" where nothing was found.
    """

    probe: str
    of: Of
    balanced_accuracy: float
    low: float
    high: float
    chance: float
    skill: float
    p: float
    verdict: Verdict
    advice: str

    @property
    def what(self) -> str:
        """What the probe uses, in words."""
        return PROBES[self.probe].what


def warning_of(finding: Finding, *, label: str = "") -> str:
    """What a finding means, in words.

    Parameters
    ----------
    finding
        Of a probe.
    label
        That it predicts, where a picture can have several; "" for the class.

    Examples
    --------
    >>> print(warning_of(Finding(probe="corner", of="picture", balanced_accuracy=0.997,
    ...     low=0.99, high=1.0, chance=0.5, skill=0.994, p=0.002, verdict="shortcut",
    ...     advice="Crop.")))
    The four corner pixels alone predict the class: 99.7 % (balanced, \
cross-validated; guessing 50.0 %). Crop.
    """
    what = finding.what
    verb = "predict" if finding.probe in _PLURALS else "predicts"
    predicted = f"the label {label}" if label else "the class"
    return (
        f"{what[0].upper()}{what[1:]} alone {verb} {predicted}: "
        f"{100 * finding.balanced_accuracy:.1f} % (balanced, cross-validated; guessing "
        f"{100 * finding.chance:.1f} %). {finding.advice}"
    )


class _Score(NamedTuple):
    """Balanced accuracy, its interval, chance; skill of it and of its low end; p."""

    value: float
    low: float
    high: float
    chance: float
    skill: float
    lowest_skill: float
    p: float


def score_of(
    judged: Judgement, y: NDArray[np.int64], groups: NDArray[np.int64]
) -> _Score:
    """Balanced accuracy of a probe with its interval, which counts groups."""
    num_classes = int(y.max()) + 1
    n = class_groups(y, groups).n_groups
    right = np.bincount(y[judged.predicted == y], minlength=num_classes)
    recall = right / np.bincount(y, minlength=num_classes)
    # Agresti and Coull: a recall of 1 has an error as well; groups are what is counted
    shrunk = (recall * n + 2) / (n + 4)
    error = float(np.sqrt((shrunk * (1 - shrunk) / (n + 4)).sum())) / num_classes
    value, centre, chance = (
        judged.balanced_accuracy,
        float(shrunk.mean()),
        1 / num_classes,
    )
    ends = (float(np.clip(centre + sign * _Z * error, 0, 1)) for sign in (-1, 1))
    low, high = next(ends), next(ends)
    low, high = min(low, value), max(high, value)
    skill, lowest = ((each - chance) / (1 - chance) for each in (value, low))
    return _Score(value, low, high, chance, skill, lowest, judged.p)


_Scores = Mapping[Key, _Score]


def findings_of(
    judged: Mapping[Key, Judgement],
    y: NDArray[np.int64],
    groups: NDArray[np.int64],
    conversion: Conversion,
) -> tuple[Finding, ...]:
    """Findings of probes that were judged together.

    Parameters
    ----------
    judged
        By what a probe looks at, and its name.
    y, groups
        Class and group of each picture.
    conversion
        How pictures become what a model gets: cures that were taken are not advised.
    """
    scores = {key: score_of(each, y, groups) for key, each in judged.items()}
    case = _Case(scores, conversion)
    return tuple(_finding(key, case) for key in scores)


def label_findings(
    judged: Mapping[Key, Judgement],
    has: NDArray[np.bool_],
    groups: NDArray[np.int64],
    conversion: Conversion,
) -> tuple[Finding, ...]:
    """Findings of probes that tell pictures with a label from those without it.

    Parameters
    ----------
    judged, groups, conversion
        As for `findings_of`.
    has
        Whether each picture has the label.

    Notes
    -----
    Whether a subject is there changes colours, detail and compression of the whole
    picture: only what probes of the frame find is called a shortcut.
    """
    y = has.astype(np.int64)
    scores = {key: score_of(each, y, groups) for key, each in judged.items()}
    case = _Case(scores, conversion, is_of_label=True)
    return tuple(_finding(key, case) for key in scores)


class _Case(NamedTuple):
    """Scores of all probes, how pictures are converted, and whether of a label."""

    scores: _Scores
    conversion: Conversion
    is_of_label: bool = False

    def may_be_subject(self, name: str) -> bool:
        """Whether the subject itself shows in a probe."""
        is_elsewhere = self.is_of_label and name not in OF_THE_FRAME
        return PROBES[name].may_be_subject or is_elsewhere


def _finding(key: Key, case: _Case) -> Finding:
    of, name = key
    score = case.scores[key]
    verdict = _verdict(of, name, case)
    return Finding(
        probe=name,
        of=of,
        balanced_accuracy=score.value,
        low=score.low,
        high=score.high,
        chance=score.chance,
        skill=score.skill,
        p=score.p,
        verdict=verdict,
        advice="" if verdict in _CALM else _advice(of, name, case),
    )


def _verdict(of: Of, name: str, case: _Case) -> Verdict:
    strength = _strength(of, name, case)
    if of == "picture" or strength == "silent":
        return strength
    if of == "before the cure":
        after = _strength("picture", name, case)
        return "cured" if after == "silent" else "remains"
    return "differs"


def _strength(of: Of, name: str, case: _Case) -> Verdict:
    score = case.scores[(of, name)]
    if score.p > MAX_P or score.lowest_skill < WEAK:
        return "silent"
    if score.lowest_skill < STRONG or case.may_be_subject(name):
        return "note"
    return "shortcut"


def _advice(of: Of, name: str, case: _Case) -> str:
    """The cure; where it was taken already, what is left to do."""
    probe, conversion = PROBES[name], case.conversion
    if of == "file" and case.is_of_label and name != "name":
        return (
            "No model sees it, but pictures with the label come from other sources, or "
            "compress otherwise."
        )
    if of != "picture":
        return probe.cure
    if case.may_be_subject(name):
        return SUBJECT
    if conversion.neutralise and probe.cure == NEUTRALISE:
        return (
            "It remains after --neutralise, which removes only plain backgrounds: cut "
            "the subjects out, or photograph all classes on the same background."
        )
    if conversion.equalise and probe.cure == EQUALISE:
        return (
            "It remains after --equalise: test with pictures of all classes from one "
            "source."
        )
    return probe.cure
