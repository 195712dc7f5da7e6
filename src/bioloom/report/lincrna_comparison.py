"""The page of a comparison of conditions that stands by itself."""

from pathlib import Path

from bioloom.draw import save
from bioloom.lincrna.comparison.result import ComparisonResult
from bioloom.report.frames import file_table
from bioloom.report.page import Picture, inline_svg, path_link
from bioloom.report.run import Content, write_run_page


def write_comparison_page(result: ComparisonResult, out: Path) -> Path:
    """Write ``report.html`` and the volcano plots into a run folder."""
    content = Content(
        room="lincrna",
        kind="Comparison of conditions",
        title=out.resolve().name,
        lead=" ".join([f"{result.summary()}.", *result.notes]),
        pictures=[*_pictures(result, out)],
        tables=[file_table("comparisons", result.table_meaning(), result.strongest())],
    )
    return write_run_page(content, out / "report.html")


def _pictures(result: ComparisonResult, out: Path) -> list[Picture]:
    pictures = []
    for number, (contrast, words) in enumerate(result.contrast_names().items(), 1):
        name = f"volcano_{number}"
        svg = inline_svg(
            save(result.plot(contrast), out / "figures" / name),
            name=name,
            title=f"Changed genes, {words}",
            description="Volcano plot; the numbers are in tables/comparisons.tsv.",
        )
        files = [path_link("figures", f"{name}.{kind}") for kind in ("svg", "png")]
        pictures.append(Picture(name, svg, words, files))
    return pictures
