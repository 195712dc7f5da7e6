"""The run folder of a simulation."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

import scipy

from bioloom.bounds.explaining import explain_simulation
from bioloom.bounds.figures import epsilons_of, simulation_figure
from bioloom.bounds.simulation import Draws, Simulation, read_thresholds, simulate
from bioloom.draw import save
from bioloom.run.language import mark, use_language
from bioloom.run.output import write_text
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import recorded_run
from bioloom.run.tables import tables_readme, write_table

TABLES: Mapping[str, str] = MappingProxyType(
    {
        "draws": mark(
            "One row per training set: `largest_gap` over the class between its loss "
            "and the loss on all data, the threshold chosen on it (`cut`, and on "
            "which side of it the positive class is called), the loss of that "
            "threshold on the set and on all data, and `excess` over the best "
            "threshold."
        ),
        "thresholds": mark("One row per cut: loss on all data of both sides."),
        "curve": mark(
            "Share of draws with a largest gap beyond `epsilon` (`measured`), and the"
            " bounds on its chance: `exact` sums the hypergeometric tail of each "
            "threshold; `serfling`, `hoeffding` (union bound) and `vc`."
        ),
    }
)


def run_simulation(
    path: Path,
    columns: Mapping[str, Any],
    draws: Draws,
    *,
    out: Path | None = None,
    force: bool = False,
    report: Callable[[Simulation, Path], object] | None = None,
    on_step: OnStep = silent,
) -> Simulation:
    """Simulate on a table, and write a run folder if one is named.

    Parameters
    ----------
    path
        Table of examples.
    columns
        `feature`, `label` and `positive`, as `read_thresholds` takes them.
    draws
        How training sets are drawn.
    out, force
        Run folder; whether to replace a finished one.
    report
        Called with the result and the folder: writes a page.
    on_step
        Called as draws are done.

    Raises
    ------
    OutputExists
        If `out` holds a finished run and `force` is not set.
    BioloomError
        If the table cannot be used.
    """
    if out is None:
        return simulate(_thresholds(path, columns), draws, on_step=on_step)
    with recorded_run(
        out,
        command="bounds simulate",
        arguments={"table": str(path), **columns, **asdict(draws)},
        inputs=[path],
        tools={scipy.__name__: scipy.__version__},
        force=force,
        rng_seed=draws.rng_seed,
    ):
        simulation = simulate(_thresholds(path, columns), draws, on_step=on_step)
        write_outputs(simulation, out)
        if report:
            report(simulation, out)
    return simulation


def _thresholds(path: Path, columns: Mapping[str, Any]) -> Any:
    return read_thresholds(
        path,
        feature=columns["feature"],
        label=columns["label"],
        positive=columns["positive"],
    )


def write_outputs(simulation: Simulation, out: Path) -> None:
    """Write tables, the figure and the working."""
    frames = {
        "draws": simulation.to_frame(),
        "thresholds": simulation.class_frame(),
        "curve": simulation.curve(epsilons_of(simulation)),
    }
    for name, frame in frames.items():
        write_table(frame, out, name)
    write_text(out / "tables" / "README.md", tables_readme(TABLES))
    save(simulation_figure(simulation), out / "figures" / "simulation")
    with use_language("en"):  # a run's files do not depend on who runs it
        write_text(out / "explanation.md", explain_simulation(simulation).to_markdown())
