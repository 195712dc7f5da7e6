"""What a newcomer is told: help of every option, and messages that name the mistake."""

import gzip
import random
import subprocess

import click
import pytest
from tests.cli.test_cli import ALL, FILTER, given
from tests.lincrna.toy import write_toy
from tests.shell import BIOLOOM

MIRNA = ">m\nUGAGGUAGUAGGUUGUAUAGUU\n"


def typed_options():
    """Options of the commands that people type; `lincrna step` is for the workflow."""
    for path, command in ALL.items():
        for option in command.params:
            if isinstance(option, click.Option) and path[:2] != ("lincrna", "step"):
                yield path, option


def test_every_option_says_what_it_is_for():
    terse = [
        (" ".join(path), option.opts[-1])
        for path, option in typed_options()
        if len((option.help or "").split()) < 2
    ]
    assert not terse


def test_one_option_is_told_in_the_same_words_everywhere():
    for name in ("--threads", "--format", "--json", "--lang"):
        told = {
            option.help
            for path, option in typed_options()
            if name in option.opts
            and (path, name) != (("mirna", "predict"), "--format")
        }
        assert len(told) == 1, name


def test_a_reader_that_wants_no_more_ends_a_command_as_it_ends_others():
    sequence = [*BIOLOOM, "debruijn", "sequence", "--alphabet", "ACGT", "--order", "11"]
    with subprocess.Popen(
        sequence, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as done:
        assert done.stdout.read(4) == b"AAAA"
        done.stdout.close()
        assert done.stderr.read() == b""
    assert done.returncode == 141


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("debruijn", "locate", "--at", "4", "--order", "2"), "places 0 to 3"),
        (
            ("mirna", "explain", "m", "t", "--seed-region", "8-2"),
            "'8-2' is not two positions, as in 2-8",
        ),
        (("graph", "train", "-q"), "It goes before the room: bioloom -q graph train …"),
        (("--lang", "zh", "graph"), "A command's options go after its name."),
    ],
)
def test_wrong_usage_is_told_with_what_would_be_right(bioloom_cli, words, told):
    code, out, err = bioloom_cli(*words)
    assert (code, out) == (2, "")
    assert told in err


def test_a_run_takes_no_pipe_that_it_cannot_read_again(bioloom_cli, tmp_path):
    toy = write_toy(tmp_path)
    changed = given(toy, tmp_path / "out", **{"--gtf": "-"})
    code, _, err = bioloom_cli(*FILTER, *changed)
    assert code == 2
    assert "give files, not standard input" in err
    assert not (tmp_path / "out").exists()


def test_a_packed_file_that_is_no_genome_is_named_itself(bioloom_cli, tmp_path):
    toy = write_toy(tmp_path)
    packed = tmp_path / "annotation.gtf.gz"
    packed.write_bytes(gzip.compress((toy / "annotation.gtf").read_bytes()))
    changed = given(toy, tmp_path / "out", **{"--genome": packed})
    code, _, err = bioloom_cli(*FILTER, *changed)
    assert code == 1
    assert f"error: {packed}: found" in err
    assert "working" not in err


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        (
            "model\tx\n1\t2\n",
            ("bounds", "check"),
            "found the columns model, x, expected hypothesis, loss_sample and "
            "loss_all, a row for each hypothesis; or label, split",
        ),
        (
            "from,to\na,b\n",
            ("backprop", "trace"),
            "found the bare value 'from,to a,b', expected entries",
        ),
        ("- 1\n- 2\n", ("backprop", "trace"), "found a list of 2, expected entries"),
        (
            MIRNA,
            ("mirna", "predict", "{0}", "{0}", "--calibration"),
            "found no calibration in it, expected JSON of the format",
        ),
    ],
)
def test_what_was_found_and_what_is_wanted(bioloom_cli, tmp_path, text, words, told):
    file = tmp_path / "given.tsv"
    file.write_text(text)
    code, _, err = bioloom_cli(*(word.format(file) for word in words), file)
    assert code == 1
    assert f"error: {file}: {told}" in err


def test_predictions_from_a_pipe_have_a_name():
    table = "label,prediction\na,b\na,a\nb,b\n"
    done = subprocess.run(
        [*BIOLOOM, "bounds", "report", "-"],
        input=table,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("standard input: what the predictions")
    assert "models: standard input" in done.stdout


def test_what_is_written_is_counted(bioloom_cli, tmp_path):
    fasta = tmp_path / "m.fa"
    fasta.write_text(MIRNA)
    out = tmp_path / "nodes.tsv"
    _, _, err = bioloom_cli("graph", "nodes", "--fasta", f"x={fasta}", "--out", out)
    assert err == "1 node\n"
    assert len(out.read_text().splitlines()) == 2


@pytest.mark.slow
def test_few_targets_are_no_ground_for_laws(bioloom_cli, tmp_path):
    fasta, targets = tmp_path / "m.fa", tmp_path / "t.fa"
    fasta.write_text(MIRNA)
    bases = "".join(random.Random(1).choices("ACGU", k=500))
    targets.write_text(f">t\n{bases}\n")
    words = ("mirna", "calibrate", fasta, targets, "--samples", "5000")
    code, _, err = bioloom_cli(*words, "--out", tmp_path / "laws.json")
    assert code == 0, err
    assert err.startswith("few targets: with a total length of 500 nt they hardly")


def test_doctor_knows_the_rooms_that_need_nothing(bioloom_cli):
    code, out, _ = bioloom_cli("doctor", "bounds", "debruijn")
    assert code == 0
    assert out.count("✓ nothing else to install") == 2
    assert out.endswith("Nothing is missing.\n")
