"""A large prediction from configuration to table: scattered, gathered, resumable."""

from dataclasses import asdict
from pathlib import Path

from bioloom.mirna.workflow.config import read_mirna_config
from bioloom.run.external import require_packages
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import recorded_run
from bioloom.run.workflow import WorkflowCall, alone, follow

SNAKEFILE = Path(__file__).with_name("Snakefile")


def run_workflow(
    config_path: Path,
    *,
    cores: int = 2,
    profile: str = "",
    force: bool = False,
    dry_run: bool = False,
    on_step: OnStep = silent,
) -> Path:
    """Search all blocks of targets and join them; an interrupted run is resumed.

    Parameters
    ----------
    config_path
        ``config.yaml``.
    cores
        Processors to use, with a profile those of one job; the result does not depend
        on it.
    profile
        "slurm", "kubernetes" or the folder of a Snakemake profile; empty runs here.
    force
        Whether to rerun a finished folder; steps that are up to date are skipped.
    dry_run
        Whether to only log what would be done.
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
    config = read_mirna_config(config_path)
    require_packages("snakemake", extra="mirna-run")
    call = WorkflowCall(SNAKEFILE, config_path.resolve(), config.out, cores, profile)
    inputs = (config.mirnas, config.targets, config.gtf, config.calibration)
    with alone(config.out) as lock:
        if dry_run:
            follow(call, lock, on_step, dry_run=True)
            return config.out
        with recorded_run(
            config.out,
            command="mirna run",
            arguments=asdict(config),
            inputs=[config_path, *(path for path in inputs if path is not None)],
            tools={},
            force=force,
            rng_seed=config.rng_seed,
        ):
            follow(call, lock, on_step)
    return config.out
