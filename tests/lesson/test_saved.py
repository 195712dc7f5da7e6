"""Saved explanations: read back whole, and refused with a reason."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bioloom as bl
from bioloom.errors import BadExplanation, MissingFile
from bioloom.explain import Explanation, Quantity, Step, Verdict
from bioloom.lesson.saved import read_explanation

words = st.text(max_size=12)
numbers = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6)
quantities = st.builds(
    Quantity, numbers, words, st.none() | st.integers(min_value=0, max_value=9)
)
verdicts = st.builds(
    Verdict, st.sampled_from(["pass", "fail", "note"]), st.none() | quantities, words
)
steps = st.builds(
    Step,
    *(words, words, words, st.none() | quantities, st.none() | verdicts, words),
    st.lists(words, max_size=3).map(tuple),
)
explanations = st.builds(
    Explanation,
    words,
    st.lists(steps, min_size=1, max_size=4).map(tuple),
    st.dictionaries(words, words, max_size=3),
    st.sampled_from(["en", "zh"]),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("saved")


@given(explanation=explanations)
def test_what_is_written_is_read(folder, explanation):
    path = folder / "working.json"
    path.write_text(explanation.to_json(), "utf-8")
    assert read_explanation(path) == explanation


STEP = {"claim": "c"}
BROKEN = {
    "no": "the file (Invalid JSON: expected",
    "[1]": "the file (Input should be an object",
    "{}": "title (Field required)",
    json.dumps({"title": "t", "steps": []}): "no steps",
    json.dumps({"title": "t", "steps": 3}): "steps (Input should be a valid",
    json.dumps({"title": "t", "steps": [3]}): "steps.0 (",
    json.dumps({"title": "t", "steps": [STEP], "language": "de"}): "language (",
    json.dumps({"title": "t", "steps": [{"claim": 3}]}): "steps.0.claim (",
    json.dumps(
        {"title": "t", "steps": [STEP | {"value": {"number": "x"}}]}
    ): "steps.0.value.number (",
    json.dumps(
        {"title": "t", "steps": [STEP | {"value": {"number": 1, "decimals": -1}}]}
    ): "-1 decimals",
    json.dumps(
        {"title": "t", "steps": [STEP | {"verdict": {"outcome": []}}]}
    ): "steps.0.verdict.outcome (",
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_explanation_is_refused(tmp_path, bioloom_cli, text):
    path = tmp_path / "working.json"
    path.write_text(text, "utf-8")
    with pytest.raises(BadExplanation) as caught:
        read_explanation(path)
    assert f"found {BROKEN[text]}" in str(caught.value)
    assert "expected " in str(caught.value)
    code, out, err = bioloom_cli(
        *("lesson", "--explanation", path, "--out", tmp_path / "page.html")
    )
    assert (code, out) == (1, "")
    assert "Traceback" not in err


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(MissingFile, match=r"nowhere\.json: found no such file"):
        bl.lesson.play(tmp_path / "nowhere.json", out=tmp_path / "page.html")


def test_the_command_plays_what_explain_prints(tmp_path, bioloom_cli):
    saved, page = tmp_path / "working.json", tmp_path / "page.html"
    saved.write_text(bioloom_cli("graph", "explain", "--node", "4", "--json")[1])
    code, out, err = bioloom_cli("lesson", "--explanation", saved, "--out", page)
    assert (code, out, err) == (0, f"written: {page}\n", "")
    assert "Aggregation A·H at node 4 of six nodes" in page.read_text("utf-8")


@pytest.mark.parametrize(
    "given_", [(), ("graph", "--all"), ("--all", "--explanation", "x.json")]
)
def test_one_thing_is_asked_for(bioloom_cli, tmp_path, given_):
    code, out, err = bioloom_cli("lesson", *given_, "--out", tmp_path / "page.html")
    assert (code, out) == (2, "")
    assert "Give one of: a ROOM, --all, --explanation FILE." in err


def test_a_room_that_is_none_is_named(bioloom_cli, tmp_path):
    code, _, err = bioloom_cli("lesson", "grpah", "--out", tmp_path / "page.html")
    assert code == 1
    assert "found no room 'grpah'" in err
    assert "Did you mean 'graph'?" in err
