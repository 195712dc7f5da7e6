"""``--json``: every command that prints a result has it, and tells what text tells."""

import json

import pytest
from tests.cli.test_cli import ALL, FILTER, given
from tests.lincrna.toy import write_toy

# what these print is a file format of its own, or what another program asked for
NO_RESULT = {
    *(("completion",), ("backprop", "init"), ("mirna", "targets"), ("graph", "nodes")),
    *(("lincrna", "schema"), ("app",)),
    *(path for path in ALL if path[1:2] == ("step",)),
    *(path for path, command in ALL.items() if hasattr(command, "commands")),
}


def has_json(command):
    return any("--json" in option.opts for option in command.params)


def test_every_command_that_prints_a_result_has_it():
    lacking = {path for path, command in ALL.items() if not has_json(command)}
    assert lacking == NO_RESULT


def told(bioloom_cli, *words, code=0):
    done, output, errors = bioloom_cli(*words, "--json")
    assert done == code, errors
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ("count", "--order", "2"),
            {"alphabet": "01", "order": 2, "n_sequences": 1, "n_digits": 1},
        ),
        (
            ("locate", "10"),
            {"alphabet": "01", "order": 2, "word": "10", "place": 3},
        ),
        (
            ("locate", "--at", "1", "--order", "2"),
            {"alphabet": "01", "order": 2, "word": "01", "place": 1},
        ),
        (
            ("sequence", "--order", "2", "--linear"),
            {"alphabet": "01", "order": 2, "sequence": "00110"},
        ),
        (
            ("sequence", "--order", "1", "--alphabet", '"\\é'),
            {"alphabet": '"\\é', "order": 1, "sequence": '"\\é'},
        ),
    ],
)
def test_de_bruijn_sequences(bioloom_cli, words, expected):
    assert told(bioloom_cli, "debruijn", *words) == [expected]


@pytest.mark.parametrize(
    "words",
    [
        ("bounds", "explain"),
        ("bounds", "samples", "--epsilon", "0.1"),
        ("debruijn", "explain"),
        ("backprop", "trace"),
        ("graph", "explain"),
    ],
)
def test_explanations_are_those_of_format_json(bioloom_cli, words):
    formatted = bioloom_cli(*words, "--format", "json")[1]
    assert bioloom_cli(*words, "--json")[1] == formatted
    assert json.loads(formatted)["steps"]


def test_a_run_of_the_filter(bioloom_cli, tmp_path):
    toy = write_toy(tmp_path)
    text = bioloom_cli(*FILTER, *given(toy, tmp_path / "one"))[1]
    (facts,) = told(bioloom_cli, *FILTER, *given(toy, tmp_path / "two"))
    assert text.startswith(
        f"{facts['n_candidates']} candidates of {facts['n_candidate_loci']} loci, "
        f"from {facts['n_transcripts']} transcripts"
    )
    assert facts["report"] == str(tmp_path / "two" / "report.html")


def test_sites_are_an_object_a_row(bioloom_cli, tmp_path):
    (tmp_path / "mirna.fa").write_text(">one\nUGAGAUCAUUUUGAAAGCUGAUU\n")
    (tmp_path / "target.fa").write_text(f'>a"b é\n{"ACGUGAUCUCAUUGACC" * 3}\n')
    files = [str(tmp_path / name) for name in ("mirna.fa", "target.fa")]
    rows = told(bioloom_cli, "mirna", "predict", *files, "--top", "2")
    _, output, _ = bioloom_cli("mirna", "predict", *files, "--top", "2")
    table = output.splitlines()
    names = table[0].split("\t")
    assert [list(row) for row in rows] == [names] * len(table[1:])
    for row, line in zip(rows, table[1:], strict=True):
        cells = dict(zip(names, line.split("\t"), strict=True))
        assert row["target"] == cells["target"] == 'a"b'
        assert row["mfe"] == float(cells["mfe"]) < 0
        assert row["start"] == int(cells["start"])
        assert (row["p"], cells["p"]) == (None, "")
        assert row["target_paired"] == cells["target_paired"]


def test_pictures_are_named(bioloom_cli, tmp_path):
    (facts,) = told(bioloom_cli, "debruijn", "draw", "--out", str(tmp_path))
    assert sorted(facts["written"]) == sorted(map(str, tmp_path.iterdir()))
