"""Messages of errors: where, found, expected, what to do."""

import pytest

import bioloom.debruijn.errors
import bioloom.mirna.errors
from bioloom import errors
from bioloom.debruijn.errors import BadKmers, BadWords
from bioloom.mirna.errors import BadMirna, FitFailed, NoSite

FACTS = {
    "where": "a.gtf: line 3",
    "found": "8 columns",
    "expected": "nine columns",
    "advice": "Correct it.",
}
BAD_INPUTS = [
    *(errors.BadFasta, errors.BadFastq, errors.BadAnnotation, errors.BadConfig),
    *(errors.BadSampleSheet, errors.BadModel, errors.BadRunFolder),
    *(errors.BadVotes, BadMirna, errors.BadGraph),
    *(errors.BadLosses, errors.BadTable, errors.BadNetwork),
    *(BadWords, BadKmers),
    errors.BadPictures,
]
EXAMPLES = [
    (
        FitFailed("let-7", n_targets=500, n_tail=3),
        RuntimeError,
        ("let-7: found 3 usable best energies on 500 random", "expected enough to fit"),
    ),
    (
        NoSite("let-7", "utr"),
        ValueError,
        ("utr: found no such site of let-7, expected one to draw", "--max-mfe"),
    ),
    (
        errors.UnreadablePicture("a.png", code="empty", meaning="no byte"),
        ValueError,
        ("a.png: found no byte (empty), expected a whole picture. Replace the file",),
    ),
    (
        errors.CannotWrite("out.tsv", reason="No space left on device"),
        OSError,
        ("out.tsv: found that it cannot be written (no space left", "Free some space"),
    ),
    (
        errors.NoDownload("cora", found="no network", command="wget it"),
        RuntimeError,
        ("cora", "no network", "wget it"),
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
        errors.ChromNamesDiffer(
            "g.fa", "a.gtf", only_first=["1", "2", "3", "4"], only_second=["chr1"]
        ),
        ValueError,
        ("a.gtf: found chromosome 'chr1'", "'1', '2', '3' and 1 more", "prefix 'chr'"),
    ),
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
        errors.ToolMissing("hisat2", install="apt-get install hisat2"),
        RuntimeError,
        ("hisat2: found no such program", "Install it with: apt-get install hisat2"),
    ),
    (
        errors.ToolFailed("x", command="x -y", exit_code=2, log_tail="one\ntwo\n"),
        RuntimeError,
        ("x failed with exit code 2.\n  command: x -y\n", "    one\n    two"),
    ),
    (errors.StepFailed("align", message="all is lost"), RuntimeError, ("all is lost",)),
    (errors.RunIsBusy("out"), RuntimeError, ("out: found another run", "Wait for it")),
    (
        errors.PackageMissing("pyhmmer", extra="lincrna"),
        RuntimeError,
        ("pyhmmer: found no such Python package", "pip install 'bioloom[lincrna]'"),
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


def test_every_error_is_either_bad_data_or_a_failure_of_the_outside_world():
    kinds = [
        kind
        for module in (errors, bioloom.debruijn.errors, bioloom.mirna.errors)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, errors.BioloomError)
    ]
    covered = {type(problem) for problem, *_ in EXAMPLES} | {*BAD_INPUTS}
    assert covered | {errors.BioloomError, errors.BadInput} == set(kinds)
    for kind in covered:
        assert issubclass(kind, (ValueError, RuntimeError, LookupError, OSError))


def test_a_mismatch_without_reads_divides_by_nothing():
    problem = errors.StrandnessMismatch(
        "s", stated="forward", inferred="reverse", n_sense=0, n_antisense=0
    )
    assert "0 sense reads (0.0%)" in str(problem)
