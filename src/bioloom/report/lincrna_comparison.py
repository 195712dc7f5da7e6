"""The page of a comparison of conditions that stands by itself."""

from pathlib import Path

from bioloom.draw import save
from bioloom.lincrna.comparison.design import contrast_name
from bioloom.lincrna.comparison.result import ComparisonResult
from bioloom.lincrna.comparison.testing import COMPARISON_COLUMNS
from bioloom.report.frames import file_table
from bioloom.report.page import Picture, inline_svg, path_link
from bioloom.report.run import Content, write_run_page
from bioloom.run.language import use_language

MAX_ROWS = 200


def write_comparison_page(result: ComparisonResult, out: Path) -> Path:
    """Write ``report.html`` and the volcano plots into a run folder, in English."""
    shown = result.to_frame().sort_values("p_value", kind="stable").head(MAX_ROWS)
    sentences = [f"{result.summary()}.", *result.notes]
    with use_language("en"):  # a run's files do not depend on who runs it
        content = Content(
            kind="Comparison of conditions",
            title=out.resolve().name,
            lead=" ".join(sentences),
            pictures=_pictures(result, out),
            tables=[file_table("comparisons", _CAPTION, shown)],
        )
        return write_run_page(content, out / "report.html")


_CAPTION = (
    f"The {MAX_ROWS} smallest p-values; tables/comparisons.tsv has every gene. "
    + "; ".join(
        f"{name}: {COMPARISON_COLUMNS[name]}" for name in ("lfc_se", "q_value", "note")
    )
)


def _pictures(result: ComparisonResult, out: Path) -> list[Picture]:
    pictures = []
    for number, contrast in enumerate(result.contrasts, 1):
        name, words = f"volcano_{number}", contrast_name(contrast)
        svg = inline_svg(
            save(result.plot(contrast), out / "figures" / name),
            name=name,
            title=f"Changed genes, {words}",
            description="Volcano plot; the numbers are in tables/comparisons.tsv.",
        )
        files = [path_link("figures", f"{name}.{kind}") for kind in ("svg", "png")]
        pictures.append(Picture(name, svg, words, files))
    return pictures
