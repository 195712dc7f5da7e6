"""The working behind one label of a picture: cells, score, probability, threshold."""

from collections.abc import Iterator

import numpy as np

from bioloom.explain import Explanation, Quantity, Step, Verdict, cell, width_of
from bioloom.images.output.explain_steps import (
    evidence_step,
    familiarity_steps,
    inputs_of,
    reading_step,
    relatives_step,
)
from bioloom.images.output.working import PictureWorking
from bioloom.label_sets import cells_of, labels_in
from bioloom.run.language import tr


def explain_label(working: PictureWorking) -> Explanation:
    """The working behind one label, in words.

    Parameters
    ----------
    working
        Of a model of several labels.
    """
    label = working.predicted
    name = working.class_names[label]
    called = working.chances > _thresholds(working)
    (cell_,) = cells_of(called[None], working.class_names)
    agree = sum(name in labels_in(relative.label) for relative in working.relatives)
    return Explanation(
        title=tr("{name}: {value}", name=working.path, value=cell_),
        steps=(
            reading_step(working.facts),
            evidence_step(working, name),
            _probability_step(working, label),
            _threshold_step(working, label),
            relatives_step(working, name, agree),
            *familiarity_steps(working),
        ),
        inputs=inputs_of(working),
    )


def _thresholds(working: PictureWorking) -> "np.ndarray":
    return np.asarray(working.thresholds, dtype=np.float64)


def _probability_step(working: PictureWorking, label: int) -> Step:
    score = float(working.scores[label])
    return Step(
        claim=tr(
            "The score becomes a probability by itself: each label has its own "
            "regression, and those of several labels need not add up to 1."
        ),
        formula=r"p_c = \frac{1}{1 + e^{-s_c}}",
        substitution=rf"p = \frac{{1}}{{1 + e^{{{-score:.4f}}}}}",
        value=Quantity(float(working.chances[label]), "", 4),
        detail=tuple(_label_lines(working)),
    )


def _label_lines(working: PictureWorking) -> Iterator[str]:
    """Score, probability and threshold of every label."""
    width = max(map(width_of, working.class_names))
    score_word, threshold_word = tr("score"), tr("threshold")
    for name, score, chance, threshold in zip(
        working.class_names,
        working.scores.tolist(),
        working.chances.tolist(),
        _thresholds(working).tolist(),
        strict=True,
    ):
        yield (
            f"{cell(name, width)}  {score_word} {score:8.4f}  p {chance:.4f}  "
            f"{threshold_word} {threshold:.4f}"
        )


def _threshold_step(working: PictureWorking, label: int) -> Step:
    name = working.class_names[label]
    threshold, chance = _thresholds(working)[label], working.chances[label]
    is_called = bool(chance > threshold)
    sign = ">" if is_called else r"\le"
    return Step(
        claim=tr(
            "The probability is above the threshold of {label}: the picture is called "
            "to have it.",
            label=name,
        )
        if is_called
        else tr(
            "The probability is not above the threshold of {label}: the picture is "
            "called not to have it.",
            label=name,
        ),
        formula=r"p_c > t_c" if is_called else r"p_c \le t_c",
        substitution=f"{chance:.4f} {sign} {threshold:.4f}",
        value=Quantity(float(chance - threshold), "", 4),
        verdict=Verdict(
            "pass" if is_called else "fail", Quantity(float(chance - threshold), "", 4)
        ),
    )
