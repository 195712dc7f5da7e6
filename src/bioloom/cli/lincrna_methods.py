"""`bioloom lincrna methods`: what a run did, ready for a paper."""

from pathlib import Path

import click

from bioloom.cli.help import Command
from bioloom.cli.result import json_option, tell
from bioloom.run.output import write_text

PATH = click.Path(path_type=Path)


@click.command(cls=Command)
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.option("--bibtex", type=PATH, help="File for the references as BibTeX.")
@click.option("--ris", type=PATH, help="File for the references as RIS.")
@json_option
def methods(run: Path, bibtex: Path | None, ris: Path | None) -> None:
    """Describe what a run did, as a paragraph for a paper, with what to cite.

    RUN is the folder of a finished `lincrna run` or `lincrna filter`. Versions,
    thresholds and criteria are those of its record. Cite the annotation, the genome and
    the databases that were given yourself.

    \b
    Examples:
      bioloom lincrna methods lincrna_run
      bioloom lincrna methods lincrna_run --bibtex refs.bib --ris refs.ris
    """
    from bioloom.lincrna.output.methods import methods_of

    found = methods_of(run)
    for path, text in ((bibtex, found.bibtex), (ris, found.ris)):
        if path:
            write_text(path, text())
    references = [one.text() for one in found.references]
    tell(str(found), paragraph=found.text, references=references)
