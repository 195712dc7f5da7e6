"""The model card: what a model is, its training data, and its limits.

References
----------
Mitchell M. et al. (2019) Model cards for model reporting. FAT*.
doi:10.1145/3287560.3287596
"""

from collections.abc import Iterator
from types import MappingProxyType

from bioloom.images.training.multilabel import MultilabelTraining
from bioloom.images.training.result import Training, measure_name

_FOLDS_OF = MappingProxyType({"head": "", "all": " of a head on the initial features"})


def model_card(training: Training) -> str:
    """The card as Markdown."""
    return "\n".join(_lines(training)) + "\n"


def _lines(training: Training) -> Iterator[str]:
    settings, facts = training.settings, training.facts()
    names = ", ".join(training.pictures.class_names)
    is_multilabel = isinstance(training, MultilabelTraining)
    kind = "Labels of pictures" if is_multilabel else "Picture classifier"
    yield f"# {kind}: {names}"
    yield ""
    if training.audit.shortcuts:
        yield "**Shortcuts were found in the data: the accuracy may be due to them.**"
        yield ""
        yield from (f"- {warning}" for warning in training.audit.warnings())
        yield ""
    yield from (f"- Audit: {note}" for note in training.audit.notes())
    yield f"- Backbone: {settings.backbone}; first weights: {training.start}."
    how = {"head": "a linear head on frozen features", "all": "all weights"}
    by_label = " for each label" if is_multilabel and settings.fit == "head" else ""
    yield f"- Trained: {how[settings.fit]}{by_label}, rng_seed {settings.rng_seed}."
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
        yield f"- Test {measure_name(name)}: {share} (95 % interval)."
    if training.folded:
        yield f"- Accuracy in {settings.folds} folds of all weights: {training.folded}."
    if training.inflation:
        yield (
            f"- Cross-validated {measure_name(training.headline)}"
            f"{_FOLDS_OF[settings.fit]}: "
            f"{training.inflation.grouped} with groups "
            f"kept together; random folds would have given {training.inflation.naive}."
        )
    yield from _confidence(training)
    yield ""
    unknown, expected = training.unknown_share, training.familiarity.false_alarms
    what = "labels" if is_multilabel else "classes"
    yield (
        f"Limits: it knows only these {what}. A picture that is unlike the "
        f"training pictures is called unknown; so are {unknown} of the test pictures "
        f"(expected: {100 * expected:.1f} %). One that resembles them is not noticed."
    )
    yield "It was not tested on pictures from other sources than the training data."


def _confidence(training: Training) -> Iterator[str]:
    """Lines on what a probability is worth; with several labels, of each."""
    if not isinstance(training, MultilabelTraining):
        errors = training.calibration_errors()
        yield (
            f"- Confidence: temperature {training.temperature:.2f}, expected "
            f"calibration error {errors.after:.3f} (before: {errors.before:.3f})."
        )
        return
    yield (
        "- Probabilities are those of each label by itself; expected calibration error "
        f"of all pairs of test picture and label {training.calibration_error:.3f}."
    )
    for each in training.baselines:
        yield (
            f"- Baseline, {each.name}: micro F1 {100 * each.micro_f1:.1f} %; the "
            f"model's is {each.lead} higher."
        )
    rows = zip(training.qualities, training.thresholds.tolist(), strict=True)
    for quality, threshold in rows:
        yield (
            f"- {quality.name}: called above {threshold:.3f}; {quality.n:,} test "
            f"pictures, F1 {100 * quality.f1:.1f} %, average precision "
            f"{quality.average_precision}."
        )
