"""The model card: what a model is, was trained on, and must not be trusted with.

References
----------
Mitchell M. et al. (2019) Model cards for model reporting. FAT*.
doi:10.1145/3287560.3287596
"""

from collections.abc import Iterator

from bioloom.images.training.result import TrainResult


def model_card(result: TrainResult) -> str:
    """The card as Markdown."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: TrainResult) -> Iterator[str]:
    settings, facts = result.settings, result.facts()
    names = ", ".join(result.pictures.class_names)
    yield f"# Picture classifier: {names}"
    yield ""
    if result.audit.shortcuts:
        yield "**Shortcuts were found in the data: its accuracy may not be earned.**"
        yield ""
        yield from (f"- {warning}" for warning in result.audit.warnings())
        yield ""
    yield f"- Backbone: {settings.backbone}; first weights: {result.start}."
    how = {"head": "a linear head on frozen features", "all": "all weights"}
    yield f"- Trained: {how[settings.fit]}, rng_seed {settings.rng_seed}."
    yield (
        f"- Input: RGB in [0, 1], {settings.side} x {settings.side}, transparent "
        "pixels composited on white"
        + (", cropped to content and encoded anew." if settings.neutralise else ".")
    )
    sides = ("n_train", "n_val", "n_test")
    n_train, n_val, n_test = (f"{facts[name]:,}" for name in sides)
    yield (
        f"- Pictures: {n_train} for training, {n_val} for validation, {n_test} for "
        "test; near-duplicates on one side."
    )
    for name, share in result.measures.items():
        yield f"- Test {name.replace('_', ' ')}: {share} (95 % interval)."
    if result.inflation:
        yield (
            f"- Cross-validated accuracy: {result.inflation.grouped} with groups kept "
            f"together; folds by chance would have said {result.inflation.naive}."
        )
    yield (
        f"- Confidence: temperature {result.temperature:.2f}, expected calibration "
        f"error {facts['ece']:.3f} (before: {facts['ece_raw']:.3f})."
    )
    yield ""
    yield "Limits: it knows these classes alone and names one of them for any picture."
    yield "Pictures of another origin than the training's were not tested."
