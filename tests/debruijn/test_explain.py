"""The turning wheel: the words of its explanation, and its pictures."""

from pathlib import Path

import pytest

from bioloom.debruijn.errors import BadWords
from bioloom.debruijn.sequences.explain import explain, notes_example
from bioloom.debruijn.sequences.figures import graph_figure, wheel_figure
from bioloom.debruijn.sequences.walk import turned_by, walk
from bioloom.debruijn.sequences.words import Words
from bioloom.draw import to_svg

GOLDEN = Path(__file__).parents[1] / "data" / "debruijn_wheel.txt"


def test_the_wheel_of_four_sectors():
    assert notes_example().to_text() == GOLDEN.read_text("utf-8")


def test_explained_values_are_those_of_the_result():
    shown = walk(Words("ACG", 3), "random", rng_seed=2)
    told = explain(shown)
    values = [step.value.number for step in told.steps if step.value]
    assert values == [27, 9, 27, 27]
    assert shown.to_frame()["window"].nunique() == 27
    assert all(step.verdict.outcome == "pass" for step in told.steps if step.verdict)


@pytest.mark.parametrize(
    ("other", "outcome", "text"),
    [
        ("0110", "note", "the same cycle, rotated by 1: not a second solution"),
        ("0011", "note", "the same sequence"),
        ("0101", "fail", "does not contain each window exactly once"),
        ("001", "fail", "does not contain each window exactly once"),
    ],
)
def test_another_text_is_judged(other, outcome, text):
    verdict = explain(walk(Words("01", 2)), other=other).steps[-1].verdict
    assert verdict.outcome == outcome
    assert text in verdict.text


def test_a_true_second_solution_is_told_as_one():
    verdict = explain(walk(Words("01", 3)), other="00011101").steps[-1].verdict
    assert verdict.text == "a solution, and a different cycle from 00010111"


@pytest.mark.parametrize(("letters", "order"), [("0", 3), ("0123", 1), ("01", 8)])
def test_odd_shapes_are_explained_in_every_form(letters, order):
    told = explain(walk(Words(letters, order)))
    for text in (told.to_text(), told.to_markdown(), told.to_html(), told.to_json()):
        assert text.strip()


def test_the_window_goes_over_the_end_to_the_beginning():
    lines = explain(walk(Words("01", 3))).steps[5].detail
    assert lines[5] == "turn 6: 00010[111]   111"
    assert lines[6] == "turn 7: 0]00101[11   110"
    assert lines[7] == "turn 8: 00]01011[1   100"


def test_turning():
    assert turned_by("0011", "001") is None
    assert turned_by("0011", "1001") == 3


@pytest.mark.parametrize(
    ("letters", "order"), [("01", 2), ("01", 4), ("ACGT", 2), ("ACGT", 1), ("x", 2)]
)
def test_pictures_show_every_letter_and_repeat_byte_for_byte(letters, order):
    shown = walk(Words(letters, order))
    for figure in (graph_figure, wheel_figure):
        texts = [one.get_text() for one in figure(shown).axes[0].texts]
        assert to_svg(figure(shown)) == to_svg(figure(shown))
    assert [one for one in texts if one in letters][: len(shown.text)]
    drawn = [one.get_text() for one in graph_figure(shown).axes[0].texts]
    for number, turn in enumerate(shown.turns, 1):
        assert f"{number}: {turn.window}" in drawn


def test_what_is_too_long_to_be_shown():
    with pytest.raises(BadWords, match="512 turns, expected at most 256"):
        walk(Words("01", 9))
    with pytest.raises(BadWords, match="128 edges, expected at most 64"):
        wheel_figure(walk(Words("01", 7)))
