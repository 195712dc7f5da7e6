"""A simulated run with made-up expression, written once for each number of samples."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from bioloom.genome.sequence import Genome
from bioloom.lincrna.filtering import filter_transcripts
from bioloom.lincrna.inputs.files import FilterInputs, read_collection
from bioloom.lincrna.inputs.known_models import KnownModel, known_models
from bioloom.lincrna.inputs.samples import SampleReport
from bioloom.lincrna.output.outputs import RunTables, write_outputs
from bioloom.lincrna.output.partner_tables import PartnerPlan
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.output.working import FOLDER, write_working
from bioloom.lincrna.settings import FilterSettings, PartnerSettings
from bioloom.lincrna.simulate import simulate

WINDOW_NT = 40_000


@dataclass(frozen=True)
class PartnerRun:
    """A run folder with expression, what was written, and how."""

    out: Path
    result: FilterResult
    tables: RunTables
    plan: PartnerPlan


@dataclass(frozen=True)
class Judged:
    """A simulated assembly, judged, and the transcripts that are measured."""

    inputs: FilterInputs
    result: FilterResult
    known: list[KnownModel]


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    folder = tmp_path_factory.mktemp("partners")
    data = simulate(folder / "in", scale=0.6)
    inputs = FilterInputs(
        assembly=data.models_path,
        genome=data.genome_path,
        annotation=data.annotation_path,
        domains=data.domains_path,
        window_nt=WINDOW_NT,
    )
    settings = FilterSettings()
    with Genome(inputs.genome, cache=folder) as genome:
        known = known_models(read_collection(inputs, settings, genome))
    result = filter_transcripts(inputs, settings, cache=folder)
    return Judged(inputs, result, known)


@pytest.fixture(scope="session")
def make_partners(
    assembly: Judged, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., PartnerRun]:
    """Write the outputs of a run whose samples have these conditions."""

    def make(conditions: str, *, design: str = "", **settings) -> PartnerRun:
        out = tmp_path_factory.mktemp("run")
        write_working(
            assembly.result,
            out / FOLDER,
            genome=assembly.inputs.genome,
            annotation=assembly.inputs.annotation,
        )
        names = [f"s{n}" for n in range(len(conditions))]
        quantified = write_quantified(out, names, assembly)
        samples = [
            SampleReport(
                *(name, "bulk", 100, None, None, 100, 99, 95.0, "forward", "auto"),
                *(0.98, 50, 97.5, 90.25, 7),
                factors={"condition": condition},
            )
            for name, condition in zip(names, conditions, strict=True)
        ]
        plan = PartnerPlan(
            PartnerSettings(window_nt=WINDOW_NT, **settings), design, rng_seed=7
        )
        tables = write_outputs(
            assembly.result,
            out,
            samples=samples,
            quantified=quantified,
            known=assembly.known,
            partners=plan,
        )
        return PartnerRun(out, assembly.result, tables, plan)

    return make


def write_quantified(out: Path, samples: list[str], assembly: Judged) -> dict:
    """Output of StringTie: every third transcript follows one of two rhythms."""
    rng = np.random.default_rng(5)
    names = [model.transcript_id for model in assembly.known]
    names += [row.transcript_id for row in assembly.result.rows]
    names = [*dict.fromkeys(names)]
    tpm = rng.lognormal(1, 1, (len(names), len(samples)))
    rhythms = rng.lognormal(1, 1, (2, len(samples)))
    for place in range(0, len(names), 3):
        tpm[place] = rhythms[place % 2] * rng.lognormal(0, 0.05, len(samples))
    tpm[1::7, : len(samples) // 2] = 0
    tpm[3::11] = 0.001
    paths = {}
    for column, sample in enumerate(samples):
        paths[sample] = out / f"{sample}.gtf"
        paths[sample].write_text(
            "".join(
                "1\tS\ttranscript\t1\t9\t.\t+\t.\t"
                f'transcript_id "{name}"; cov "{value:.6f}"; TPM "{value:.6f}";\n'
                for name, value in zip(names, tpm[:, column], strict=True)
            )
        )
    return paths


@pytest.fixture(scope="session")
def eight(make_partners, tmp_path_factory) -> PartnerRun:
    """Two conditions of four samples, gene sets of the rhythms."""
    return make_partners(
        "ababbaab",
        design="~ condition",
        gene_sets=None,
        min_trans_rho=0.8,
    )
