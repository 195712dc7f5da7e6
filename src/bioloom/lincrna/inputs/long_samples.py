"""Long reads in the sample sheet: what they need, and the short reads beside them."""

from collections.abc import Sequence
from dataclasses import replace

from bioloom.lincrna.inputs.sample import Sample, StatedStrandness
from bioloom.lincrna.inputs.sample_checks import wrong
from bioloom.run.mistakes import Mistakes

_STATED: dict[str, StatedStrandness] = {
    "ont_cdna": "unstranded",
    "ont_drna": "forward",
    "pacbio": "forward",
}
"""The only strandness besides auto that may be stated of a kind."""


def check_long(sample: Sample, where: str) -> None:
    """A sample of long reads has what its kind needs.

    Raises
    ------
    BadSampleSheet
        If it comes as pairs, states what only single cells have, or a strandness that
        its kind has not.
    """
    if not sample.is_long:
        return
    of_kind = f"sample {sample.name!r} of kind {sample.kind}"
    if any(len(lane.files) > 1 for lane in sample.lanes):
        expected = "one: long reads have no mates"
        raise wrong(where, f"{of_kind} with several files in a lane", expected)
    if sample.chemistry or sample.barcodes or sample.n_cells:
        expected = "neither chemistry, barcodes nor n_cells"
        raise wrong(where, f"{of_kind} with entries of single cells", expected)
    if sample.strandness not in {"auto", _STATED[sample.kind]}:
        found = f"{of_kind} with strandness {sample.strandness}"
        raise wrong(where, found, f"auto (or {_STATED[sample.kind]})")


def with_mixes(
    samples: Sequence[Sample], where: str, mistakes: Mistakes
) -> tuple[Sample, ...]:
    """Name long reads apart from the short reads of the same sample.

    Rows of one name, some bulk and some of long reads, are two libraries of one RNA:
    the long one is called ``NAME.KIND`` and is assembled with the short one.

    Parameters
    ----------
    samples
        Their rows joined, short and long reads apart.
    where
        The sheet, for messages.
    mistakes
        Takes what is wrong.
    """
    short = {each.name: each for each in samples if not each.is_long}
    names = {each.name for each in samples}
    named = []
    for sample in samples:
        other = short.get(sample.name)
        if sample.is_long and other is not None:
            name = f"{sample.name}.{sample.kind}"
            with mistakes.gathered():
                _check_mix(sample, other, where)
                if name in names:
                    found = f"a sample {name!r} beside {sample.kind} of {sample.name!r}"
                    raise wrong(where, found, "another name")
            sample = replace(sample, name=name, mixed_with=other.name)
        named.append(sample)
    return tuple(named)


def _check_mix(long: Sample, short: Sample, where: str) -> None:
    if short.has_cells:
        found = f"sample {long.name!r} of kinds {short.kind} and {long.kind}"
        raise wrong(where, found, "one kind, or bulk with one kind of long reads")
