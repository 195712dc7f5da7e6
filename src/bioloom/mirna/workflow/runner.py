"""A large prediction from configuration to table: scattered, gathered, resumable."""

from dataclasses import asdict
from pathlib import Path

from bioloom.mirna.workflow.config import MirnaRun, read_mirna_config
from bioloom.run.external import require_packages
from bioloom.run.planning import PlannedJob, planned_jobs
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import recorded_run
from bioloom.run.workflow import Launch, WorkflowCall, run_recorded

SNAKEFILE = Path(__file__).with_name("Snakefile")


def run_workflow(
    config_path: Path, launch: Launch | None = None, *, on_step: OnStep = silent
) -> Path:
    """Search all blocks of targets and join them; an interrupted run is resumed.

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
    The run folder; the sites are in ``tables``.

    Raises
    ------
    BioloomError
        If an input is wrong or missing, or a step fails.
    """
    config, launch = _checked(config_path), launch or Launch()
    inputs = (config.mirnas, config.targets, config.gtf, config.calibration)
    run_recorded(
        _call(config, config_path, launch),
        lambda: recorded_run(
            config.out,
            command="mirna run",
            arguments=asdict(config),
            inputs=[config_path, *(path for path in inputs if path is not None)],
            tools={},
            force=launch.force,
            rng_seed=config.rng_seed,
        ),
        on_step,
    )
    return config.out


def plan_workflow(
    config_path: Path, launch: Launch | None = None
) -> tuple[PlannedJob, ...]:
    """List what `run_workflow` would do.

    Parameters
    ----------
    config_path, launch
        As `run_workflow` has them.

    Raises
    ------
    BioloomError
        As of `run_workflow`.
    """
    config = _checked(config_path)
    return planned_jobs(_call(config, config_path, launch or Launch()))


def _checked(config_path: Path) -> MirnaRun:
    config = read_mirna_config(config_path)
    require_packages("snakemake", extra="mirna-run")
    return config


def _call(config: MirnaRun, config_path: Path, launch: Launch) -> WorkflowCall:
    return WorkflowCall(SNAKEFILE, config_path.resolve(), config.out, launch)
