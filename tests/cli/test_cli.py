"""The command line: help, exit codes, messages, lightness."""

import inspect
import json
import os
import random
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import click
import pytest
from tests.lincrna.toy import write_toy
from tests.shell import bioloom as bioloom_shell

import bioloom
from bioloom.cli import GROUPS, cli
from bioloom.extras import install_command
from bioloom.run.language import language_in_force

HEAVY = (
    *("pandas", "numpy", "scipy", "sklearn", "snakemake", "matplotlib", "pydantic"),
    *("pyhmmer", "rich", "jinja2", "pyfaidx", "dnaio", "yaml", "torch"),
)
FILTER = ("lincrna", "filter")


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    return write_toy(tmp_path_factory.mktemp("toy"))


def given(toy, out, **changes):
    files = {
        "--gtf": toy / "assembly.gtf",
        "--genome": toy / "genome.fa",
        "--annotation": toy / "annotation.gtf",
        "--out": out,
    }
    return [word for pair in (files | changes).items() for word in pair]


def commands(group=cli, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = dict(commands())


def test_the_commands_are_there():
    assert {("doctor",), ("lincrna", "filter"), ("lincrna", "explain")} <= ALL.keys()
    assert {
        ("lincrna", name) for name in ("init", "run", "train", "demo", "step")
    } <= ALL.keys()


@pytest.mark.parametrize("path", [(), *ALL], ids=" ".join)
def test_help_exits_with_zero_and_shows_an_example(bioloom_cli, path):
    code, out, _ = bioloom_cli(*path, "--help")
    assert code == 0
    assert "Usage: " in out
    leaf = path and not isinstance(ALL[path], click.Group) and "step" not in path
    if leaf:
        assert f"bioloom {' '.join(path)}" in out.partition("Example")[2]
    code, short, _ = bioloom_cli(*path, "-h")
    assert (code, short) == (0, out)


def test_rooms_are_told_as_they_tell_themselves():
    for name, told in GROUPS.items():
        assert inspect.getdoc(ALL[(name,)].callback).splitlines()[0] == told


def test_version(bioloom_cli):
    assert bioloom_cli("--version") == (
        0,
        f"bioloom, version {bioloom.__version__}\n",
        "",
    )


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("lincrna", "nonsense"),
        ("lincrna", "filter"),
        ("lincrna", "filter", "--strictness", "x"),
        ("lincrna", "explain", "T", "--run", "x", "--format", "pdf"),
        ("lincrna", "run", "--config", "c", "--cores", "0"),
        ("lincrna", "run", "--config", "c", "--cores", "many"),
        ("lincrna", "train", "--rng-seed", "-1"),
        ("mirna", "predict", "m.fa", "t.fa", "--format", "parquet"),
        ("mirna", "explain", "-", "-"),
        ("debruijn", "sequence"),
    ],
)
def test_wrong_usage_exits_with_two(bioloom_cli, words):
    code, out, err = bioloom_cli(*words)
    assert (code, out) == (2, "")
    assert "Error: " in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "words",
    [
        ("lincrna", "explain", "T", "--run", "nowhere"),
        ("lincrna", "run", "--config", "nowhere.yaml"),
        ("lincrna", "filter", *given(Path("nowhere"), "out")),
        ("lincrna", "train", "--coding", "a", "--noncoding", "b", "--out", "c"),
    ],
)
def test_bad_data_exit_with_one_and_a_message_alone(
    bioloom_cli, tmp_path, monkeypatch, words
):
    monkeypatch.chdir(tmp_path)
    code, out, err = bioloom_cli(*words)
    assert (code, out) == (1, "")
    assert err.startswith("bioloom: error: ")
    assert "nowhere" in err or "a: found no such file" in err
    assert "Traceback" not in err


