"""Partners from the command line and from Python."""

import csv

import pytest

import bioloom as bl
from bioloom.cli import cli
from bioloom.lincrna.errors import BadSampleSheet
from bioloom.lincrna.inputs.config import read_run_config
from bioloom.lincrna.workflow.runner import plan_workflow, run_workflow


@pytest.fixture(scope="module")
def filtered(assembly, tmp_path_factory):
    """A run folder of `filter` with a narrow window."""
    out = tmp_path_factory.mktemp("filtered") / "run"
    files = assembly.inputs
    command = [
        *("lincrna", "filter", "--gtf", files.assembly, "--genome", files.genome),
        *("--annotation", files.annotation, "--out", out, "--window-nt", 10_000),
    ]
    cli.main([*map(str, command)], standalone_mode=False)
    return out


def rows_of(out):
    with (out / "tables/partners.tsv").open() as stream:
        return [*csv.DictReader(stream, delimiter="\t")]


def test_filter_lists_classes_within_its_window(filtered):
    rows = rows_of(filtered)
    assert rows
    assert "rho" not in rows[0]
    for row in rows:
        assert row["is_cis"] == str(int(row["distance_nt"]) <= 10_000)
    assert {row["is_cis"] for row in rows} == {"True", "False"}


def test_the_window_is_recorded(filtered):
    assert '"window_nt": 10000' in (filtered / "run.json").read_text()
    assert "within 10,000 nt" in (filtered / "report.html").read_text()


def test_a_pair_is_explained(filtered, bioloom_cli):
    row = rows_of(filtered)[0]
    code, text, _ = bioloom_cli(
        *("lincrna", "explain", row["lncrna_transcript"], row["partner_gene"]),
        *("--run", filtered, "--about", "partners"),
    )
    assert code == 0
    assert f"{row['distance_nt']} nt" in text
    assert row["partner_name"] in text
    api = bl.lincrna.explain(
        row["lncrna_transcript"], row["partner_name"], run=filtered, about="partners"
    )
    assert api.to_text() == text


def test_without_about_the_verdict_is_explained(filtered, bioloom_cli):
    name = rows_of(filtered)[0]["lncrna_transcript"]
    _, text, _ = bioloom_cli("lincrna", "explain", name, "--run", filtered)
    assert "lincRNA candidate" in text
    assert bl.lincrna.explain(name, run=filtered).to_text() == text


def test_a_name_that_is_none_is_one_clear_error(filtered, bioloom_cli):
    code, text, error = bioloom_cli(
        *("lincrna", "explain", "nothing"),
        *("--run", filtered, "--about", "partners"),
    )
    assert (code, text) == (1, "")
    assert "nothing" in error
    assert "candidate or gene set" in error


def test_python_takes_the_window(assembly, filtered):
    files = assembly.inputs
    result = bl.lincrna.filter(
        files.assembly,
        genome=files.genome,
        annotation=files.annotation,
        window_nt=10_000,
    )
    assert result.partners is not None
    assert result.partners.window_nt == 10_000
    assert len(result.partners.rows) == len(rows_of(filtered))


def test_a_column_that_the_sheet_lacks_stops_a_run_at_once(tmp_path, assembly, tools):
    reads = tmp_path / "r.fq"
    reads.write_text("@r\nA\n+\nI\n")
    (tmp_path / "samples.tsv").write_text("sample\tfastq_1\na\tr.fq\n")
    files = assembly.inputs
    config = tmp_path / "config.yaml"
    config.write_text(
        f"samples: samples.tsv\ngenome: {files.genome}\n"
        f"annotation: {files.annotation}\nout: {tmp_path / 'out'}\n"
        "partners:\n  within: [tissue]\n"
    )
    with pytest.raises(BadSampleSheet, match="'tissue'"):
        run_workflow(config)


def test_gene_sets_that_are_not_there_stop_a_run_at_once(tmp_path, assembly):
    (tmp_path / "r.fq").touch()
    (tmp_path / "samples.tsv").write_text("sample\tfastq_1\na\tr.fq\n")
    files = assembly.inputs
    config = tmp_path / "config.yaml"
    config.write_text(
        f"samples: samples.tsv\ngenome: {files.genome}\n"
        f"annotation: {files.annotation}\nout: {tmp_path / 'out'}\n"
        "partners:\n  gene_sets: go.gaf\n"
    )
    with pytest.raises(FileNotFoundError, match=r"go\.gaf.*partners\.gene_sets"):
        read_run_config(config)


@pytest.mark.tools
@pytest.mark.parametrize(
    ("setting", "rules"),
    [("max_trans: 7", {"report"}), ("window_nt: 7", {"filter", "report"})],
)
def test_a_changed_setting_runs_again_what_it_concerns(demo, setting, rules):
    # in place: a copy has other paths, which are reasons of their own to run again
    config = demo[0] / "input" / "config.yaml"
    text = config.read_text()
    try:
        config.write_text(f"{text}partners:\n  {setting}\n")
        planned = plan_workflow(config)
    finally:
        config.write_text(text)
    assert {job.rule for job in planned} == rules
