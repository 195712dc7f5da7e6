"""The model card: what a model is, its training data, and its limits.

References
----------
Mitchell M. et al. (2019) Model cards for model reporting. FAT*.
doi:10.1145/3287560.3287596
"""

from collections.abc import Iterator
from types import MappingProxyType

from bioloom.images.training.result import Training

_FOLDS_OF = MappingProxyType({"head": "", "all": " of a head on the initial features"})


def model_card(training: Training) -> str:
    """The card as Markdown."""
    return "\n".join(_lines(training)) + "\n"


def _lines(training: Training) -> Iterator[str]:
    settings, facts = training.settings, training.facts()
    names = ", ".join(training.pictures.class_names)
    yield f"# Picture classifier: {names}"
    yield ""
    if training.audit.shortcuts:
        yield "**Shortcuts were found in the data: the accuracy may be due to them.**"
        yield ""
        yield from (f"- {warning}" for warning in training.audit.warnings())
        yield ""
    yield from (f"- Audit: {note}" for note in training.audit.notes())
    yield f"- Backbone: {settings.backbone}; first weights: {training.start}."
    how = {"head": "a linear head on frozen features", "all": "all weights"}
    yield f"- Trained: {how[settings.fit]}, rng_seed {settings.rng_seed}."
    yield (
        f"- Input: RGB in [0, 1], {settings.side} x {settings.side}, transparent "
        "pixels composited on white"
        + (", cropped to content and encoded again" if settings.neutralise else "")
        + (", sharpness and grain made equal." if settings.equalise else ".")
    )
    sides = ("n_train", "n_val", "n_test")
    n_train, n_val, n_test = (f"{facts[name]:,}" for name in sides)
    yield (
        f"- Pictures: {n_train} for training, {n_val} for validation, {n_test} for "
        "test; near-duplicates are on the same side."
    )
    for name, share in training.measures.items():
        yield f"- Test {name.replace('_', ' ')}: {share} (95 % interval)."
    if training.folded:
        yield f"- Accuracy in {settings.folds} folds of all weights: {training.folded}."
    if training.inflation:
        yield (
            f"- Cross-validated accuracy{_FOLDS_OF[settings.fit]}: "
            f"{training.inflation.grouped} with groups "
            f"kept together; random folds would have given {training.inflation.naive}."
        )
    yield (
        f"- Confidence: temperature {training.temperature:.2f}, expected calibration "
        f"error {facts['ece']:.3f} (before: {facts['ece_raw']:.3f})."
    )
    yield ""
    unknown, expected = training.unknown_share, training.familiarity.false_alarms
    yield (
        f"Limits: it knows only these classes. A picture that is unlike the "
        f"training pictures is called unknown; so are {unknown} of the test pictures "
        f"(expected: {100 * expected:.1f} %). One that resembles them is not noticed."
    )
    yield "It was not tested on pictures from other sources than the training data."
