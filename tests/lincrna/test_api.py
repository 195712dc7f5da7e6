"""The public functions: what they take, and what they return."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

import bioloom as bl
from bioloom.cli import main
from bioloom.errors import BadConfig, MissingFile, OutputExists, UnknownName
from bioloom.explain import Explanation
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.workflow.result import RunResult
from bioloom.result import Result
from tests.lincrna.toy import write_toy


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    return write_toy(tmp_path_factory.mktemp("toy"))


def filtered(toy, **options):
    return bl.lincrna.filter(
        str(toy / "assembly.gtf"),
        genome=str(toy / "genome.fa"),
        annotation=toy / "annotation.gtf",
        **options,
    )


@pytest.fixture(scope="module")
def result(toy):
    return filtered(toy)


def test_importing_the_room_imports_nothing_heavy():
    code = "import bioloom, sys; bioloom.lincrna; print([*sys.modules])"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True)
    for name in ("numpy", "pandas", "yaml", "dnaio", "bioloom.lincrna.api"):
        assert f"'{name}'" not in loaded


def test_the_public_names_are_the_verbs_of_the_command():
    assert dir(bl.lincrna) == [
        *("compare", "demo", "explain", "filter", "init", "inspect", "mark", "run"),
        *("schema", "score", "train"),
    ]
    with pytest.raises(AttributeError, match="no attribute 'scores'"):
        bl.lincrna.scores  # noqa: B018


def test_a_result_is_short_to_print(result):
    assert isinstance(result, Result)
    assert repr(result) == f"<FilterResult: {result.summary()}>"
    assert len(repr(result)) < 100
    assert len(repr(result.model)) < 250
    assert len(result.to_frame()) == len(result.rows)
    assert "<table" in result._repr_html_()


def test_a_result_explains_and_plots(result):
    name = result.rows[0].transcript_id
    explanation = result.explain(name)
    assert isinstance(explanation, Explanation)
    assert explanation.title.startswith(name)
    assert result.plot().axes
    with pytest.raises(UnknownName, match="the result: found no transcript 'none'"):
        result.explain("none")


def test_a_run_folder_has_the_same_result(toy, tmp_path, result):
    out = tmp_path / "out"
    written = filtered(toy, out=str(out))
    assert [row.verdict for row in written.rows] == [row.verdict for row in result.rows]
    assert (out / "report.html").is_file()
    name = result.rows[0].transcript_id
    assert str(bl.lincrna.explain(name, run=str(out))) == str(result.explain(name))
    run = RunResult(out)
    assert run.summary() == f"{result.summary()}, in {out}"
    assert str(run.explain(name)) == str(result.explain(name))
    assert run.report.is_file()
    assert len(run.filtered().candidates) == len(written.candidates)
    assert run.plot().axes
    with pytest.raises(OutputExists):
        filtered(toy, out=out)


@pytest.mark.parametrize("kind", ["dictionary", "file", "settings"])
def test_settings_as_a_user_holds_them(toy, tmp_path, kind):
    entries = {"max_orf_aa": 5, "strictness": "transcript"}
    (tmp_path / "filters.json").write_text(json.dumps(entries))
    settings = {
        "dictionary": entries,
        "file": tmp_path / "filters.json",
        "settings": FilterSettings(**entries),
    }[kind]
    result = filtered(toy, settings=settings)
    in_force = {
        name: getattr(result.settings, name)
        for name in ("coding_threshold", "micropeptide_threshold")
    }
    assert None not in in_force.values()
    assert result.settings == replace(FilterSettings(**entries), **in_force)


@pytest.mark.parametrize(
    ("settings", "problem", "message"),
    [
        ({"max_orf": 3}, BadConfig, "settings: max_orf: found an unknown entry"),
        ({"max_orf_aa": 0}, BadConfig, "settings: max_orf_aa: found 0"),
        ({"coding_model": "no.json"}, MissingFile, "expected a coding model"),
    ],
)
def test_wrong_settings_are_named(toy, settings, problem, message):
    with pytest.raises(problem, match=message):
        filtered(toy, settings=settings)


def test_options_of_the_command_override_the_file(toy, tmp_path, monkeypatch, capsys):
    (tmp_path / "filters.yaml").write_text("max_orf_aa: 90\nmin_length_nt: 300\n")
    words = ["bioloom", "lincrna", "filter", "--gtf", toy / "assembly.gtf"]
    words += ["--genome", toy / "genome.fa", "--annotation", toy / "annotation.gtf"]
    words += ["--config", tmp_path / "filters.yaml", "--max-orf-aa", "80"]
    words += ["--near-gene-nt", "10", "--out", tmp_path / "out"]
    monkeypatch.setattr("sys.argv", [*map(str, words)])
    main()
    assert "candidate" in capsys.readouterr().out
    settings = RunResult(tmp_path / "out").filtered().settings
    assert (settings.max_orf_aa, settings.min_length_nt) == (80, 300)
    assert settings.near_gene_nt == 10


def test_init_says_what_it_wrote(tmp_path):
    templates = bl.lincrna.init(tmp_path)
    assert templates.summary() == (
        f"{tmp_path / 'config.yaml'} written, {tmp_path / 'samples.tsv'} written"
    )
    assert [*bl.lincrna.init(str(tmp_path)).to_frame()["fate"]] == ["kept", "kept"]
    assert templates.config == tmp_path / "config.yaml"


def test_the_schema_is_that_of_the_command(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["bioloom", "lincrna", "schema"])
    main()
    assert json.loads(capsys.readouterr().out) == json.loads(
        json.dumps(bl.lincrna.schema())
    )
    schema = bl.lincrna.schema()
    assert schema["required"] == ["samples", "genome", "annotation", "out"]
    filters = schema["$defs"]["FilterSettings"]["properties"]
    assert all(entry["description"] for entry in filters.values())
