"""Messages of the room's errors: where, found, expected, what to do."""

import pytest

from bioloom.errors import BadInput, BioloomError
from bioloom.lincrna import errors

EXAMPLES = [
    (
        errors.NoReads("liver", path="r.fq", stage="after trimming"),
        ValueError,
        ("sample liver: r.fq: found no reads after trimming", "expected at least one"),
    ),
    (
        errors.NoCells("liver", n_barcodes=3, n_reads=9),
        ValueError,
        ("sample liver: found 3 barcodes in 9 reads", "Set cells.n_cells"),
    ),
    (
        errors.NothingAssembled(3),
        ValueError,
        ("found no transcript in any of 3 samples", "assembly.min_coverage"),
    ),
    (
        errors.StrandnessMismatch(
            "s", stated="forward", inferred="reverse", n_sense=5, n_antisense=95
        ),
        ValueError,
        ("5 sense reads (5.0%)", "95 antisense reads (95.0%)", "which is reverse"),
    ),
    (
        errors.NoSuchSequence(longest_orf_aa=99, tries=200),
        RuntimeError,
        ("found no RNA in 200 draws", "longest ORF of 99 aa", "another rng_seed"),
    ),
]


@pytest.mark.parametrize(("problem", "kind", "parts"), EXAMPLES)
def test_each_message_says_what_was_found_and_what_to_do(problem, kind, parts):
    assert isinstance(problem, BioloomError)
    assert isinstance(problem, kind)
    for part in parts:
        assert part in str(problem)


@pytest.mark.parametrize(
    "kind", [errors.BadSampleSheet, errors.BadVotes, errors.BadDesign]
)
def test_bad_files_are_bad_input(kind):
    assert issubclass(kind, BadInput)


def test_every_error_of_the_room_is_covered():
    kinds = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, BioloomError)
    }
    covered = {type(problem) for problem, *_ in EXAMPLES}
    covered |= {errors.BadSampleSheet, errors.BadVotes, errors.BadDesign}
    assert kinds - {BadInput, BioloomError} == covered


def test_a_mismatch_without_reads_divides_by_nothing():
    problem = errors.StrandnessMismatch(
        "s", stated="forward", inferred="reverse", n_sense=0, n_antisense=0
    )
    assert "0 sense reads (0.0%)" in str(problem)
