"""A small simulated run with its report, made once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bioloom.lincrna.filtering import run_filter
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.inputs.samples import SampleReport
from bioloom.lincrna.output.outputs import RunTables, write_outputs
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.simulate import Simulation, simulate
from bioloom.report.lincrna import write_report
from tests.lincrna.fastqc import packed_fastqc

SAMPLES = ("liver", "brain <2>")


@dataclass(frozen=True)
class Run:
    """A run folder with its result, tables and page."""

    out: Path
    result: FilterResult
    tables: RunTables

    @property
    def page(self) -> str:
        return (self.out / "report.html").read_text("utf-8")


@pytest.fixture(scope="session")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("simulation"), scale=0.3)


@pytest.fixture(scope="session")
def make_run(simulation: Simulation) -> Callable[..., Run]:
    """Filter the true models, or other inputs, and write the report."""

    def make(out: Path, settings: FilterSettings | None = None, **given) -> Run:
        inputs = {
            "assembly": simulation.models_path,
            "genome": simulation.genome_path,
            "annotation": simulation.annotation_path,
            "domains": simulation.domains_path,
        } | given
        settings = settings or FilterSettings()
        written = []

        def write(result, tables, folder) -> None:
            written.append(tables)
            write_report(result, tables, folder)

        given = FilterInputs(**inputs)
        result = run_filter(given, settings, out=out, report=write)
        return Run(out, result, written[0])

    return make


@pytest.fixture(scope="session")
def plain(make_run, tmp_path_factory) -> Run:
    """A run without samples."""
    return make_run(tmp_path_factory.mktemp("plain") / "run")


@pytest.fixture(scope="session")
def sampled(make_run, tmp_path_factory) -> Run:
    """A run with two samples, one of them with read quality files."""
    folder = tmp_path_factory.mktemp("sampled")
    run = make_run(folder / "run")
    reports = [
        SampleReport(
            *(name, "bulk", 1000, None, None, 100, 990, 99.5, "reverse", "auto"),
            *(0.02, 400, 98.5, 97.0, 80),
        )
        for name in SAMPLES
    ]
    quantified = {}
    for place, name in enumerate(SAMPLES, 1):
        quantified[name] = folder / f"{place}.gtf"
        quantified[name].write_text(
            "".join(
                f'c\tStringTie\ttranscript\t1\t2\t.\t+\t.\ttranscript_id "'
                f'{row.transcript_id}"; cov "{place}.5"; TPM "{place * 1234.5}";\n'
                for row in run.result.candidates
            )
        )
    for name in ("brain_1", "brain_2"):
        archive = packed_fastqc(run.out / "qc" / "raw" / SAMPLES[1], name)
        archive.with_suffix(".html").write_text("page")
    tables = write_outputs(run.result, run.out, samples=reports, quantified=quantified)
    write_report(run.result, tables, run.out)
    return Run(run.out, run.result, tables)
