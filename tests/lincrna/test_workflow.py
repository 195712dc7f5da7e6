"""The whole workflow on simulated reads, with the real tools."""

import csv
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bioloom.lincrna.output.explain_expression import (
    explain_comparison,
    explain_expression,
)
from bioloom.lincrna.workflow.demo import DESIGN, DemoResult, run_demo
from bioloom.lincrna.workflow.runner import SNAKEFILE
from bioloom.run.record import read_record
from tests.report.reading import read_page
from tests.shell import BIOLOOM, bioloom

pytestmark = pytest.mark.tools

RESULTS = ("candidates.gtf", "candidates.bed", "candidates.fa", "browser", "tables")


def results(run: Path) -> dict[str, bytes]:
    """Bytes of every result file that must not depend on how the run went."""
    named = [run / name for name in RESULTS]
    files = [file for path in named for file in (path, *path.glob("*"))]
    return {
        str(file.relative_to(run)): file.read_bytes()
        for file in files
        if file.is_file()
    }


def test_every_lincrna_is_found_and_every_decoy_rejected_for_its_reason(
    demo: tuple[Path, DemoResult],
) -> None:
    _, verdict = demo
    assert verdict.to_text().endswith("as expected")
    assert [locus.outcome for locus in verdict.loci] == ["right"] * len(verdict.loci)
    assert verdict.unexpected == ()
    kinds = {locus.truth.kind for locus in verdict.loci}
    assert {"novel_lincrna", "known_host", "retrocopy", "decoy_domain"} <= kinds
    assert sum(locus.truth.kind.startswith("novel") for locus in verdict.loci) >= 15


def test_a_decoy_fails_nothing_but_its_own_filter(
    demo: tuple[Path, DemoResult],
) -> None:
    _, verdict = demo
    decoys = [one for one in verdict.loci if one.truth.kind.startswith("decoy_")]
    failed = {(one.truth.reason, row.failed) for one in decoys for row in one.rows}
    assert failed == {(reason, (reason,)) for reason, _ in failed}
    assert {reason for reason, _ in failed} == {
        *("intergenic", "distance", "length", "orf", "coding", "housekeeping"),
        "domain",
    }


def test_the_innocent_isoform_of_a_retrocopy_falls_with_its_locus(
    demo: tuple[Path, DemoResult],
) -> None:
    _, verdict = demo
    rows = next(one.rows for one in verdict.loci if one.truth.kind == "retrocopy")
    innocent = [row for row in rows if not row.failed]
    assert innocent
    assert {row.reason for row in innocent} == {"locus"}


def test_a_strandless_candidate_keeps_its_dot(demo: tuple[Path, DemoResult]) -> None:
    out, verdict = demo
    kind = "novel_unstranded"
    rows = next(one.rows for one in verdict.loci if one.truth.kind == kind)
    assert [row.collected.transcript.strand for row in rows] == ["."]
    assert rows[0].transcript_id in (out / "run/candidates.bed").read_text()


def test_the_run_record_tells_how_to_repeat_it(demo: tuple[Path, DemoResult]) -> None:
    record = read_record(demo[0] / "run")
    assert record["state"] == "finished"
    assert record["tools"].keys() >= {"hisat2", "stringtie", "fastqc", "trim_galore"}
    assert len(record["inputs"]) == 5 + 6  # config, sheet, genome … and six FASTQ
    assert all(len(given["sha256"]) == 64 for given in record["inputs"])


def test_the_report_shows_the_reads_under_their_samples(
    demo: tuple[Path, DemoResult],
) -> None:
    run = demo[0] / "run"
    page = read_page((run / "report.html").read_text("utf-8"))
    with (run / "tables/samples.tsv").open() as stream:
        reads = {
            row["sample"]: (int(row["n_reads"]), int(row["n_trimmed"]))
            for row in csv.DictReader(stream, delimiter="\t")
        }
    rows = page.one("table", "fastqc-table").rows
    assert [*dict.fromkeys(row[0] for row in rows)] == [*reads]
    for sample, part, stage, n_reads, *_ in rows:
        assert part in ("", "R1", "R2")
        of_sample = reads[sample][stage == "after trimming"]
        assert int(n_reads.replace(",", "")) == of_sample
    assert page.one("figure", "read_quality").one("svg")


def test_inputs_are_never_touched(demo: tuple[Path, DemoResult]) -> None:
    names = {path.name for path in (demo[0] / "input").iterdir()}
    assert names == {
        *("annotation.gtf", "config.yaml", "domains.hmm", "genome.fa", "reads"),
        *("simulated.json", "samples.tsv", "transcripts.gtf", "truth.tsv"),
        "fold_changes.tsv",
    }


