"""Help in Chinese: all of it, with the same options and commands."""

import functools
import gettext
import os
import re
import subprocess
import sys
import unicodedata
from io import BytesIO

import click
import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from bioloom.cli import GROUPS, cli
from bioloom.cli.help import CLICK_COUNTED, CLICK_WORDS, help_texts
from bioloom.run.language import CATALOGUES

FOLDER = CATALOGUES / "zh" / "LC_MESSAGES"
TEXTS = {*CLICK_WORDS, *CLICK_COUNTED, *GROUPS.values(), *help_texts(cli)}
COMMAND = re.compile(r"^ +(?:bioloom|gffread|torchrun) .*?(?=  |$)", re.MULTILINE)
CONTINUED = re.compile(r"(?<=\\\n) +.*$", re.MULTILINE)
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*", re.ASCII)
GAP = re.compile(r"\{[^}]*\}")


@functools.cache
def held():
    return by_id(read_po(BytesIO((FOLDER / "help.po").read_bytes()), locale="zh"))


def by_id(catalogue):
    return {forms(one.id): forms(one.string) for one in catalogue if one.id}


def forms(text):
    return text if isinstance(text, str) else tuple(text)


def pairs():
    """English and Chinese; of several forms, the last."""
    for english, chinese in held().items():
        if isinstance(english, str):
            yield english, chinese
        else:
            yield english[-1], chinese[-1]


def test_every_help_text_is_translated_and_none_is_left_over():
    assert held().keys() == TEXTS, "run `make messages`"
    assert [text for text, found in held().items() if not found] == []


def test_the_compiled_catalogue_is_that():
    with (FOLDER / "help.mo").open("rb") as stream:
        assert by_id(read_mo(stream)) == held(), "run `make messages`"


def test_options_examples_and_gaps_stay_as_they_are():
    for english, chinese in pairs():
        assert COMMAND.findall(english) == COMMAND.findall(chinese), english
        assert CONTINUED.findall(english) == CONTINUED.findall(chinese), english
        assert set(OPTION.findall(english)) == set(OPTION.findall(chinese)), english
        assert set(GAP.findall(english)) == set(GAP.findall(chinese)), english
        assert english.count("\b") == chinese.count("\b"), english


def every_command(command, path=()):
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            below = command.get_command(click.Context(command), name)
            yield from every_command(below, (*path, name))


COMMANDS = dict(every_command(cli))


def columns(line):
    return sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in line)


@pytest.fixture
def chinese(monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.delenv("LANGUAGE", raising=False)
    for command in COMMANDS.values():
        # Click keeps --help, in the language of its first use
        monkeypatch.setattr(command, "_help_option", None)
    before = gettext.textdomain()
    yield
    gettext.textdomain(before)


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_is_chinese_and_fits_the_terminal(bioloom_cli, monkeypatch, path):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = bioloom_cli(*path, "--help")
    assert code == 0
    assert out.startswith("用法：")
    assert "显示此帮助并退出。" in out
    assert not {"\0", "\1"} & set(out)
    # names of options and examples, which are not broken, are too long in English too
    chinese_lines = [line for line in out.splitlines() if columns(line) > len(line)]
    assert [line for line in chinese_lines if columns(line) > 80] == []
    assert [
        line for line in chinese_lines if re.match(r"\s*[，。；：、！？）]", line)
    ] == []
    assert [line for line in chinese_lines if line.endswith(("（", "-"))] == []


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_all_words_of_the_catalogue_are_shown(bioloom_cli, monkeypatch, path):
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = bioloom_cli(*path, "--help")
    command = COMMANDS[path]
    run_on = re.sub(r"\s", "", out)
    own = [command.help, *(getattr(one, "help", None) for one in command.params)]
    for text in filter(None, own):
        words = re.sub(r"\s", "", held()[text].replace("\b", ""))
        assert words in run_on


@pytest.mark.usefixtures("chinese")
def test_usage_errors_are_chinese(bioloom_cli):
    code, _, err = bioloom_cli("bounds", "nothing")
    assert code == 2
    assert "没有命令'nothing'" in err
    code, _, err = bioloom_cli("graph", "train", "--model", "none", "--out", "x")
    assert code == 2
    assert "'none'不是下列之一：'gcn', 'gat'" in err


def test_wide_names_of_options_stay_in_line_with_their_help():
    shown = subprocess.run(
        [sys.executable, "-m", "bioloom", "lincrna", "run", "--help"],
        env={**os.environ, "LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    lines = [line for line in shown.stdout.splitlines() if line.startswith("  --")]
    assert "--config 路径" in lines[0]
    starts = {columns(re.match(r"  \S+(?: [^ ]+)*  +", line)[0]) for line in lines}
    assert len(starts) == 1


def test_elsewhere_help_is_english(bioloom_cli, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    code, out, _ = bioloom_cli("bounds", "--help")
    assert code == 0
    assert out.startswith("Usage:")
    assert "Options:\n" in out
