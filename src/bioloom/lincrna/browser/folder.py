"""The folder of files for genome browsers: a track hub and sessions of IGV.

hub.txt         track hub for the UCSC Genome Browser
session.xml     session for IGV
session.json    session for igv.js
igv.html        candidates in igv.js, a page that needs no server (`report` writes it)
candidates.bb   candidates, bigBed
genes.bb        annotated genes, bigBed
genome.2bit     the genome, unless it has a name that browsers know
coverage/       coverage of the samples, bigWig, if asked for

All paths in it are relative and stay inside: it can be moved, packed and served.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.browser.bigfiles import is_bigtools_installed
from bioloom.lincrna.browser.hub import hub_text
from bioloom.lincrna.browser.models import (
    CANDIDATES,
    GENES,
    write_candidates,
    write_genes,
)
from bioloom.lincrna.browser.place import ShownGenome, genome_name, opening_locus
from bioloom.lincrna.browser.session import igv_json, igv_xml
from bioloom.lincrna.browser.tracks import Track, coverage_tracks
from bioloom.lincrna.browser.two_bit import write_two_bit
from bioloom.lincrna.settings.run import IGV_MB
from bioloom.lincrna.verdict.judged import Judged
from bioloom.run.output import write_text

FOLDER = "browser"
TWO_BIT = "genome.2bit"
HUB, IGV, IGV_JS = "hub.txt", "session.xml", "session.json"
NO_BIGTOOLS_NOTE = (
    f"{FOLDER}/ (track hub, IGV session, coverage) was left out: it needs the Python "
    "package pybigtools (`bioloom doctor lincrna` says how to install it); "
    "candidates.bed and candidates.gtf open in any genome browser."
)


@dataclass(frozen=True, slots=True)
class BrowserInputs:
    """What the files for genome browsers are made from, besides the candidates.

    Parameters
    ----------
    genome
        The file that the filters read.
    annotated
        The annotation's transcripts on that genome.
    cache
        Folder for the genome's index.
    assembly
        Name that browsers know the genome by, such as mm39; empty if by none.
    samples
        Samples whose coverage was written, in the order to show.
    igv_mb
        Most megabytes of the page of igv.js; 0 for none.
    mirna_sites
        BED of sites of miRNAs on the transcripts, for the report.
    """

    genome: Path
    annotated: Sequence[Transcript]
    cache: Path
    assembly: str = ""
    samples: tuple[str, ...] = ()
    igv_mb: float = IGV_MB
    mirna_sites: Path | None = None


def write_browser_folder(
    rows: Sequence[Judged], folder: Path, inputs: BrowserInputs
) -> tuple[str, ...]:
    """Write the track hub and the sessions, with all that they show but coverage.

    Parameters
    ----------
    rows
        Candidates.
    folder
        Where to write; coverage is in it already.
    inputs
        Genome, annotation, samples.

    Returns
    -------
    Notes on what was left out.
    """
    for name in (HUB, IGV, IGV_JS, TWO_BIT, CANDIDATES.path, GENES.path):
        (folder / name).unlink(missing_ok=True)  # of an earlier run
    if not is_bigtools_installed():
        return (NO_BIGTOOLS_NOTE,)
    with Genome(inputs.genome, cache=inputs.cache) as genome:
        tracks = [
            *_write_models(rows, folder, inputs, genome),
            *coverage_tracks(folder, inputs.samples),
        ]
        locus = opening_locus(
            [row.collected.transcript for row in rows], genome.lengths
        )
        shown = ShownGenome(inputs.assembly, locus)
        if not inputs.assembly:
            write_two_bit(genome, folder / TWO_BIT)
            shown = ShownGenome(genome_name(inputs.genome), locus, TWO_BIT)
    write_text(folder / HUB, hub_text(shown, tracks))
    write_text(folder / IGV, igv_xml(shown, tracks))
    write_text(folder / IGV_JS, igv_json(shown, tracks))
    return ()


def _write_models(
    rows: Sequence[Judged], folder: Path, inputs: BrowserInputs, genome: Genome
) -> Iterator[Track]:
    """Write the bigBeds that have a row; pybigtools writes none without."""
    if rows:
        write_candidates(folder / CANDIDATES.path, rows, genome.lengths)
        yield CANDIDATES
    if inputs.annotated:
        write_genes(folder / GENES.path, inputs.annotated, genome.lengths)
        yield GENES
