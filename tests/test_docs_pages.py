"""Pages that quote the code: messages, terms in two languages, commands."""

import re
import runpy
from functools import cache
from pathlib import Path

import pytest

import bioloom
from bioloom.run.phrases import GAP
from tests.test_docs import parse, words_of

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```text\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEAD = re.compile(r"bioloom: (?:error|warning|note): ")
FRAME = re.compile(r".*?: found (.+), expected (.+?)\. (.+)", re.DOTALL)
FRAME_PHRASE = "{where}: found {found}, expected {expected}. {advice}"
FEWEST_LETTERS = 8  # of a whole message or advice
FEWEST_OF_A_FACT = 5
TYPED_IN_TEXT = re.compile(r"``(bioloom [^`]+)``")


@cache
def patterns():
    """Patterns of the code's phrases, with the number of letters of their own."""
    script = runpy.run_path(str(ROOT / "scripts" / "phrases.py"))
    found = {}
    for phrase in script["phrases_of"](Path(bioloom.__file__).parent):
        parts = GAP.split(phrase)[::2]
        pattern = re.compile(".*?".join(map(re.escape, parts)), re.DOTALL)
        found[pattern] = sum(letter.isalpha() for letter in "".join(parts))
        if phrase == FRAME_PHRASE:
            del found[pattern]
    return found


def is_a_phrase(text, fewest=FEWEST_LETTERS):
    return any(
        n_letters >= fewest and pattern.fullmatch(text)
        for pattern, n_letters in patterns().items()
    )


def is_told(message):
    """Whether the code can say it: as a whole, or its advice and what comes before."""
    if is_a_phrase(message):
        return True
    facts = FRAME.fullmatch(message)
    if facts is None:
        return False
    found, expected, advice = facts.groups()
    facts = (is_a_phrase(fact, FEWEST_OF_A_FACT) for fact in (found, expected))
    return is_a_phrase(advice) and any(facts)


def messages():
    text = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    for block in BLOCK.findall(text):
        yield HEAD.sub("", block.strip(), count=1)


def test_there_are_many():
    assert len([*messages()]) >= 30


@pytest.mark.parametrize("message", [*messages()], ids=lambda text: text[:50])
def test_the_code_says_every_message_of_the_page(message):
    assert is_told(message)


def test_a_message_that_nobody_says_is_found():
    assert not is_told("genome.fa: found a cat, expected a dog. Feed it twice a day.")
    assert not is_told("the moon is too near to measure")


EXAMPLES = sorted(ROOT.glob("examples/plot_*.py"))


def test_the_gallery_has_many_pictures():
    texts = [path.read_text("utf-8") for path in EXAMPLES]
    assert sum(len(re.findall("^figure = ", text, re.MULTILINE)) for text in texts) > 24


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_page_of_the_gallery_names_its_command(path):
    assert TYPED_IN_TEXT.search(path.read_text("utf-8"))


@pytest.mark.parametrize(
    "line",
    sorted(
        {
            " ".join(line.split())
            for path in EXAMPLES
            for line in TYPED_IN_TEXT.findall(path.read_text("utf-8"))
            if "…" not in line
        }
    ),
)
def test_commands_of_the_gallery_are_understood(line):
    parse(words_of(line))


def terms():
    """Chinese terms of the glossary; a star marks those that bioloom never prints."""
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    for cell in re.findall(r"^\| [^|]+ \| ([^|]+) \| ", text, re.MULTILINE):
        if cell not in ("中文", "---"):
            yield from re.split("[、与]", cell)


def stands_in(term, text):
    """Whether a term is in a text, not as a piece of another Latin word."""
    return bool(re.search(rf"(?<![A-Za-z]){re.escape(term)}(?![A-Za-z])", text))


def test_chinese_terms_of_the_glossary_are_those_that_are_printed():
    catalogues = Path(bioloom.__file__).parent / "locale" / "zh" / "LC_MESSAGES"
    printed = "".join(path.read_text("utf-8") for path in catalogues.glob("*.po"))
    printed = printed.replace('"\n"', "")
    assert len([*terms()]) >= 80
    wrong = [
        term
        for term in terms()
        if stands_in(term.removesuffix(r"\*"), printed) is term.endswith(r"\*")
    ]
    assert wrong == []
