"""The working behind one prediction: cells, scores, probabilities, neighbours."""

import numpy as np

from bioloom.explain import (
    Explanation,
    Outcome,
    Quantity,
    Step,
    Verdict,
    cell,
    width_of,
)
from bioloom.images.output.explain_labels import explain_label
from bioloom.images.output.explain_steps import (
    evidence_step,
    familiarity_steps,
    inputs_of,
    reading_step,
    relatives_step,
)
from bioloom.images.output.working import PictureWorking
from bioloom.run.language import tr

_SURE = 0.5
_CALIBRATION = "arXiv:1706.04599"


def explain_picture(working: PictureWorking) -> Explanation:
    """The working behind a prediction, in words."""
    if working.of_label is not None:
        return explain_label(working)
    name = working.class_names[working.predicted]
    facts = working.facts
    agree = sum(relative.label == name for relative in working.relatives)
    return Explanation(
        title=tr("{name}: {value}", name=working.path, value=name),
        steps=(
            reading_step(facts),
            evidence_step(working, name),
            _probability_step(working),
            _margin_step(working),
            relatives_step(working, name, agree),
            *familiarity_steps(working),
        ),
        inputs=inputs_of(working),
    )


def _probability_step(working: PictureWorking) -> Step:
    temperature = working.temperature
    scaled = [f"{score / temperature:.3f}" for score in working.scores.tolist()]
    below = " + ".join(f"e^{{{score}}}" for score in scaled)
    chance = float(working.chances[working.predicted])
    width = max(map(width_of, working.class_names))
    word = tr("score")
    return Step(
        claim=tr(
            "Scores become probabilities; the temperature T was fitted on the "
            "validation pictures."
        ),
        formula=r"p_c = \frac{e^{s_c / T}}{\sum_j e^{s_j / T}}",
        substitution=rf"p = \frac{{e^{{{scaled[working.predicted]}}}}}{{{below}}}",
        value=Quantity(chance, "", 4),
        source=_CALIBRATION,
        detail=tuple(
            f"{cell(name, width)}  {word} {score:8.4f}  p {p:.4f}"
            for name, score, p in zip(
                working.class_names,
                working.scores.tolist(),
                working.chances.tolist(),
                strict=True,
            )
        ),
    )


def _margin_step(working: PictureWorking) -> Step:
    first, second = np.sort(working.chances)[::-1][:2].tolist()
    runner = working.class_names[int(np.argsort(-working.chances)[1])]
    outcome: Outcome = "pass" if first >= _SURE else "note"
    return Step(
        claim=tr("The runner-up is {label}.", label=runner),
        formula=r"p_1 - p_2",
        substitution=f"{first:.4f} - {second:.4f}",
        value=Quantity(first - second, "", 4),
        verdict=Verdict(
            outcome,
            Quantity(first - _SURE, "", 4) if first >= _SURE else None,
            "" if first >= _SURE else tr("no class has half of the probability"),
        ),
    )
