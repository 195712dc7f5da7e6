"""What is understood of an annotation, without judging anything."""

from dataclasses import replace
from pathlib import Path

from bioloom.genome.gtf import read_annotation
from bioloom.genome.matching import on_genome
from bioloom.genome.sequence import Genome
from bioloom.lincrna.inputs.reference import sort_reference
from bioloom.lincrna.inputs.understood import understand
from bioloom.lincrna.output.inspection import Inspection
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.learned import learn, placed_lncrnas


def inspect_annotation(
    annotation: Path,
    settings: FilterSettings,
    *,
    genome: Genome | None = None,
    assembly: Path | None = None,
    strict: bool = False,
) -> Inspection:
    """Show what is understood of an annotation, without judging anything.

    Parameters
    ----------
    annotation
        GTF, GFF3 or BED.
    settings
        Further words and organelles.
    genome
        To compare contigs with and to learn thresholds on; None leaves both out.
    assembly
        To compare contigs with.
    strict
        Whether a row that cannot be read is an error.

    Raises
    ------
    BioloomError
        If a file is missing or broken.
    """
    whole = read_annotation(annotation, strict=strict)
    contigs = None if genome is None else [*genome.lengths]
    reference = sort_reference(whole, settings, contigs=contigs or ())
    models = assembly and read_annotation(assembly, strict=strict, matches=True)
    understood = understand(
        reference, settings, genome_contigs=contigs, assembly=models or None
    )
    if genome is None:
        return Inspection(understood)
    placed, lost = on_genome(whole, genome)
    warnings = (*understood.warnings, *lost)
    if placed is not whole:
        reference = sort_reference(placed, settings, contigs=contigs or ())
    learning = learn(placed_lncrnas(reference), reference, genome, settings)
    return Inspection(replace(understood, warnings=warnings), learning)
