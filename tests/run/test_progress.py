"""Steps of a command, recorded for a program that watches."""

import json
import os

import pytest

from bioloom.run.progress import RECORD_VARIABLE, recorded, silent
from bioloom.run.workflow import step_environment


def steps_of(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_name_and_every_end_is_recorded_and_passed_on(tmp_path):
    seen = []
    with recorded(lambda *step: seen.append(step), tmp_path / "p") as show:
        for done in range(1000):
            show("count", done, 999)
        show("write", 0, 0)
    names = [(name, done, total) for name, done, total, _ in steps_of(tmp_path / "p")]
    assert len(seen) == 1001
    assert names[0] == ("count", 0, 999)
    assert names[-2:] == [("count", 999, 999), ("write", 0, 0)]
    assert len(names) < 20  # the rest hurried by


def test_times_rise_and_repeats_are_left_out(tmp_path):
    with recorded(silent, tmp_path / "p") as show:
        for _ in range(3):
            show("a", 1, 1)
    ((name, done, total, moment),) = steps_of(tmp_path / "p")
    assert (name, done, total) == ("a", 1, 1)
    assert moment > 1.7e9


def test_a_command_records_where_it_is_told(bioloom_cli, tmp_path, monkeypatch):
    reads = tmp_path / "r.fq"
    reads.write_text("@a\nACGTACGTAC\n+\nIIIIIIIIII\n" * 5)
    monkeypatch.setenv(RECORD_VARIABLE, str(tmp_path / "p"))
    words = ("debruijn", "graph", reads, "--k", "5", "--out", tmp_path / "g")
    code, _, err = bioloom_cli(*words)
    assert code == 0, err
    assert steps_of(tmp_path / "p")


@pytest.mark.parametrize("value", ["/nowhere/p", ""])
def test_rules_of_a_workflow_do_not_record(monkeypatch, value):
    monkeypatch.setenv(RECORD_VARIABLE, value)
    assert RECORD_VARIABLE in os.environ
    assert RECORD_VARIABLE not in step_environment()