def test_an_interrupt_says_how_to_go_on(bioloom_cli, monkeypatch):
    def stopped(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("bioloom.lincrna.inputs.templates.write_templates", stopped)
    code, _, err = bioloom_cli("lincrna", "init")
    assert code == 130
    assert "run the same command again" in err


def test_init_writes_and_then_keeps(bioloom_cli, tmp_path):
    code, out, _ = bioloom_cli("lincrna", "init", tmp_path / "new")
    assert code == 0
    assert out.count("written: ") == 2
    assert bioloom_cli("lincrna", "init", tmp_path / "new")[1].count("kept: ") == 2


def test_filter_explain_force_and_strictness(bioloom_cli, toy, tmp_path):
    out = tmp_path / "out"
    code, told, err = bioloom_cli(*FILTER, *given(toy, out))
    assert code == 0
    assert told.startswith("5 candidates of 5 loci, from 14 transcripts; report: ")
    assert err.count("bioloom: warning: ") == 2
    assert (out / "report.html").is_file()

    code, told, err = bioloom_cli(*FILTER, *given(toy, out))
    assert (code, told) == (1, "")
    assert "add --force" in err
    words = (*given(toy, out), "--force", "--strictness", "transcript")
    code, told, _ = bioloom_cli(*FILTER, *words)
    assert told.startswith("6 candidates of 6 loci")

    code, told, _ = bioloom_cli("lincrna", "explain", "ORF.1", "--run", out)
    assert code == 0
    assert told.startswith("ORF.1: rejected")
    code, told, _ = bioloom_cli(
        "lincrna", "explain", "ORF.1", "--run", out, "--format", "json"
    )
    assert json.loads(told)["title"].startswith("ORF.1")
    words = ("--run", out, "--format", "html", "--out", tmp_path / "e.html")
    assert bioloom_cli("lincrna", "explain", "ORF.1", *words) == (0, "", "")
    assert "<section" in (tmp_path / "e.html").read_text()

    code, _, err = bioloom_cli("lincrna", "explain", "ORF.11", "--run", out)
    assert code == 1
    assert "found no transcript 'ORF.11'" in err
    assert "Did you mean 'ORF.1'" in err


ENGLISH, CHINESE = "Class code u: overlaps no", "分类代码 u：不与任何参考转录本重叠"


def test_explanations_in_the_language_asked_for(
    bioloom_cli, toy, tmp_path, monkeypatch
):
    monkeypatch.delenv("LC_ALL")
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.delenv("LANGUAGE", raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    out = tmp_path / "out"
    assert bioloom_cli(*FILTER, *given(toy, out))[0] == 0
    # a run's files do not depend on who runs it
    assert "Class code" in (out / "report.html").read_text("utf-8")

    words = ("lincrna", "explain", "ORF.2", "--run", out)
    assert CHINESE in bioloom_cli(*words)[1]
    assert ENGLISH in bioloom_cli(*words, "--lang", "en")[1]
    for locale in ("en_GB.UTF-8", "fr_FR.UTF-8", ""):
        monkeypatch.setenv("LANG", locale)
        assert ENGLISH in bioloom_cli(*words)[1]
        assert CHINESE in bioloom_cli(*words, "--lang", "zh")[1]
    assert language_in_force() == "en"
    code, out, err = bioloom_cli(*words, "--lang", "fr")
    assert (code, out) == (2, "")
    assert "'en', 'zh'" in err


@pytest.mark.parametrize("path", [path for path in ALL if path[-1] == "explain"])
def test_every_explain_command_has_a_language(path):
    assert "lang" in {option.name for option in ALL[path].params}


def test_settings_of_a_file(bioloom_cli, toy, tmp_path):
    config = tmp_path / "f.yaml"
    config.write_text("min_length_nt: 250\ncoding_model: packaged\n")
    code, told, err = bioloom_cli(
        *FILTER, *given(toy, tmp_path / "out", **{"--config": config})
    )
    assert code == 0
    assert told.startswith("4 candidates")
    assert "packaged model" not in err
    config.write_text("min_lenght_nt: 250\n")
    code, _, err = bioloom_cli(
        *FILTER, *given(toy, tmp_path / "o", **{"--config": config})
    )
    assert code == 1
    assert "min_lenght_nt: found an unknown entry, expected one of gap_multi_nt" in err


def test_train_on_two_files(bioloom_cli, tmp_path):
    rng = random.Random(2)
    texts = {"coding": "", "noncoding": ""}
    for number in range(55):
        codons = "".join(rng.choices(["GCC", "GAG", "CTG", "AAG"], k=90))
        texts["coding"] += f">c{number}\nACGT{'ATG' + codons}TAA{'ACGT' * 9}\n"
        texts["noncoding"] += f">n{number}\n{''.join(rng.choices('ACGT', k=300))}\n"
    for name, text in texts.items():
        (tmp_path / f"{name}.fa").write_text(text)
    code, told, _ = bioloom_cli(
        *("lincrna", "train", "--out", tmp_path / "m.json"),
        *("--coding", tmp_path / "coding.fa"),
        *("--noncoding", tmp_path / "noncoding.fa"),
    )
    assert code == 0
    numbers = dict(line.split() for line in told.splitlines())
    assert (numbers["n_coding"], numbers["n_noncoding"]) == ("55", "55")
    assert float(numbers["auc"]) > 0.99
    assert 0 < float(numbers["threshold"]) <= 1
    assert (tmp_path / "m.json").is_file()


@pytest.fixture
def no_tools(monkeypatch, tmp_path):
    """An empty PATH; what a test puts into the folder is found."""
    from bioloom.run.external import version

    monkeypatch.setenv("PATH", str(tmp_path))
    version.cache_clear()
    yield tmp_path
    version.cache_clear()


def test_doctor_names_what_is_missing_and_how_to_install_it(bioloom_cli, no_tools):
    code, out, _ = bioloom_cli("doctor")
    assert code == 1
    assert re.search(r"✗ hisat2 +missing +align reads", out)
    assert "✓ pyhmmer" in out
    assert (
        "apt-get install fastqc trim-galore cutadapt hisat2 samtools stringtie" in out
    )


def test_doctor_is_content_where_all_is_there(bioloom_cli, no_tools):
    from bioloom.run.external import TOOLS

    for tool in TOOLS:
        (no_tools / tool.name).write_text("#!/bin/sh\necho version 9.8.7\n")
        (no_tools / tool.name).chmod(0o755)
    code, out, _ = bioloom_cli("doctor", "lincrna")
    assert code == 0
    assert re.search(r"✓ stringtie +9.8.7", out)
    assert out.endswith("Nothing is missing.\n")


def test_doctor_of_one_room_looks_at_nothing_else(bioloom_cli, no_tools):
    code, out, _ = bioloom_cli("doctor", "backprop", "--json")
    assert code == 0
    (one,) = json.loads(out)["needed"]
    assert (one["name"], one["install"]) == (
        "sympy",
        install_command("backprop"),
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes(bioloom_cli, shell):
    code, out, _ = bioloom_cli("completion", shell)
    assert code == 0
    assert "_BIOLOOM_COMPLETE" in out


def test_completion_knows_the_commands():
    asked = {"COMP_WORDS": "bioloom mirna ca", "COMP_CWORD": "2"}
    done = bioloom_shell(
        env=os.environ | asked | {"_BIOLOOM_COMPLETE": "bash_complete"}
    )
    assert done.stdout == "plain,calibrate\n"


def test_quiet_tells_no_notes_and_verbose_tells_each_step(bioloom_cli, tmp_path):
    mirna, target = tmp_path / "m.fa", tmp_path / "t.fa"
    mirna.write_text(">let-7\nUGAGGUAGUAGGUUGUAUAGUU\n")
    target.write_text(">t\nAAACUACAACCUACUACCUCAGG\n")
    words = ("mirna", "predict", mirna, target)
    _, table, told = bioloom_cli(*words)
    assert "no p-values for targets below 200 bases" in told
    assert told.endswith("1 site\n")
    assert bioloom_cli("--quiet", *words) == (0, table, "")
    _, same, steps = bioloom_cli("-v", *words)
    assert same == table
    assert re.search(r"^ +\d+\.\d s  .+ \(\d+ of \d+\)$", steps, re.MULTILINE)


@pytest.mark.parametrize(
    "words", [["--help"], ["lincrna", "--help"], ["lincrna", "filter", "--help"]]
)
def test_help_loads_nothing_heavy(words):
    script = (
        "import sys; from bioloom.cli import cli\n"
        f"cli.main({words!r}, standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


def public_functions():
    names = [info.name for info in walk_packages(bioloom.__path__, "bioloom.")]
    for name in names:
        module = import_module(name)
        for label, found in vars(module).items():
            if label.startswith("_") or getattr(found, "__module__", "") != name:
                continue
            if inspect.isfunction(found):
                yield f"{name}.{label}", found
            elif inspect.isclass(found):
                for own, method in vars(found).items():
                    if inspect.isfunction(method) and not own.startswith("_"):
                        yield f"{name}.{label}.{own}", method


def test_public_functions_have_at_most_four_positional_parameters():
    positional = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    )
    found = dict(public_functions())
    assert len(found) > 100
    for name, function in found.items():
        parameters = [
            one
            for one in inspect.signature(function).parameters.values()
            if one.kind in positional and one.name != "self"
        ]
        assert len(parameters) <= 4, name
