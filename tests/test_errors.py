"""Messages of errors: where, found, expected, what to do."""

from importlib import import_module
from importlib.util import find_spec

import pytest

import bioloom
from bioloom import errors
from bioloom.extras import install_command

FACTS = {
    "where": "a.gtf: line 3",
    "found": "8 columns",
    "expected": "nine columns",
    "advice": "Correct it.",
}


def kinds_of(module):
    return [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, errors.BioloomError)
    ]


ROOMS = [
    import_module(f"bioloom.{room}.errors")
    for room in bioloom.ROOMS
    if find_spec(f"bioloom.{room}.errors")
]
KINDS = {kind for module in (errors, *ROOMS) for kind in kinds_of(module)}
BAD_INPUTS = sorted(
    (kind for kind in KINDS if issubclass(kind, errors.BadInput)),
    key=lambda kind: kind.__name__,
)
EXAMPLES = [
    (
        errors.CannotWrite("out.tsv", reason="No space left on device"),
        OSError,
        ("out.tsv: found that it cannot be written (no space left", "Free some space"),
    ),
    (
        errors.MissingFile("g.fa", role="the genome", where="c.yaml: genome"),
        FileNotFoundError,
        ("c.yaml: genome: g.fa: found no such", "expected the genome", "Check the"),
    ),
    (
        errors.MissingFile("g.fa", role="the genome"),
        FileNotFoundError,
        ("g.fa: found no such file, expected the genome. Check the spelling",),
    ),
    (
        errors.SeveralMistakes([errors.BadConfig(**FACTS), errors.BadFasta(**FACTS)]),
        ValueError,
        ("2 mistakes:\n  1. a.gtf: line 3: found 8", "\n  2. a.gtf: line 3: found"),
    ),
    (
        errors.ChromNamesDiffer(
            "g.fa", "a.gtf", only_first=["1", "2", "3", "4"], only_second=["chr1"]
        ),
        ValueError,
        ("a.gtf: found chromosome 'chr1'", "'1', '2', '3' and 1 more", "prefix 'chr'"),
    ),
    (
        errors.ToolMissing("hisat2", install="apt-get install hisat2"),
        RuntimeError,
        ("hisat2: found no such program", "Install it with: apt-get install hisat2"),
    ),
    (
        errors.StepFailed("align", message="all is lost"),
        RuntimeError,
        ("all is lost",),
    ),
    (
        errors.ToolFailed("x", command="x -y", exit_code=2, log_tail="one\ntwo\n"),
        RuntimeError,
        ("x failed with exit code 2.\n  command: x -y\n", "    one\n    two"),
    ),
    (errors.RunIsBusy("out"), RuntimeError, ("out: found another run", "Wait for it")),
    (
        errors.PackageMissing("pyhmmer", extra="lincrna"),
        RuntimeError,
        ("pyhmmer: found no such Python package", install_command("lincrna")),
    ),
    (
        errors.NoDevice("mps", there=["cpu"]),
        ValueError,
        ("device mps: found no such device", "expected auto or cpu"),
    ),
    (errors.OutputExists("out"), ValueError, ("out: found a finished run", "--force")),
    (
        errors.UnknownName(
            "T1", kind="transcript", where="out", known=["T10", "T11", "gene"]
        ),
        KeyError,
        ("out: found no transcript 'T1'", "Did you mean 'T11', 'T10'?"),
    ),
    (
        errors.UnknownName("T1", kind="transcript", where="out", known=["gene"]),
        KeyError,
        ("It holds 'gene'.",),
    ),
]


@pytest.mark.parametrize("kind", BAD_INPUTS)
def test_bad_input_holds_its_facts_and_words_them_in_one_shape(kind):
    problem = kind(**FACTS)
    assert isinstance(problem, errors.BioloomError)
    assert isinstance(problem, ValueError)
    assert {
        name: getattr(problem, name) for name in ("where", "found", "expected")
    } == {name: FACTS[name] for name in ("where", "found", "expected")}
    assert str(problem) == (
        "a.gtf: line 3: found 8 columns, expected nine columns. Correct it."
    )


@pytest.mark.parametrize(("problem", "kind", "parts"), EXAMPLES)
def test_each_message_tells_what_was_found_and_what_to_do(problem, kind, parts):
    assert isinstance(problem, errors.BioloomError)
    assert isinstance(problem, kind)
    for part in parts:
        assert part in str(problem)


def test_every_error_of_the_ground_has_an_example():
    covered = {type(problem) for problem, *_ in EXAMPLES} | {*BAD_INPUTS}
    assert covered | {errors.BioloomError} >= {*kinds_of(errors)}


def test_every_error_is_either_bad_data_or_a_failure_of_the_outside_world():
    for kind in KINDS - {errors.BioloomError}:
        assert issubclass(kind, (ValueError, RuntimeError, LookupError, OSError))
