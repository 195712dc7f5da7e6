"""Conventions of the Python API, for every room alike."""

import ast
import doctest
import inspect
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import click
import pytest

import bioloom as bl
from bioloom.cli import cli
from bioloom.result import Result

HEAVY = (
    "anndata",
    "matplotlib",
    "numba",
    "numpy",
    "onnxruntime",
    "pandas",
    "PIL",
    "pyhmmer",
    "scipy",
    "sklearn",
    "snakemake",
    "sympy",
    "torch",
)
MAX_NAMES, MAX_POSITIONAL = 11, 4
# what the shell has and Python does not need: steps of the workflow; the methods of a
# run are a method of its result
ONLY_COMMANDS = {"lincrna": {"step", "methods"}, "mirna": {"step"}}


def _public():
    for room in bl.ROOMS:
        module = import_module(f"bioloom.{room}")
        for name in module.__all__:
            yield pytest.param(room, name, id=f"{room}.{name}")


PUBLIC = list(_public())


def function_of(room, name):
    return getattr(getattr(bl, room), name)


def commands_of(room):
    group = cli.get_command(click.Context(cli), room)
    return set(group.commands)


@pytest.mark.parametrize("room", bl.ROOMS)
def test_a_room_has_the_verbs_of_its_commands(room):
    names = set(import_module(f"bioloom.{room}").__all__)
    assert len(names) <= MAX_NAMES
    assert names == commands_of(room) - ONLY_COMMANDS.get(room, set())
    assert set(dir(getattr(bl, room))) >= names


def test_what_is_not_there_is_an_attribute_error():
    for owner in (bl, bl.bounds, bl.lincrna):
        with pytest.raises(AttributeError, match="nonsense"):
            owner.nonsense  # noqa: B018


@pytest.mark.parametrize(("room", "name"), PUBLIC)
def test_no_module_hides_a_function(room, name):
    assert find_spec(f"bioloom.{room}.{name}") is None
    assert inspect.isfunction(function_of(room, name))


@pytest.mark.parametrize(("room", "name"), PUBLIC)
def test_few_parameters_are_positional_and_all_are_typed(room, name):
    function = function_of(room, name)
    parameters = inspect.signature(function).parameters.values()
    positional = [one for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    assert len(positional) <= MAX_POSITIONAL
    tree = ast.parse(inspect.getsource(function)).body[0]
    arguments = [*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs]
    assert all(argument.annotation for argument in arguments)
    assert tree.args.kwarg is None
    assert tree.returns is not None


@pytest.mark.parametrize(("room", "name"), PUBLIC)
def test_a_default_is_that_of_the_command(room, name):
    command = cli.get_command(click.Context(cli), room).commands[name]
    typed = {option.name: option.default for option in command.params}
    for parameter in inspect.signature(function_of(room, name)).parameters.values():
        default = typed.get(parameter.name)
        # an option without a default leaves it to the settings
        if type(default) in (int, float, str) and parameter.default is not None:
            assert parameter.default == default, parameter.name


@pytest.mark.parametrize(("room", "name"), PUBLIC)
def test_each_is_documented(room, name):
    function = function_of(room, name)
    text = inspect.getdoc(function)
    first = text.splitlines()[0]
    assert first.endswith(".")
    for parameter in inspect.signature(function).parameters:
        section = text.partition("Parameters\n----------\n")[2]
        assert parameter in section.partition("\n\n")[0], parameter
    assert "Returns\n-------\n" in text
    assert "Raises\n------\n" in text or not may_raise(function)
    examples = doctest.DocTestParser().get_examples(text)
    assert examples, "no doctest"
    assert any(re.search(rf"\b{name}\(", example.source) for example in examples)


def may_raise(function):
    """Whether it takes anything that can be wrong."""
    return bool(inspect.signature(function).parameters)


def subclasses(kind):
    found = set(kind.__subclasses__())
    return found.union(*(subclasses(one) for one in found)) if found else found


def test_results_print_short():
    for info in pkgutil.walk_packages(bl.__path__, "bioloom."):
        if info.name.rpartition(".")[2] in ("result", "results"):
            import_module(info.name)
    kinds = subclasses(Result)
    assert len(kinds) >= len(bl.ROOMS)
    for kind in kinds:
        assert kind.__repr__ is Result.__repr__, kind
        assert inspect.getdoc(kind), kind
        assert not getattr(kind, "__abstractmethods__", None), kind


def test_importing_a_room_loads_nothing_heavy():
    script = (
        "import sys, bioloom as bl\n"
        "for room in bl.ROOMS: dir(getattr(bl, room))\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("room", bl.ROOMS)
def test_the_api_module_loads_nothing_heavy(room):
    script = (
        f"import sys, bioloom.{room}.api\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.slow
def test_a_type_checker_sees_real_types(tmp_path):
    script = tmp_path / "user.py"
    lines = ["import bioloom as bl"]
    names = [(room, name) for room in bl.ROOMS for name in function_names(room)]
    lines += [f"reveal_type(bl.{room}.{name})" for room, name in names]
    script.write_text("\n".join(lines) + "\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(script)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    revealed = [line for line in done.stdout.splitlines() if "Revealed type" in line]
    assert len(revealed) == len(names), done.stdout
    for line, (room, name) in zip(revealed, names, strict=True):
        returned = line.rpartition("->")[2]
        assert re.search(r"bioloom\.|Figure|str|dict", returned), line
        assert "Any" not in returned.replace("dict[str, Any]", ""), (room, name)
    assert "error" not in done.stdout, done.stdout


def function_names(room):
    return import_module(f"bioloom.{room}").__all__
