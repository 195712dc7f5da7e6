"""Steps that explanations of classes and of labels share: reading, cells, relatives."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bioloom.explain import Quantity, Step, Verdict
from bioloom.images.files.reading import Facts
from bioloom.images.output.working import PictureWorking, Relative
from bioloom.run.language import listed, tr

_FAMILIARITY = "arXiv:2204.06507"
_GRAD_CAM = "doi:10.1109/ICCV.2017.74"


def inputs_of(working: PictureWorking) -> dict[str, str]:
    """Facts of the file, and the classes."""
    facts = working.facts
    return {
        tr("file"): tr(
            "{kind}, {width} x {height}, {mode}",
            kind=facts.kind,
            width=facts.width,
            height=facts.height,
            mode=facts.mode,
        ),
        "SHA-1": facts.sha1,
        tr("classes"): listed(working.class_names),
    }


def reading_step(facts: Facts) -> Step:
    """How the file was read."""
    changes = []
    if facts.has_alpha:
        share = f"{100 * facts.transparent:.0f} %"
        changes.append(tr("composited on white ({share} transparent)", share=share))
    if facts.is_rotated:
        changes.append(tr("rotated by EXIF"))
    if facts.is_animated:
        changes.append(tr("first frame of several"))
    if facts.grey_scale:
        black, white, _ = facts.grey_scale
        changes.append(
            tr(
                "values of {black:.6g} to {white:.6g} shown as black to white",
                black=black,
                white=white,
            )
        )
    elif facts.is_deep:
        changes.append(tr("scaled to 8 bits"))
    if facts.profile == "converted":
        changes.append(tr("converted to sRGB by its colour profile"))
    if not changes:
        return Step(claim=tr("The picture was read completely."))
    return Step(
        claim=tr(
            "The picture was read completely: {changes}.",
            changes=tr("; ").join(changes),
        )
    )


def evidence_step(working: PictureWorking, name: str) -> Step:
    """The score of a class or label as the sum of the parts of the cells."""
    cells = working.evidence[working.predicted]
    score = float(working.scores[working.predicted])
    total = float(cells.sum(dtype=np.float64))
    height, width = cells.shape
    return Step(
        claim=tr(
            "The score of {label} is the sum of the bias and the parts of the {n} "
            "cells of the last map.",
            n=height * width,
            label=name,
        ),
        formula=r"s_c = b_c + \sum_{ij} \frac{1}{hw} \sum_k w_{ck} F_{kij}",
        substitution=f"{score:.4f} = {score - total:.4f} + {total:.4f}",
        value=Quantity(score, "", 4),
        source=_GRAD_CAM,
        detail=tuple(_grid(cells)),
    )


def _grid(cells: NDArray[np.float32]) -> list[str]:
    return [" ".join(f"{value:+7.3f}" for value in row) for row in cells.tolist()]


def relatives_step(working: PictureWorking, name: str, agree: int) -> Step:
    """How many of the most similar training pictures are of a class or label."""
    n = len(working.relatives)
    return Step(
        claim=tr(
            "Of the {n} training pictures with the most similar features, {n_same} are "
            "{label}.",
            n=n,
            n_same=agree,
            label=name,
        ),
        value=Quantity(agree, tr("of {n}", n=n)),
        detail=tuple(_relative_lines(working.relatives)),
    )


def familiarity_steps(working: PictureWorking) -> Iterator[Step]:
    """Whether the picture is like the training pictures."""
    if np.isnan(working.threshold):
        return
    margin = working.familiarity - working.threshold
    is_known = margin >= 0
    yield Step(
        claim=tr(
            "The picture is like those that the model was trained on: the cosine of "
            "its features with the third most similar training picture reaches the "
            "threshold."
        )
        if is_known
        else tr(
            "The picture is unknown to the model: the cosine of its features with the "
            "third most similar training picture is below the threshold."
        ),
        formula=r"\cos(x, x_{(3)}) \ge t",
        substitution=rf"{working.familiarity:.4f} \ge {working.threshold:.4f}"
        if is_known
        else rf"{working.familiarity:.4f} < {working.threshold:.4f}",
        value=Quantity(working.familiarity, "", 4),
        verdict=Verdict("pass" if is_known else "fail", Quantity(margin, "", 4)),
        source=_FAMILIARITY,
    )


def _relative_lines(relatives: Sequence[Relative]) -> list[str]:
    return [
        f"{relative.cosine:.3f}  {relative.label}  {relative.path}"
        for relative in relatives
    ]
