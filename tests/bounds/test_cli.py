"""`bioloom bounds` as typed."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.bounds.test_report import table_of_pictures

GOLDEN = Path(__file__).parents[1] / "data" / "bounds"


@pytest.fixture
def bioloom_cli(bioloom_cli):
    """The same, of this group."""
    return partial(bioloom_cli, "bounds")


def test_both_versions_of_the_notes(bioloom_cli, tmp_path):
    code, told, err = bioloom_cli("check", GOLDEN / "notes_first.tsv")
    assert (code, told) == (1, "")
    reason = (GOLDEN / "notes_first.txt").read_text("utf-8")
    assert err == f"bioloom: error: {GOLDEN}/{reason}"
    words = ("check", GOLDEN / "notes_second.tsv", "--tolerance", 0.02)
    code, told, _ = bioloom_cli(*words, "--table", tmp_path / "gaps.tsv")
    assert (code, told) == (0, (GOLDEN / "notes_second.txt").read_text("utf-8"))
    lines = (tmp_path / "gaps.tsv").read_text().splitlines()
    assert lines[2] == "h_all\t0.055\t0.05\t0.005\tyes\th_all"
    code, told, _ = bioloom_cli(*words, "--sample", 500, "--population", 10_000)
    assert "22.50 mistakes" in told


def test_the_embedded_example(bioloom_cli):
    code, told, _ = bioloom_cli("explain")
    assert (code, told) == (0, (GOLDEN / "explain.txt").read_text("utf-8"))
    assert "18,445 independent ones" in told
    assert "4,900 of 10,000" in told


def test_sample_sizes(bioloom_cli, tmp_path):
    words = ("samples", "--hypotheses", 10_000, "--epsilon", 0.05, "--failure-prob")
    code, told, _ = bioloom_cli(*words, 0.05, "--population", 10_000)
    assert code == 0
    for n in (2580, 2051, 1730, 402):
        assert f"→ {n} examples" in told
    words = ("samples", "--tolerance", 0.02, "--format", "json")
    code, told, err = bioloom_cli(*words, "--draw", tmp_path / "sizes")
    assert json.loads(told)["steps"][0]["value"]["number"] == 18_445
    assert (tmp_path / "sizes.png").is_file()
    assert err == f"written: {tmp_path}/sizes.png, {tmp_path}/sizes.svg\n"


def test_a_simulation(bioloom_cli, tmp_path):
    rng = np.random.default_rng(0)
    rows = [f"{'ab'[k % 2]},{k % 2 + rng.standard_normal():.4f}" for k in range(100)]
    table = tmp_path / "table.csv"
    table.write_text("class,edges\n" + "\n".join(rows) + "\n")
    words = ("simulate", table, "--feature", "edges", "--label", "class")
    words = (*words, "--sample", 30, "--draws", 100)
    code, told, _ = bioloom_cli(*words)
    assert code == 0
    assert told.startswith("Thresholds between 'a' and 'b': samples of 30 from 100")
    out = tmp_path / "sim"
    code, again, err = bioloom_cli(*words, "--out", out)
    assert (code, again, err) == (0, told, f"written: {out}\n")
    assert bioloom_cli(*words, "--out", out)[0] == 1
    assert bioloom_cli(*words, "--out", out, "--force")[0] == 0


@pytest.mark.filterwarnings("default::bioloom.errors.InputWarning")
def test_a_report(bioloom_cli, tmp_path):
    tables = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for seed, path in enumerate(tables):
        table_of_pictures(path)
        frame = path.read_text("utf-8-sig").splitlines()
        if seed:  # the second model always says digi
            frame[1:] = [line.replace(",poke,0.", ",digi,0.") for line in frame[1:]]
            path.write_text("\n".join(frame) + "\n", "utf-8")
    words = ("--table", tmp_path / "errors.tsv", "--draw", tmp_path / "claims")
    code, told, _ = bioloom_cli("report", *tables, *words)
    assert code == 0
    assert "one is better" in told
    assert (tmp_path / "errors.tsv").read_text().count("\n") == 11
    assert (tmp_path / "claims.svg").is_file()


@pytest.mark.filterwarnings("always::bioloom.errors.InputWarning")
def test_how_a_table_was_read_is_said(bioloom_cli, cases_dir):
    code, told, err = bioloom_cli("report", cases_dir / "bounds" / "ppos.csv")
    assert code == 0
    for text in (told, err):
        assert "the probability of class 'cat' in every row" in text
    assert "0.035 with 10" in told
    assert "may be calibrated" in told
    assert "✗" not in told


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("check", "l.tsv", "--tolerance", "0"),
        ("samples",),
        ("samples", "--epsilon", "0.1", "--tolerance", "0.2"),
        ("samples", "--epsilon", "0.1", "--mistakes", "3"),
        ("samples", "--epsilon", "0.1", "--test-size", "3", "--mistakes", "4"),
        ("samples", "--epsilon", "nan"),
        ("simulate", "t.csv", "--sample", "5"),
        ("report",),
        ("report", "p.csv", "--failure-prob", "1"),
    ],
)
def test_wrong_usage_exits_with_two(bioloom_cli, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    code, told, err = bioloom_cli(*words)
    assert (code, told) == (2, "")
    assert "Error: " in err
