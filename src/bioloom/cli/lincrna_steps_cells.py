"""Steps of the workflow on cells and nuclei, run by Snakemake."""

from pathlib import Path

import click

from bioloom.cli.help import Command
from bioloom.cli.lincrna_steps_reads import sample_of

PATH = click.Path(path_type=Path)


@click.command(cls=Command)
@click.option("--config", type=PATH, required=True)
@click.option("--sample", required=True)
@click.option("--out", type=PATH, required=True)
def barcodes(config: Path, sample: str, out: Path) -> None:
    """Find the barcodes of a droplet sample."""
    from bioloom.lincrna.workflow.cell_steps import find_barcodes

    find_barcodes(sample_of(config, sample), out)


@click.command(cls=Command)
@click.option("--config", type=PATH, required=True)
@click.option("--sample", required=True)
@click.option("--cells", type=PATH, required=True)
@click.option("--out", type=PATH, required=True)
def extract(config: Path, sample: str, cells: Path, out: Path) -> None:
    """Write the cDNA of a droplet sample, barcode and UMI in its names."""
    from dataclasses import asdict

    from bioloom.lincrna.workflow.cell_steps import extract_reads
    from bioloom.lincrna.workflow.read_steps import write_json

    extracted = extract_reads(sample_of(config, sample), cells, out)
    write_json(cells / "extracted.json", asdict(extracted))


@click.command(cls=Command)
@click.argument("out", nargs=-1, required=True, type=PATH)
@click.option("--config", type=PATH, required=True)
@click.option("--sample", required=True)
@click.option("--cells", type=PATH, required=True)
def plate(out: tuple[Path, ...], config: Path, sample: str, cells: Path) -> None:
    """Join the reads of a plate's cells, the cell in their names."""
    from bioloom.lincrna.workflow.cell_steps import join_plate

    join_plate(sample_of(config, sample), cells, out)


@click.command(cls=Command, name="take-tagged")
@click.option("--config", type=PATH, required=True)
@click.option("--sample", required=True)
def take_tagged(config: Path, sample: str) -> None:
    """Take alignments with the tags CB and UB in place of reads."""
    from bioloom.lincrna.workflow.cell_steps import take_tagged as take

    take(sample_of(config, sample), Path())


@click.command(cls=Command)
@click.argument("bam", type=PATH)
@click.option("--out", type=PATH, required=True)
def deduplicate(bam: Path, out: Path) -> None:
    """Write one alignment of each molecule of a droplet sample."""
    from bioloom.lincrna.cells.duplicates import deduplicate as write_firsts

    write_firsts(bam, out)


@click.command(cls=Command)
@click.option("--config", type=PATH, required=True)
@click.option("--out", type=PATH, required=True)
def count(config: Path, out: Path) -> None:
    """Count the single-cell samples of the run in the current folder."""
    from bioloom.lincrna.inputs.config import read_run_config
    from bioloom.lincrna.output.working import read_working
    from bioloom.lincrna.workflow.cell_counts import count_samples

    settings, samples = read_run_config(config)
    working = Path().resolve()
    result = read_working(working.parent)
    with_cells = [sample for sample in samples if sample.has_cells]
    count_samples(with_cells, result, settings, working=working, out=out)


COMMANDS = (
    barcodes,
    extract,
    plate,
    take_tagged,
    deduplicate,
    count,
)
