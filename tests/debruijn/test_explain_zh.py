"""The turning wheel in Chinese: no English word is left, and every number is told."""

import pytest

from bioloom.debruijn.sequences.explain import explain, notes_example
from bioloom.debruijn.sequences.walk import walk
from bioloom.debruijn.sequences.words import Words
from bioloom.explain import width_of
from tests.chinese import in_both, only_words_differ

SYMBOLS = ("d_in", "d_out")
SCENES = {
    "wheel": notes_example,
    "one letter": lambda: explain(walk(Words("0", 3))),
    "one node": lambda: explain(walk(Words("0123", 1)), other="0123"),
    "random": lambda: explain(walk(Words("012", 3), "random", rng_seed=2)),
    "cut": lambda: explain(walk(Words("01", 8)), other="01"),
    "too short": lambda: explain(walk(Words("01", 2)), other="001"),
    "same": lambda: explain(walk(Words("01", 2)), other="0011"),
    "another": lambda: explain(walk(Words("01", 3)), other="00011101"),
}


@pytest.mark.parametrize("scene", SCENES)
def test_no_english_word_is_left(scene):
    text = only_words_differ(SCENES[scene], SYMBOLS)
    assert text.splitlines()[0].startswith("字母表 ")
    assert "欧拉回路" in text


@pytest.mark.parametrize(
    ("scene", "told"),
    [
        ("wheel", "· 说明，是同一循环序列，转动了1位：不是第二个解"),
        ("too short", "✗ 未通过，001 没有使每个窗口恰好出现一次"),
        ("same", "· 说明，是同一序列"),
        ("another", "· 说明，是一个解，且与 00010111 不是同一循环序列"),
    ],
)
def test_another_text_is_judged(scene, told):
    assert f"→ {told}\n" in only_words_differ(SCENES[scene], SYMBOLS)


def test_the_windows_stand_one_below_the_other():
    _, chinese = in_both(SCENES["random"])
    for step, before in ((4, "经"), (5, "：")):
        lines = chinese.steps[step].detail
        assert len({width_of(line.partition(before)[0]) for line in lines}) == 1
        assert len({width_of(line) for line in lines}) == 1
