"""The two READMEs hold the same commands, numbers and links."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMES = ("README.md", "README.zh-CN.md")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:^ {4}.*\n)+", re.MULTILINE)
_TARGET = re.compile(r"\]\(([^)]*)\)")


def prose(text):
    return _INDENTED.sub("", _FENCED.sub("", text))


@pytest.fixture
def texts():
    return [(ROOT / name).read_text("utf-8") for name in NAMES]


@pytest.mark.parametrize("block", [_FENCED, _INDENTED])
def test_code_and_drawings_are_the_same(texts, block):
    english, chinese = (block.findall(text) for text in texts)
    assert len(english) >= 1
    assert english == chinese


def test_commands_are_there(texts):
    blocks = _FENCED.findall(texts[0])
    assert sum(block.startswith("```console") for block in blocks) > 5


def test_prose_has_the_same_numbers_and_links(texts):
    english, chinese = (
        sorted(re.findall(r"\d+(?:\.\d+)*", prose(text))) for text in texts
    )
    assert english == chinese
    english, chinese = (_TARGET.findall(text) for text in texts)
    assert english[0] == NAMES[1]
    assert chinese[0] == NAMES[0]
    assert english[1:] == chinese[1:]


def test_both_have_the_same_headings(texts):
    english, chinese = (re.findall(r"^#+", prose(text), re.MULTILINE) for text in texts)
    assert english == chinese
