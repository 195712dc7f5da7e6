"""From reads to report: the workflow, checked before it starts."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bioloom.lincrna.browser.coverage import COVERAGE_PACKAGES
from bioloom.lincrna.comparison.analysis import check_comparison
from bioloom.lincrna.comparison.design import Described
from bioloom.lincrna.filtering import search_tools
from bioloom.lincrna.inputs.config import read_run_config
from bioloom.lincrna.inputs.sample import Sample
from bioloom.lincrna.inputs.votes import read_ballot
from bioloom.lincrna.partners.strata import check_columns
from bioloom.lincrna.settings import RunConfig
from bioloom.lincrna.verdict.proteins import ProteinFile
from bioloom.lincrna.workflow.alignment_steps import check_alignments
from bioloom.lincrna.workflow.cell_steps import check_packages
from bioloom.run.external import (
    TOOLS,
    find,
    installed_versions,
    require_packages,
)
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import recorded_run
from bioloom.run.workflow import Launch, WorkflowCall, run_recorded

SNAKEFILE = Path(__file__).with_name("Snakefile")


def run_workflow(
    config_path: Path, launch: Launch | None = None, *, on_step: OnStep = silent
) -> Path:
    """Run the workflow from reads to report; an interrupted run is resumed.

    Parameters
    ----------
    config_path
        ``config.yaml``.
    launch
        How to run it; by default here, on two processors.
    on_step
        Called as steps finish.

    Returns
    -------
    The run folder.

    Raises
    ------
    BioloomError
        If an input is wrong or missing, a program is missing or fails.
    """
    config, samples = read_run_config(config_path)
    _check_programs(config)
    # errors show now, not after hours
    check_columns(config.partners, {name for each in samples for name in each.factors})
    if any(sample.has_cells for sample in samples):
        check_packages()
    for path in config.votes:
        read_ballot(path, config.filters)  # errors show now, not after hours
    if config.proteins is not None:
        ProteinFile(config.proteins)  # likewise
    described = [Described(row.name, row.factors, row.kind) for row in samples]
    check_comparison(config.comparison, described, where=str(config_path))
    check_alignments(samples, config.genome)
    out = config.out
    launch = launch or Launch()
    run_recorded(
        WorkflowCall(SNAKEFILE, config_path.resolve(), out, launch),
        lambda: recorded_run(
            out,
            command="lincrna run",
            arguments=asdict(config),
            inputs=_inputs(config, samples, config_path),
            tools=installed_versions() | search_tools(config.proteins, config.filters),
            force=launch.force,
            rng_seed=config.rng_seed,
        ),
        on_step,
    )
    return out


def _check_programs(config: RunConfig) -> None:
    """Check that all programs that a run needs are there before its first step.

    Raises
    ------
    PackageMissing, ToolMissing
        For the first that is not there.
    """
    packages = ["snakemake", "pyhmmer", "sklearn", "pydeseq2"]
    if config.rfam is not None:
        packages.append("pyinfernal")
    if config.partners.gene_sets is not None:
        packages.append("gseapy")
    if config.browser.coverage:
        packages += COVERAGE_PACKAGES
    require_packages(*packages, extra="lincrna")
    search_tools(config.proteins, config.filters)
    for name in (*(tool.name for tool in TOOLS), *["multiqc"] * config.multiqc):
        find(name)


def _inputs(
    config: RunConfig, samples: Sequence[Sample], config_path: Path
) -> list[Path]:
    named = (
        *(config.lncrna, config.housekeeping, config.domains, config.rfam),
        config.proteins,
        *(config.repeats, config.names),
        *(config.partners.gene_sets, config.partners.ontology),
        *config.votes,
        *config.named_sets,
    )
    return [
        *(config_path, config.samples, config.genome, config.annotation),
        *(path for path in named if path is not None),
        *(path for sample in samples for path in sample.reads),
        *(path for sample in samples for path in sample.barcodes),
        *(sample.bam for sample in samples if sample.bam is not None),
    ]
