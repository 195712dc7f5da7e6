"""The page of a comparison of conditions that stands by itself."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from bioloom.draw import save
from bioloom.lincrna.comparison.result import ComparisonResult
from bioloom.report.frames import file_table
from bioloom.report.page import kind_of_run
from bioloom.report.parts import Picture, Table, inline_svg, path_link
from bioloom.report.plots import Axis, plot_of
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
    table = file_table("comparisons", result.table_meaning(), result.strongest())
    return Content(
        room="lincrna",
        kind=kind_of_run(tr("Comparison of conditions"), out.resolve().name),
        title=result.summary(),
        notes=result.notes,
        pictures=[*_pictures(result, drawn, table)],
        tables=[table],
    )


def _pictures(
    result: ComparisonResult, drawn: Mapping[str, str], table: Table
) -> Iterator[Picture]:
    contrasts = result.contrast_names().values()
    for (name, drawing), words in zip(drawn.items(), contrasts, strict=True):
        title = tr("Changed genes, {contrast}", contrast=words)
        plot = plot_of(
            table,
            Axis("log2_fold_change"),
            Axis("p_value", "-log10"),
            title=title,
            name="gene_id",
            group="change",
            only=("contrast", words),
        )
        svg = inline_svg(
            drawing,
            name=name,
            title=title,
            description=tr(
                "Volcano plot; the numbers are in {file}.",
                file="tables/comparisons.tsv",
            ),
        )
        files = [path_link("figures", f"{name}.{kind}") for kind in ("svg", "png")]
        yield Picture(name, svg, words, files, plot)
