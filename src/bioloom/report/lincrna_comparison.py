"""The page of a comparison of conditions that stands by itself."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from bioloom.draw import save
from bioloom.lincrna.comparison.result import ComparisonResult
from bioloom.report.frames import file_table
from bioloom.report.page import Picture, inline_svg, path_link
from bioloom.report.run import Content, write_run_pages
from bioloom.run.language import tr


def write_comparison_page(result: ComparisonResult, out: Path) -> Path:
    """Write ``report.html``, the same in Chinese, and the volcano plots of a run."""
    names = [f"volcano_{number}" for number, _ in enumerate(result.contrasts, 1)]
    drawn = {
        name: save(result.plot(contrast), out / "figures" / name)
        for name, contrast in zip(names, result.contrasts, strict=True)
    }
    return write_run_pages(lambda: _content(result, drawn, out), out, room="lincrna")


def _content(result: ComparisonResult, drawn: Mapping[str, str], out: Path) -> Content:
    return Content(
        room="lincrna",
        kind=tr("Comparison of conditions, run {name}", name=out.resolve().name),
        title=result.summary(),
        notes=result.notes,
        pictures=[*_pictures(result, drawn)],
        tables=[file_table("comparisons", result.table_meaning(), result.strongest())],
    )


def _pictures(result: ComparisonResult, drawn: Mapping[str, str]) -> Iterator[Picture]:
    contrasts = result.contrast_names().values()
    for (name, drawing), words in zip(drawn.items(), contrasts, strict=True):
        svg = inline_svg(
            drawing,
            name=name,
            title=tr("Changed genes, {contrast}", contrast=words),
            description=tr(
                "Volcano plot; the numbers are in {file}.",
                file="tables/comparisons.tsv",
            ),
        )
        files = [path_link("figures", f"{name}.{kind}") for kind in ("svg", "png")]
        yield Picture(name, svg, words, files)
