"""From reads to report: the workflow, checked before it starts."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from bioloom.genome.matching import check_names
from bioloom.lincrna.browser.coverage import COVERAGE_PACKAGES
from bioloom.lincrna.comparison.analysis import check_comparison
from bioloom.lincrna.comparison.design import Described
from bioloom.lincrna.filtering import search_tools
from bioloom.lincrna.inputs.config import ConfiguredRun, right_run
from bioloom.lincrna.inputs.primers import primers_file
from bioloom.lincrna.inputs.sample import Sample
from bioloom.lincrna.inputs.votes import read_ballot
from bioloom.lincrna.partners.strata import check_columns
from bioloom.lincrna.settings import RunConfig
from bioloom.lincrna.verdict.proteins import ProteinFile
from bioloom.lincrna.workflow.alignment_steps import check_alignments
from bioloom.lincrna.workflow.cell_steps import check_packages
from bioloom.run.external import (
    OPTIONAL_TOOLS,
    TOOLS,
    find,
    installed_versions,
    require_packages,
)
from bioloom.run.mistakes import Mistakes
from bioloom.run.planning import PlannedJob, planned_jobs
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
    run, launch = _checked(config_path), launch or Launch()
    config = run.config
    run_recorded(
        _call(run, config_path, launch),
        lambda: recorded_run(
            config.out,
            command="lincrna run",
            arguments=asdict(config),
            inputs=_inputs(config, run.samples, config_path),
            tools=_versions(run),
            force=launch.force,
            rng_seed=config.rng_seed,
        ),
        on_step,
    )
    return config.out


def plan_workflow(
    config_path: Path, launch: Launch | None = None
) -> tuple[PlannedJob, ...]:
    """List what `run_workflow` would do; all that it checks is checked.

    Parameters
    ----------
    config_path, launch
        As `run_workflow` has them.

    Raises
    ------
    BioloomError
        As of `run_workflow`.
    """
    run = _checked(config_path)
    return planned_jobs(_call(run, config_path, launch or Launch()))


def _call(run: ConfiguredRun, config_path: Path, launch: Launch) -> WorkflowCall:
    return WorkflowCall(SNAKEFILE, config_path.resolve(), run.config.out, launch)


def _checked(config_path: Path) -> ConfiguredRun:
    """The run as configured, after all checks that need no step of it.

    Raises
    ------
    BioloomError
        If anything is wrong or missing; all that is found is told at once.
    """
    mistakes = Mistakes()
    run = right_run(config_path, mistakes)
    if run is not None:
        _check_programs(run, mistakes)
        if run.samples:
            _check_design(run, mistakes, where=str(config_path))
    mistakes.check()
    assert run is not None  # noqa: S101 (it is where there is no mistake)
    _check_contents(run, mistakes)
    mistakes.check()
    return run


def _check_design(run: ConfiguredRun, mistakes: Mistakes, *, where: str) -> None:
    """Check that the configuration asks for columns that the sheet has."""
    config, samples = run
    with mistakes.gathered():
        known = {name for each in samples for name in each.factors}
        check_columns(config.partners, known)
    with mistakes.gathered():
        described = [Described(row.name, row.factors, row.kind) for row in samples]
        check_comparison(config.comparison, described, where=where)
    with mistakes.gathered():
        if any(sample.has_cells for sample in samples):
            check_packages()


def _check_contents(run: ConfiguredRun, mistakes: Mistakes) -> None:
    """Look into files whose errors would else show after hours."""
    config, samples = run
    for path in config.votes:
        with mistakes.gathered():
            read_ballot(path, config.filters)
    with mistakes.gathered():
        if config.proteins is not None:
            ProteinFile(config.proteins)
    with mistakes.gathered():
        check_names(config.annotation, config.genome)
    with mistakes.gathered():
        check_alignments(samples, config.genome)


def _check_programs(run: ConfiguredRun, mistakes: Mistakes) -> None:
    """Check that all programs that a run needs are there before its first step."""
    config = run.config
    packages = ["snakemake", "pyhmmer", "sklearn", "pydeseq2"]
    if config.rfam is not None:
        packages.append("pyinfernal")
    if config.partners.gene_sets is not None:
        packages.append("gseapy")
    if config.browser.coverage:
        packages += COVERAGE_PACKAGES
    for package in packages:
        with mistakes.gathered():
            require_packages(package, extra="lincrna")
    with mistakes.gathered():
        search_tools(config.proteins, config.filters)
    for name in _programs(run):
        with mistakes.gathered():
            find(name)


def _versions(run: ConfiguredRun) -> dict[str, str]:
    """Versions of the programs of a run, by name."""
    tools = {tool.name: tool for tool in (*TOOLS, *OPTIONAL_TOOLS)}
    config = run.config
    program = config.long_reads.isoquant
    tools[program] = replace(tools["isoquant"], name=program)
    used = [tools[name] for name in _programs(run) if name in tools]
    versions = installed_versions(used)
    if program in versions:  # it may be a path
        versions["isoquant"] = versions.pop(program)
    return versions | search_tools(config.proteins, config.filters)


def _programs(run: ConfiguredRun) -> list[str]:
    """Programs that the steps of a run call."""
    config, samples = run
    has_salmon = config.quantifier == "salmon"
    asked = {
        "STAR": config.aligner == "star",
        "fastp": config.trimmer == "fastp",
        "salmon": has_salmon,
        "minimap2": any(
            sample.is_long and (has_salmon or sample.bam is None) for sample in samples
        ),
        config.long_reads.isoquant: config.long_reads.assembler == "isoquant"
        and any(sample.is_long and not sample.mixed_with for sample in samples),
        "multiqc": config.multiqc,
    }
    return [tool.name for tool in TOOLS] + [name for name in asked if asked[name]]


def _inputs(
    config: RunConfig, samples: Sequence[Sample], config_path: Path
) -> list[Path]:
    named = (
        *(config.lncrna, config.housekeeping, config.domains, config.rfam),
        config.proteins,
        *(config.repeats, config.names),
        primers_file(config.long_reads.primers),
        *(config.partners.gene_sets, config.partners.ontology),
        config.browser.mirna_sites,
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
