"""Pages of what a table of predictions proves, and of a simulation."""

from __future__ import annotations

from pathlib import Path

from bioloom.bounds.explaining import explain_simulation
from bioloom.bounds.figures import report_figure
from bioloom.bounds.outputs import TABLES
from bioloom.bounds.prediction_report import Report
from bioloom.bounds.simulation import Simulation
from bioloom.draw import to_svg
from bioloom.explain import Explanation
from bioloom.report.evaluation import drawn_pictures
from bioloom.report.frames import file_table, frame_table
from bioloom.report.parts import Picture, inline_svg
from bioloom.report.run import Content, write_run_page, write_run_pages
from bioloom.run.language import tr, use_language


def write_claims(report: Report, explanation: Explanation, path: Path) -> Path:
    """Write the page of a table of predictions, in the language of its working.

    Parameters
    ----------
    report, explanation
        What the predictions prove, and its working.
    path
        File to write.
    """
    with use_language(explanation.language):
        caption = tr("Errors with their exact intervals, by split and class.")
        svg = inline_svg(
            to_svg(report_figure(report)),
            name="claims",
            title=tr("Errors and intervals"),
            description=caption,
        )
        content = Content(
            room="bounds",
            kind=tr("What the predictions prove"),
            title=explanation.title,
            lead=explanation.steps[0].claim,
            pictures=[Picture("claims-figure", svg, caption)],
            tables=[frame_table("errors", caption, report.to_frame())],
            working=explanation,
        )
        return write_run_page(content, path)


def write_simulation(simulation: Simulation, out: Path) -> Path:
    """Write the pages of a simulation into its run folder."""
    return write_run_pages(lambda: _simulated(simulation, out), out, room="bounds")


def _simulated(simulation: Simulation, out: Path) -> Content:
    explanation = explain_simulation(simulation)
    frames = {
        "draws": simulation.to_frame(),
        "thresholds": simulation.class_frame(),
    }
    words = (
        tr("Measured and guaranteed"),
        tr(
            "How often the largest gap of a drawn training set lies beyond an "
            "allowed one, next to what each bound allows."
        ),
    )
    drawn = drawn_pictures(out / "figures", {"simulation": words})
    return Content(
        room="bounds",
        kind=tr("Simulated training sets"),
        title=explanation.title,
        lead=explanation.steps[2].claim,  # how many samples mislead
        pictures=list(drawn),
        tables=[file_table(name, TABLES[name], frames[name]) for name in frames],
        working=explanation,
    )
