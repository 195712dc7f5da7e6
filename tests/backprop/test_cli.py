"""`bioloom backprop` as typed."""

import builtins
import json
import sys
from functools import partial
from pathlib import Path

import pytest
import yaml

from bioloom.extras import install_command
from tests import shell

GOLDEN = Path(__file__).parents[1] / "data" / "backprop"


@pytest.fixture
def bioloom_cli(bioloom_cli):
    """The same, of this group."""
    return partial(bioloom_cli, "backprop")


@pytest.mark.parametrize(
    ("form", "suffix"), [("text", "txt"), ("markdown", "md"), ("json", "json")]
)
def test_the_embedded_example_is_the_golden_one(bioloom_cli, form, suffix):
    code, told, _ = bioloom_cli("trace", "--format", form)
    assert code == 0
    assert told == (GOLDEN / f"example.{suffix}").read_text("utf-8")


def test_everything_that_can_be_written(bioloom_cli, tmp_path):
    code, text, _ = bioloom_cli("init")
    assert yaml.safe_load(text)["loss"] == "half_squared_error"
    network = tmp_path / "n.yaml"
    network.write_text(text)
    paths = {name: tmp_path / name for name in ("forward", "gradients", "report")}
    words = [word for name, path in paths.items() for word in (f"--{name}", path)]
    code, told, err = bioloom_cli(
        *("trace", network, "--wrt", "b1", "--lr", 0.5, "--draw", tmp_path / "p"),
        *(*words, "--format", "html", "--out", tmp_path / "e.html"),
    )
    assert (code, told) == (0, "")
    pictures = f"{tmp_path}/p.png, {tmp_path}/p.svg"
    assert err == f"written: {pictures}\nreport: {paths['report']}\n"
    assert paths["gradients"].read_text().splitlines()[2].endswith("\t-0.0528770928")
    assert paths["forward"].read_text().count("\n") == 3
    assert "derivative with respect to b1 is <strong>-0.05287709</strong>" in paths[
        "report"
    ].read_text("utf-8")
    assert "<math" in (tmp_path / "e.html").read_text("utf-8")


def test_without_a_parameter_there_is_no_chain(bioloom_cli, tmp_path):
    network = tmp_path / "n.yaml"
    network.write_text(bioloom_cli("init")[1])
    code, told, _ = bioloom_cli("trace", network, "--format", "json")
    assert (code, len(json.loads(told)["steps"])) == (0, 3)


def test_what_is_not_there_is_named(bioloom_cli, tmp_path):
    code, _, err = bioloom_cli("trace", "--wrt", "w99")
    assert code == 1
    assert "network: found no parameter 'w99'" in err
    code, _, err = bioloom_cli("trace", tmp_path / "none.yaml")
    assert code == 1
    assert "none.yaml: found no such file" in err
    (tmp_path / "n.yaml").write_text("layers: 3\n- a")
    code, _, err = bioloom_cli("trace", tmp_path / "n.yaml")
    assert code == 1
    assert "Compare with the file that `bioloom backprop init` writes." in err


def test_without_sympy_the_extra_is_named(bioloom_cli, monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "sympy":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "sympy", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    code, _, err = bioloom_cli("trace")
    assert code == 1
    assert install_command("backprop") in err


@pytest.mark.parametrize(
    "words",
    [
        ("trace", "--round", "-1"),
        ("trace", "--lr", "0"),
        ("trace", "--example", "2"),
        ("trace", "--format", "pdf"),
        ("init", "x"),
    ],
)
def test_wrong_usage_exits_with_two(bioloom_cli, words):
    code, told, err = bioloom_cli(*words)
    assert (code, told) == (2, "")
    assert "Error: " in err


def test_a_network_comes_through_a_pipe():
    printed = shell.bioloom("backprop", "init").stdout
    done = shell.bioloom("backprop", "trace", "-", input=printed)
    assert done.returncode == 0, done.stderr
    assert "-0.2689414" in done.stdout
