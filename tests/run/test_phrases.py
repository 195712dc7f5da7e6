"""Errors, notes and stored sentences in Chinese: every phrase, gaps and all."""

import functools
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from tests.chinese import english_words

import bioloom
from bioloom.cli.told import told_error
from bioloom.errors import BadConfig, BadTable, MissingFile, SeveralMistakes
from bioloom.run.language import CATALOGUES, use_language
from bioloom.run.phrases import DOMAIN, GAP, told

FOLDER = CATALOGUES / "zh" / "LC_MESSAGES"
SCRIPTS = Path(__file__).parents[2] / "scripts"


@functools.cache
def held():
    catalogue = read_po(BytesIO((FOLDER / f"{DOMAIN}.po").read_bytes()), locale="zh")
    return {one.id: one.string for one in catalogue if one.id}


@functools.cache
def phrases():
    done = subprocess.run(
        [sys.executable, SCRIPTS / "phrases.py"], capture_output=True, check=True
    )
    found = []
    exec(done.stdout, {"mark": found.append})  # noqa: S102 (its lines are calls of mark)
    return found


def in_chinese(text):
    with use_language("zh"):
        return told(text)


def test_every_phrase_is_translated_and_none_is_left_over():
    assert held().keys() == set(phrases()), "run `make messages`"
    assert [english for english, chinese in held().items() if not chinese] == []


def test_the_compiled_catalogue_is_that():
    with (FOLDER / f"{DOMAIN}.mo").open("rb") as stream:
        compiled = {one.id: one.string for one in read_mo(stream) if one.id}
    assert compiled == held(), "run `make messages`"


def test_chinese_has_no_other_gaps():
    wrong = {
        english: chinese
        for english, chinese in held().items()
        if not set(GAP.findall(chinese)) <= set(GAP.findall(english))
    }
    assert wrong == {}


def test_chinese_sentences_end_and_are_set_as_such():
    wrong = [
        chinese
        for english, chinese in held().items()
        if english[-1] == "." and english[-2].isalpha() and chinese[-1] in ".,;:"
        if english != chinese
    ]
    assert wrong == []


@given(
    english=st.sampled_from([text for text in phrases() if GAP.search(text)]),
    name=st.from_regex(r"[A-Z][A-Z0-9_]{3,9}\.x", fullmatch=True),
)
def test_what_fills_a_gap_is_shown_as_it_is(english, name):
    values = {
        gap: "1,234" if gap in {"n", "low", "high"} else name
        for gap in GAP.findall(english)
    }
    shown = in_chinese(english.format_map(values))
    if shown != english.format_map(values):
        assert name in shown or not set(GAP.findall(held()[english])) - {"n"}


@pytest.mark.parametrize("word", ["column", "node", "class", "gene", "labels"])
def test_a_name_of_the_users_is_no_word_of_ours(word):
    shown = in_chinese(f"the columns {word}")
    assert word in shown


def test_english_stays_english():
    assert told("no base") == "no base"


def test_an_error_is_put_together_from_its_facts(bioloom_cli, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    code, _, errors = bioloom_cli("bounds", "report", str(tmp_path / "no.csv"))
    assert code == 1
    assert errors.startswith("bioloom：错误：")
    assert "no.csv" in errors
    assert "found" not in errors


def test_several_mistakes_are_told_one_by_one(monkeypatch):
    from bioloom.cli.told import told_error

    mistakes = SeveralMistakes(
        [
            BadTable(
                where="a.tsv:3",
                found="no base",
                expected="a finite number",
                advice="Correct the parameter.",
            ),
            BadTable(
                where="b.tsv:4",
                found="no base",
                expected="a finite number",
                advice="Correct the parameter.",
            ),
            MissingFile("g.fa", role="the genome"),
        ]
    )
    english = told_error(mistakes, {"LC_ALL": "C"})
    assert english == str(mistakes)
    chinese = told_error(mistakes, {"LC_ALL": "zh_CN.UTF-8"})
    assert "no base" not in chinese
    assert "Correct" not in chinese
    assert "expected" not in chinese
    assert "a.tsv:3" in chinese
    assert "b.tsv:4" in chinese
    assert "g.fa" in chinese
    assert len(chinese.splitlines()) == len(english.splitlines())


def test_an_error_of_a_step_is_told_from_its_words():
    problem = BadConfig(
        where="c.yaml: genome",
        found="no base",
        expected="a finite number",
        advice="Correct the parameter.",
    )
    shown = in_chinese(str(problem))
    assert "c.yaml: genome" in shown
    assert "no base" not in shown
    assert "Correct" not in shown


def test_phrases_are_those_of_this_package():
    assert Path(bioloom.__file__).parent.name == "bioloom"
    assert len(phrases()) > 1000


@pytest.mark.parametrize(
    "text",
    [
        "Searched for domains: 32 of 61 transcripts, those whose verdict a domain can "
        "change. `domain_search: all` searches every one.",
        "3 clusters of 180 cells by 300 coding genes (Leiden, resolution 1).",
        "17 known lncRNA genes, 0 pseudogenes and 1 small RNA to compare novel "
        "transcripts with",
        "29 of 30 genes of candidates left out of correlations: 29 below 0.1 TPM on "
        "average, 0 with the same rank in every sample.",
        "Features are used as they are, because each node is its own.",
        "gat is not better than neighbour vote on the test nodes: -0.1 points of "
        "accuracy (-1.2 to +1.0).",
    ],
)
def test_notes_of_runs_are_told_whole(text):
    words = in_chinese(text)
    numbers = re.findall(r"\d+", text)
    assert sorted(re.findall(r"\d+", words)) == sorted(numbers)
    left = english_words(re.sub("`[^`]*`", "", words), set())
    assert left <= {"Leiden", "lncRNA", "RNA", "TPM", "gat"}


def test_the_name_of_a_file_stays():
    told_note = in_chinese("browser/igv.html shows all 29 candidates.")
    assert told_note == "browser/igv.html显示全部29个候选。"


def test_a_list_with_a_name_in_it_stays_as_it_is():
    assert in_chinese("Columns that are not used: mean, zz top.").endswith(
        "：mean, zz top。"
    )


@pytest.mark.parametrize(
    ("place", "told_place"),
    [
        ("a.gtf: line 12", "a.gtf：第12行"),
        ("n.csv: row 3, column 'x'", "n.csv：第3行，列'x'"),
        ("s.tsv: row x", "s.tsv: row x"),
    ],
)
def test_a_place_is_told_too(place, told_place):
    assert in_chinese(place) == told_place
    fault = BadTable(where=place, found="no base", expected="bases", advice="Look.")
    assert told_error(fault, {"LC_ALL": "zh_CN.UTF-8"}).count(told_place) == 1
