"""The files that the filters read, and the transcripts in them to be judged."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from bioloom.errors import BadAnnotation
from bioloom.genome.annotation import Region
from bioloom.genome.gtf import Annotation, read_annotation
from bioloom.genome.matching import check_same_chroms, on_genome, repeats_on_genome
from bioloom.genome.repeats import read_repeats
from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.inputs.collect import Collected, collect
from bioloom.lincrna.inputs.expression import (
    Expression,
    measured_expression,
    read_expression,
)
from bioloom.lincrna.inputs.reference import Reference, sort_reference
from bioloom.lincrna.inputs.samples import n_transcripts
from bioloom.lincrna.inputs.understood import Understood, understand
from bioloom.lincrna.settings import FilterSettings, PartnerSettings
from bioloom.run.packing import PACKED_SUFFIX

_PACKED = re.compile(PACKED_SUFFIX, re.IGNORECASE)
_FORMAT = re.compile(r"\.(gtf|gff3?|bed)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterInputs:
    """Files that the filters read.

    Parameters
    ----------
    assembly
        Assembled transcripts (GTF, GFF3 or BED12).
    genome
        FASTA, plain or gzip.
    annotation
        Reference annotation with protein-coding genes.
    lncrna
        Further known lncRNAs.
    housekeeping
        Further housekeeping RNAs (GTF or BED).
    repeats
        Repeats of the genome (RepeatMasker's ``.out``, BED, GTF or GFF3).
    domains
        Profile HMMs, e.g. ``Pfam-A.hmm.gz``; None leaves the domain filter out.
    proteins
        Proteins (FASTA) to compare the transcripts with; None compares with none.
    rfam
        Covariance models, e.g. ``Rfam.cm.gz``; None searches for none.
    votes
        What other programs (CPC2, CPAT, FEELnc, RNAsamba) wrote on coding potential.
    expression
        The user's own measurements: tables of TPM, or GTF of ``stringtie -e``.
    named_sets
        Named transcripts, e.g. of GENCODE or LNCipedia, to look the candidates up in;
        each set goes by its file's name.
    names
        ``tables/names.tsv`` of an earlier run, whose loci keep their names.
    genome_name
        Name that genome browsers know the genome by, such as mm39; empty if unknown.
    samples
        Assembly of each sample by its name, to count support.
    quantified, junctions
        What ``stringtie -e -b`` wrote on each sample: its GTF and its table of
        introns.
    droplet_samples
        Names of those that are cells or nuclei.
    full_length
        Counts of full-length reads, by the name of each sample of long reads.
    strict
        Whether a row that cannot be read is an error; otherwise it is left out and
        counted.
    window_nt
        Coding genes of the annotation up to this far from a candidate are its cis
        partners.
    """

    assembly: Path
    genome: Path
    annotation: Path
    lncrna: Path | None = None
    housekeeping: Path | None = None
    repeats: Path | None = None
    domains: Path | None = None
    proteins: Path | None = None
    rfam: Path | None = None
    votes: tuple[Path, ...] = ()
    expression: tuple[Path, ...] = ()
    named_sets: tuple[Path, ...] = ()
    names: Path | None = None
    genome_name: str = ""
    samples: Mapping[str, Path] = field(default_factory=dict)
    quantified: Mapping[str, Path] = field(default_factory=dict)
    junctions: Mapping[str, Path] = field(default_factory=dict)
    droplet_samples: frozenset[str] = frozenset()
    full_length: Mapping[str, Path] = field(default_factory=dict)
    strict: bool = False
    window_nt: int = PartnerSettings.window_nt


@dataclass(frozen=True, slots=True)
class Collection:
    """Transcripts to be judged, and the annotation to judge them against.

    `warnings` say what could not be used; `understood` is what was understood of the
    annotation.
    """

    reference: Reference
    collected: tuple[Collected, ...]
    warnings: tuple[str, ...]
    understood: Understood

    @property
    def transcripts(self) -> tuple[Transcript, ...]:
        """The transcripts, without where they come from."""
        return tuple(item.transcript for item in self.collected)


def read_expression_of(inputs: FilterInputs) -> Expression | None:
    """Expression as the run measured it, or the user; None where it was not.

    Raises
    ------
    MissingFile, BadTable
        If a file of the user is missing or broken.
    """
    if inputs.quantified:
        return measured_expression(
            inputs.quantified, inputs.junctions, droplets=inputs.droplet_samples
        )
    return read_expression(inputs.expression) if inputs.expression else None


@dataclass(frozen=True, slots=True)
class NamedSets:
    """Transcripts of each named set on the genome, and what could not be used."""

    transcripts: Mapping[str, Sequence[Transcript]]
    warnings: tuple[str, ...]


def read_named_sets(inputs: FilterInputs, genome: Genome) -> NamedSets:
    """Read the named sets.

    Raises
    ------
    BioloomError
        If one is missing, broken, not on this genome, or two have one name.
    """
    sets: dict[str, Sequence[Transcript]] = {}
    warnings: list[str] = []
    for path in inputs.named_sets:
        name = _FORMAT.sub("", _PACKED.sub("", path.name))
        if name in sets:
            raise BadAnnotation(
                where=path,
                found=f"a second set called {name}",
                expected="sets with distinct file names",
                advice="Rename one of the files.",
            )
        sets[name], problems = _further(
            path, genome=genome, regions={}, strict=inputs.strict
        )
        warnings += problems
    return NamedSets(sets, tuple(warnings))


def read_collection(
    inputs: FilterInputs, settings: FilterSettings, genome: Genome
) -> Collection:
    """Read the transcripts of reference and assemblies that lie on the genome.

    Raises
    ------
    BioloomError
        If an input is missing, broken or does not fit the others.
    """
    whole_annotation = read_annotation(inputs.annotation, strict=inputs.strict)
    whole_assembly = read_annotation(
        inputs.assembly, strict=inputs.strict, matches=True
    )
    annotation, lost = on_genome(whole_annotation, genome)
    regions = whole_annotation.regions
    assembly, lost_too = on_genome(whole_assembly, genome, regions=regions)
    check_same_chroms(annotation, assembly)
    warnings = [*whole_annotation.warnings, *lost, *whole_assembly.warnings, *lost_too]
    contigs = [*genome.lengths]
    reference = sort_reference(annotation, settings, contigs=contigs)
    understood = understand(
        reference
        if annotation is whole_annotation
        else sort_reference(whole_annotation, settings, contigs=contigs),
        settings,
        genome_contigs=contigs,
        assembly=whole_assembly,
    )
    understood = replace(understood, is_standard_gtf=annotation.is_standard_gtf)
    further = partial(_further, genome=genome, regions=regions, strict=inputs.strict)
    if inputs.lncrna is not None:
        lncrnas, problems = further(inputs.lncrna)
        reference = reference.with_lncrna(lncrnas)
        warnings += problems
    if inputs.housekeeping is not None:
        rnas, problems = further(inputs.housekeeping)
        reference = reference.with_housekeeping(rnas)
        warnings += problems
    if inputs.repeats is not None:
        repeats = read_repeats(inputs.repeats, strict=inputs.strict)
        warnings += (*repeats.warnings, *repeats_on_genome(repeats, genome))
        reference = replace(reference, repeats=repeats)
    collected = _collected(inputs, assembly, reference)
    return Collection(
        reference, collected, (*reference.warnings, *warnings), understood
    )


def _further(
    path: Path, *, genome: Genome, regions: Mapping[str, Region], strict: bool
) -> tuple[Sequence[Transcript], tuple[str, ...]]:
    """A further file's transcripts on the genome, and what could not be used."""
    whole = read_annotation(path, strict=strict)
    placed, lost = on_genome(whole, genome, regions=regions)
    return placed.transcripts, (*whole.warnings, *lost)


def _collected(
    inputs: FilterInputs, assembly: Annotation, reference: Reference
) -> tuple[Collected, ...]:
    samples = {
        name: read_annotation(path).transcripts if n_transcripts(path) else ()
        for name, path in inputs.samples.items()
    }
    return collect(
        assembly.transcripts,
        lncrna=reference.lncrna,
        annotated=reference.annotation.transcripts,
        samples=samples or None,
        droplet_samples=inputs.droplet_samples,
    )
