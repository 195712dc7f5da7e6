"""Options that are made of a settings dataclass."""

from dataclasses import MISSING, dataclass
from pathlib import Path
from typing import Annotated, Literal

import click
import pytest
from annotated_types import Ge, Gt
from click.testing import CliRunner

from bioloom.cli import cli
from bioloom.cli.settings import settings_options
from bioloom.lincrna.settings import FilterSettings
from bioloom.run.settings import scalar_settings, setting, setting_named, settings_of


@dataclass(frozen=True, kw_only=True)
class Demo:
    size_nt: Annotated[int, Ge(1)] = setting(7, "Size.", unit="nt")
    rate: Annotated[float, Gt(0)] | None = setting(None, "Rate.")
    mode: Literal["fast", "slow"] = setting("fast", "Mode.")
    is_kept: bool = setting(default=True, sentence="Keep it.")
    words: tuple[str, ...] = setting(("a", "b"), "Words.")
    path: Path = setting(MISSING, "A file.")


@click.command()
@settings_options(Demo, "size_nt", "mode", "is_kept", "words", "path", rate="--lr")
def command(changes):
    click.echo(repr(changes))


def run(*words):
    return CliRunner().invoke(command, words)


def test_only_what_was_typed_is_handed_on():
    assert run().output == "{}\n"
    typed = run("--size-nt", "3", "--lr", "0.5", "--no-is-kept", "--words", "x")
    assert typed.output == (
        "{'size_nt': 3, 'is_kept': False, 'words': ('x',), 'rate': 0.5}\n"
    )


@pytest.mark.parametrize(
    "words", [("--size-nt", "0"), ("--lr", "0"), ("--mode", "odd"), ("--size-nt", "x")]
)
def test_values_are_checked(words):
    assert run(*words).exit_code == 2


def test_the_help_has_meaning_unit_and_default():
    text = " ".join(run("--help").output.split())
    assert "Size (nt). [default: 7]" in text
    assert "Words. [default: a, b]" in text
    assert "A file." in text


def filter_options():
    command = cli.get_command(click.Context(cli), "lincrna")
    command = command.get_command(click.Context(command), "filter")
    return {option.name: option for option in command.params}


def test_every_scalar_filter_setting_is_an_option_without_a_default_of_its_own():
    options = filter_options()
    for name in scalar_settings(FilterSettings):
        option = options[name]
        assert option.opts == ["--" + name.replace("_", "-")]
        assert option.default is None or "UNSET" in repr(option.default)
        assert option.help.startswith(setting_named(FilterSettings, name).help())


def test_no_source_file_repeats_a_default_in_words():
    """The defaults that a reader knows by heart stand in the settings only."""
    folder = Path(__file__).parents[2] / "src/bioloom"
    files = [*folder.glob("cli/lincrna*.py"), *folder.glob("report/lincrna*")]
    files += folder.glob("lincrna/inputs/templates.py")
    defaults = {
        str(each.default)
        for each in settings_of(FilterSettings)
        if isinstance(each.default, float) or each.name == "min_training_genes"
    }
    for path in files:
        words = path.read_text("utf-8").replace("max_workings=200", "").split()
        assert defaults.isdisjoint(words), path
