"""Help in Chinese: all of it, with the same options and commands."""

import re
import sys
import unicodedata
from io import BytesIO

import click
import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from bioloom.cli import GROUPS, cli
from bioloom.cli.help import CLICK_WORDS, help_texts
from bioloom.run.language import CATALOGUES

FOLDER = CATALOGUES / "zh" / "LC_MESSAGES"
TEXTS = {*CLICK_WORDS, *GROUPS.values(), *help_texts(cli)}
COMMAND = re.compile(r"^ +(?:bioloom|gffread|torchrun) .*?(?=  |$)", re.MULTILINE)
CONTINUED = re.compile(r"(?<=\\\n) +.*$", re.MULTILINE)
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*", re.ASCII)
GAP = re.compile(r"\{[^}]*\}")


def held():
    found = read_po(BytesIO((FOLDER / "help.po").read_bytes()), locale="zh")
    return {message.id: message.string for message in found if message.id}


def test_every_help_text_is_translated_and_none_is_left_over():
    assert held().keys() == TEXTS, "run `make messages`"
    assert [text for text, found in held().items() if not found] == []


def test_the_compiled_catalogue_is_that():
    with (FOLDER / "help.mo").open("rb") as stream:
        compiled = {one.id: one.string for one in read_mo(stream) if one.id}
    assert compiled == held(), "run `make messages`"


def test_options_examples_and_gaps_stay_as_they_are():
    for english, chinese in held().items():
        assert COMMAND.findall(english) == COMMAND.findall(chinese), english
        assert CONTINUED.findall(english) == CONTINUED.findall(chinese), english
        assert set(OPTION.findall(english)) == set(OPTION.findall(chinese)), english
        assert set(GAP.findall(english)) == set(GAP.findall(chinese)), english
        assert english.count("\b") == chinese.count("\b"), english


def every_command(command, path=()):
    yield path
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            below = command.get_command(click.Context(command), name)
            yield from every_command(below, (*path, name))


def columns(line):
    return sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in line)


def shown(monkeypatch, capsys, *words):
    from bioloom.cli import main

    monkeypatch.setattr(sys, "argv", ["bioloom", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, capsys.readouterr()


@pytest.fixture
def chinese(monkeypatch):
    import gettext

    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.delenv("LANGUAGE", raising=False)
    before = gettext.textdomain()
    yield
    gettext.textdomain(before)


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("path", [*every_command(cli)], ids=" ".join)
def test_help_is_chinese_and_fits_the_terminal(monkeypatch, capsys, path):
    monkeypatch.setenv("COLUMNS", "80")
    code, found = shown(monkeypatch, capsys, *path, "--help")
    assert code == 0
    assert found.out.startswith("用法")
    assert "显示此帮助" in found.out
    assert "\0" not in found.out
    wide = [
        line
        for line in found.out.splitlines()
        if columns(line) > 80 and not line.lstrip().startswith(("bioloom", "用法"))
    ]
    assert wide == []
    prose = COMMAND.sub("", found.out).splitlines()[1:]
    assert [line for line in prose if re.match(r"\s*[，。；：、！？）]", line)] == []


@pytest.mark.usefixtures("chinese")
def test_usage_errors_are_chinese(monkeypatch, capsys):
    code, found = shown(monkeypatch, capsys, "bounds", "nothing")
    assert code == 2
    assert "nothing" in found.err
    assert "没有" in found.err


def test_elsewhere_help_is_english(monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    code, found = shown(monkeypatch, capsys, "bounds", "--help")
    assert code == 0
    assert found.out.startswith("Usage:")
