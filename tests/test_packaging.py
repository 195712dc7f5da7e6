"""Recipes for other ecosystems: their versions, requirements and options are ours."""

import itertools
import re
import shlex
import subprocess
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import click
import pytest
import yaml
from jinja2 import Environment

import bioloom
from bioloom.cli import cli
from bioloom.lincrna.workflow.runner import SNAKEFILE

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "packaging"
GALAXY = FOLDER / "galaxy"
TOOLS = sorted(GALAXY.glob("bioloom_*.xml"))
MODULE = FOLDER / "nf-core" / "bioloom" / "filter" / "main.nf"
CONDA_NAMES = {"matplotlib": "matplotlib-base", "snakemake": "snakemake-minimal"}
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def command_of(words):
    """The command that words lead to."""
    command = cli
    for word in words:
        if not isinstance(command, click.Group):
            break
        command = command.get_command(click.Context(command), word)
    return command


def options_of(command):
    return {
        name
        for param in command.params
        for name in (*param.opts, *param.secondary_opts)
    }


def test_the_conda_recipe_has_our_version_and_requirements():
    text = (FOLDER / "bioconda" / "meta.yaml").read_text("utf-8")
    rendered = (
        Environment(autoescape=False)
        .from_string(text)
        .render(PYTHON="python", pin_subpackage=lambda name, **_: name)
    )
    recipe = yaml.safe_load(rendered)
    assert recipe["package"] == {"name": "bioloom", "version": bioloom.__version__}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    ours = [*project["dependencies"], *project["optional-dependencies"]["lincrna"]]
    wanted = set()
    for requirement in ours:
        name, limits = re.fullmatch(r"([\w-]+)(.*)", requirement).groups()
        wanted.add(f"{CONDA_NAMES.get(name, name)} {limits}")
    assert wanted <= set(recipe["requirements"]["run"])
    assert f"python {project['requires-python']}" in recipe["requirements"]["run"]


def test_every_recipe_has_our_version():
    texts = [
        (GALAXY / "macros.xml").read_text("utf-8"),
        (MODULE.parent / "environment.yml").read_text("utf-8"),
    ]
    assert f'"@TOOL_VERSION@">{bioloom.__version__}<' in texts[0]
    assert f"version = {{{bioloom.__version__}}}" in texts[0]
    assert f"bioloom={bioloom.__version__}" in texts[1]


@pytest.mark.parametrize("path", [*TOOLS, MODULE], ids=lambda path: path.parent.name)
def test_options_are_those_of_the_command_line(path):
    text = path.read_text("utf-8")
    lines = re.search(r"^ *bioloom .*?(?=\]\]|\n\n)", text, re.MULTILINE | re.DOTALL)
    words = lines[0].split()[1:4]
    command = command_of(words)
    assert not isinstance(command, click.Group)
    used = set(OPTION.findall(text.split("<help>")[0])) - {"--version"}
    assert len(used) > 3
    assert used <= options_of(command)


def filled(command, values):
    """A Galaxy command line with values put in, `#if` by whether there is one."""
    command = re.sub(
        r"#if \$(\w+)\n(.*?)#end if",
        lambda found: found[2] if values.get(found[1]) else "",
        command,
        flags=re.DOTALL,
    )
    command = command.replace(r"\${GALAXY_SLOTS:-1}", "1")
    for name in sorted(values, key=len, reverse=True):
        command = command.replace(f"${name}", str(values[name]))
    return shlex.split(command)


def without_comments(command):
    return re.sub(r"^ *##.*\n", "", command, flags=re.MULTILINE)


def split_at(mark, words):
    places = [-1, *(n for n, word in enumerate(words) if word == mark), len(words)]
    return [words[a + 1 : b] for a, b in itertools.pairwise(places)]


def name_of(param):
    """Name of a parameter: its own, or that of its option."""
    return param.get("name") or param.get("argument").strip("-").replace("-", "_")


def defaults_of(tool):
    """Values that the form begins with; "" for switches and files left out."""
    values = {"genetic_code": "1"}
    for param in tool.find("inputs").iter("param"):
        chosen = [one.get("value") for one in param if one.get("selected")]
        number = param.get("value") if param.get("type") in ("integer", "float") else ""
        values[name_of(param)] = chosen[0] if chosen else number
    return values


def holds(check, text):
    if check.tag == "has_text":
        return check.get("text") in text
    if check.tag == "has_n_lines":
        return text.count("\n") == int(check.get("n"))
    return re.search(f"^{check.get('expression')}$", text, re.MULTILINE) is not None


@pytest.mark.parametrize("path", TOOLS, ids=lambda path: path.stem)
def test_a_galaxy_tool_passes_its_own_test(path, tmp_path, bioloom_cli, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tool = ET.parse(path).getroot()
    test = tool.find("tests/test")
    given = {
        param.get("name"): GALAXY / "test-data" / param.get("value")
        for param in test.findall("param")
    }
    outputs = {
        data.get("name"): tmp_path
        / data.get("from_work_dir", f"{data.get('name')}.out")
        for data in tool.iter("data")
    }
    beside = {f"{name}.files_path": tmp_path / f"{name}_files" for name in outputs}
    values = defaults_of(tool) | given | outputs | beside
    words = filled(without_comments(tool.findtext("command")), values)
    first, *more = split_at("&&", words)
    code, _, err = bioloom_cli(*first[1:])
    assert code == 0, err
    for command in more:
        subprocess.run(command, check=True)
    assert all(place.is_file() for place in outputs.values())
    for output in test.findall("output"):
        text = outputs[output.get("name")].read_text("utf-8")
        checks = [*output.find("assert_contents")]
        assert [one.attrib for one in checks if not holds(one, text)] == []


def test_what_the_report_in_galaxy_links_to_lies_beside_it():
    command = ET.parse(GALAXY / "bioloom_filter.xml").getroot().findtext("command")
    assert "cp -r run/. '$report.files_path'" in command


def test_the_module_and_its_stub_write_what_is_declared():
    text = MODULE.read_text("utf-8")
    declared = set(re.findall(r'path\("\$\{prefix\}/([\w./]+)"\)', text))
    stub = text.partition("stub:")[2]
    assert declared == set(re.findall(r"\$prefix/([\w/]+\.\w+)", stub))
    emitted = set(re.findall(r"emit: (\w+)", text))
    tests = (MODULE.parent / "tests" / "main.nf.test").read_text("utf-8")
    assert set(re.findall(r"process\.out\.(\w+)", tests)) <= emitted
    for name in set(re.findall(r"params\.data\}/([\w.]+)", tests)):
        assert (GALAXY / "test-data" / name).is_file()


def test_the_workflow_catalogue_finds_the_workflow():
    entries = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())
    flags = entries["usage"]["mandatory-flags"]["flags"]
    assert flags.startswith("--config run_config=")
    [included] = re.findall(
        r'include: "(.*)"', (ROOT / "workflow/Snakefile").read_text()
    )
    assert (ROOT / "workflow" / included).resolve() == SNAKEFILE
