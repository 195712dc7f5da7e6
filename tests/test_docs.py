"""What README and docs tell to type is there: commands, options, files they link to."""

import re
import shlex
from pathlib import Path

import click
import pytest

from bioloom.cli import cli

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/*.rst")])
PAGES = [page for page in PAGES if not {"_build", "gallery"} & {*page.parts}]
CONTINUED = re.compile(r"\\\n\s*")
TYPED = re.compile(r"^\s*(?:\$ )?(?:.*\| )?(bioloom [a-z].*)$", re.MULTILINE)
MADE = re.compile(r"^\$ make (\w[\w-]*)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
BLOCK = re.compile(r"^```console\n(.*?)^```|(?:^    .*\n)+", re.MULTILINE | re.DOTALL)


def typed(text):
    """Commands of bioloom in the blocks of a page, without comments and outputs."""
    for block in BLOCK.finditer(CONTINUED.sub(" ", text)):
        for found in TYPED.finditer(block[0]):
            if "…" not in found[1]:
                yield found[1]


def words_of(line):
    """Words up to a pipe, a redirection or a comment."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|>;")
    lexer.whitespace_split, lexer.commenters = True, "#"
    words = []
    for word in lexer:
        if word[0] in "|>;":
            break
        words.append(word)
    return words


def parse(words):
    """Ask click to understand a command's options; it is not run."""
    command, context = cli, click.Context(cli, **cli.context_settings)
    words = [word for word in words[1:] if word not in ("-q", "-v")]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        command = command.get_command(context, name)
        assert command is not None, f"no command {name}"
        context = click.Context(command, info_name=name, parent=context)
    if not isinstance(command, click.Group):
        command.make_parser(context).parse_args(args=words)


COMMANDS = [
    pytest.param(line, id=f"{page.relative_to(ROOT)}: {line}")
    for page in PAGES
    for line in dict.fromkeys(typed(page.read_text("utf-8")))
]


def test_there_are_many():
    assert len(COMMANDS) > 100
    rooms = {words_of(one.values[0])[1] for one in COMMANDS}
    assert rooms > {"lincrna", "mirna", "graph", "images", "debruijn", "bounds"}


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_of_the_docs_are_understood(line):
    parse(words_of(line))


def test_a_wrong_command_is_found():
    with pytest.raises(AssertionError):
        parse(["bioloom", "mirna", "foretell"])
    with pytest.raises(click.NoSuchOption):
        parse(["bioloom", "mirna", "predict", "a", "b", "--tops", "2"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_targets_of_pages_are_there(page):
    text = page.read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in MADE.findall(text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for link in LINK.findall(text):
        is_built = "/generated/" in link or link.startswith("gallery/")
        assert is_built or (page.parent / link).exists(), link