@pytest.mark.slow
def test_tables_do_not_depend_on_the_number_of_cores(
    demo: tuple[Path, DemoResult], tmp_path: Path
) -> None:
    run_demo(tmp_path, cores=1)
    assert results(tmp_path / "run") == results(demo[0] / "run")


@pytest.mark.slow
def test_a_run_in_blocks_killed_half_way_resumes_and_ends_the_same(
    demo: tuple[Path, DemoResult], tmp_path: Path
) -> None:
    inputs = demo[0] / "input"
    config = tmp_path / "config.yaml"
    config.write_text(
        f"samples: {inputs / 'samples.tsv'}\n"
        f"genome: {inputs / 'genome.fa'}\n"
        f"annotation: {inputs / 'annotation.gtf'}\n"
        f"domains: {inputs / 'domains.hmm'}\n"
        "out: run\n"
        "blocks: 3\n"
        "comparison:\n"
        f"  design: {DESIGN}\n"
        "browser:\n"
        "  coverage: true\n"
    )
    interrupted = _stop_when(config, _n_done_at_least(8), signal.SIGINT)
    assert interrupted.returncode == 130
    assert "run the same command again" in (interrupted.stderr or "")
    assert read_record(tmp_path / "run")["state"] == "failed"
    killed = _stop_when(config, _n_done_at_least(4), signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL
    done = bioloom("lincrna", "run", "--config", config)
    assert done.returncode == 0, done.stderr
    assert results(tmp_path / "run") == results(demo[0] / "run")
    blocks = [*tmp_path.glob("run/working/measured/block_*.jsonl")]
    assert [bool(path.read_text()) for path in blocks] == [True] * 3
    assert results(tmp_path / "run").keys() >= {"candidates.fa", "tables/tpm.tsv"}
    planned = re.findall(r"of (\d+) steps", (tmp_path / "run/log.txt").read_text())
    assert int(planned[-1]) <= int(planned[0]) - 10  # the rest was not done again


def _n_done_at_least(n: int) -> Callable[[str], bool]:
    return lambda log: log.count(" steps (") >= n


def _heed_interrupts() -> None:
    """Undo what a shell does to what it starts in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _stop_when(
    config: Path, is_time: Callable[[str], bool], how: signal.Signals
) -> subprocess.CompletedProcess[str]:
    """Start a run and signal its whole process group when its log says so."""
    log = config.parent / "run" / "log.txt"
    seen = len(log.read_text()) if log.exists() else 0
    run = subprocess.Popen(
        [*BIOLOOM, "lincrna", "run", "--config", str(config)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_heed_interrupts,  # noqa: PLW1509
    )
    deadline = time.monotonic() + 120
    while not (log.exists() and is_time(log.read_text()[seen:])):
        assert run.poll() is None, "the run ended before it could be stopped"
        assert time.monotonic() < deadline
        time.sleep(0.1)
    if how == signal.SIGINT:
        run.send_signal(how)
    else:
        os.killpg(run.pid, how)
    _, told = run.communicate(timeout=120)
    return subprocess.CompletedProcess(run.args, run.returncode, "", told)


def test_a_finished_run_is_not_run_over_without_force(
    demo: tuple[Path, DemoResult],
) -> None:
    refused = bioloom("lincrna", "run", "--config", demo[0] / "input/config.yaml")
    assert refused.returncode == 1
    assert "--force" in refused.stderr


def plan(config: Path) -> list[dict[str, Any]]:
    """Jobs of a dry run."""
    planned = bioloom("lincrna", "run", "--config", config, "--dry-run", "--json")
    assert planned.returncode == 0, planned.stderr
    told: dict[str, Any] = json.loads(planned.stdout)
    assert told["n_jobs"] == len(told["jobs"])
    return list(told["jobs"])


def test_a_dry_run_lists_the_jobs_and_leaves_nothing_behind(
    configure: Callable[..., Path],
) -> None:
    config = configure()
    before = {*config.parent.rglob("*")}
    jobs = plan(config)
    assert {*config.parent.rglob("*")} == before
    [align] = [
        job
        for job in jobs
        if job["rule"] == "align" and job["wildcards"] == {"sample": "A"}
    ]
    out = config.parent / "out"
    names = ("bam", "bam.csi", "summary.txt")
    assert align["outputs"] == [f"{out}/working/aligned/A.{name}" for name in names]
    assert "Missing output files" in align["reason"]
    assert [job["outputs"] for job in jobs if job["rule"] == "report"] == [
        [f"{out}/report.html"]
    ]
    assert "all" not in {job["rule"] for job in jobs}
    shown = bioloom("lincrna", "run", "--config", config, "--dry-run")
    rows = [line.split("\t") for line in shown.stdout.splitlines()]
    assert ["align", "A", ", ".join(align["outputs"])] in rows
    assert len(rows) == len(jobs)
    assert f"dry run: {len(jobs)} jobs, nothing was done" in shown.stderr


@pytest.mark.parametrize("is_given", [True, False])
def test_proteins_are_searched_if_they_are_given(
    configure: Callable[..., Path], tmp_path: Path, is_given: bool
) -> None:
    (tmp_path / "p.fa").write_text(">a\nMKVLAAGIVGLCDEFW\n")
    given = {"proteins": tmp_path / "p.fa"} if is_given else {}
    config = configure(blocks=2, filters="{homology_tool: phmmer}", **given)
    rules = [job["rule"] for job in plan(config)]
    assert rules.count("choose_homology") == is_given
    assert rules.count("search_homology") == 2 * is_given


@pytest.mark.parametrize("is_asked", [True, False])
def test_coverage_is_planned_on_request_alone(
    configure: Callable[..., Path], is_asked: bool
) -> None:
    config = configure(browser=f"{{coverage: {str(is_asked).lower()}}}")
    rules = [job["rule"] for job in plan(config)]
    assert rules.count("coverage") == (4 if is_asked else 0)


def test_of_a_finished_run_nothing_is_left_to_do(
    demo: tuple[Path, DemoResult],
) -> None:
    run = demo[0] / "run"
    before = {path: path.stat().st_mtime_ns for path in run.glob("*")}
    assert plan(demo[0] / "input/config.yaml") == []
    after = {path: path.stat().st_mtime_ns for path in run.glob("*")}
    assert after == before


def test_snakemake_finds_nothing_wrong_but_rules_without_conda(
    configure: Callable[..., Path],
) -> None:
    command = [str(Path(BIOLOOM[0]).with_name("snakemake")), "--lint"]
    config = configure(quantifier="salmon")
    linted = subprocess.run(
        [*command, "--snakefile", SNAKEFILE, "--config", f"run_config={config}"],
        capture_output=True,
        text=True,
        check=False,
    )
    told = linted.stderr + linted.stdout
    complaints = [line for line in told.splitlines() if line.startswith("    * ")]
    rules = {line.split()[3] for line in told.splitlines() if "Lints for rule" in line}
    # these call bioloom (or cat), which is where Snakemake itself runs
    assert rules == {
        *("reference", "check_reads", "barcodes", "tidy", "prefer_bulk", "coverage"),
        *("check_long_reads", "orient", "junctions", "full_length"),
        "strandness_of_long_reads",
        *(
            "collect",
            "measure",
            "choose_domains",
            "search_domains",
            "choose_rfam",
            "search_rfam",
            "filter",
        ),
        *("extract", "plate", "count_cells", "transcript_sequences", "report"),
        "join_lanes",  # cat alone
    }
    assert set(complaints) == {
        "    * Specify a conda environment or container for each rule.:"
    }


def test_true_changes_of_the_example_are_found(demo: tuple[Path, DemoResult]) -> None:
    changes = demo[1].changes
    assert changes is not None
    assert changes.n_changed > 15
    assert changes.n_found >= 0.9 * changes.n_changed
    assert changes.n_false <= 1
    assert str(changes) in demo[1].to_text()


def test_every_new_number_of_a_run_has_its_working(
    demo: tuple[Path, DemoResult],
) -> None:
    run = demo[0] / "run"
    with (run / "tables/names.tsv").open() as stream:
        name = next(csv.DictReader(stream, delimiter="\t"))["name"]
    for about in ("verdict", "expression", "comparison", "partners"):
        for lang in ("en", "zh"):
            shown = bioloom(
                *("lincrna", "explain", name, "--run", run, "--about", about),
                *("--lang", lang),
            )
            assert shown.returncode == 0, shown.stderr
            assert "\n1. " in shown.stdout


def test_workings_of_a_run_hold_the_numbers_of_its_tables(
    demo: tuple[Path, DemoResult],
) -> None:
    run = demo[0] / "run"
    with (run / "tables/comparisons.tsv").open() as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    for row in rows[::10]:
        steps = explain_comparison(run, row["gene_id"]).steps
        values = [step.value.number for step in steps if step.value is not None]
        columns = ("base_mean", "dispersion", "log2_fold_change", "p_value", "q_value")
        for name, value in zip(columns, values, strict=False):
            assert value == pytest.approx(float(row[name]), rel=1e-4), name
        counted = explain_expression(run, row["gene_id"]).steps
        with (run / "tables/gene_counts.tsv").open() as stream:
            table = {
                line["gene_id"]: line for line in csv.DictReader(stream, delimiter="\t")
            }
        for step, sample in zip(counted, ("A", "B", "C", "E"), strict=False):
            terms = step.substitution.removeprefix("k = ").split(" + ")
            assert sum(map(int, terms)) == int(table[row["gene_id"]][sample])
