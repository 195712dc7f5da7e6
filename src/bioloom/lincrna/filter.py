"""From an assembly to judged transcripts: the main job without the reads."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from bioloom.genome.gtf import Annotation, is_gtf, read_annotation, write_as_gtf
from bioloom.genome.sequence import Genome
from bioloom.lincrna import coding
from bioloom.lincrna.annotated import training_examples
from bioloom.lincrna.coding import CodingModel
from bioloom.lincrna.collect import Collected, collect
from bioloom.lincrna.data import (
    Reference,
    check_same_chroms,
    on_genome,
    sort_reference,
)
from bioloom.lincrna.domains import DomainLibrary
from bioloom.lincrna.evidence import Gatherer, OnStep, silent
from bioloom.lincrna.loci import locus_ids
from bioloom.lincrna.outputs import RunTables, write_outputs
from bioloom.lincrna.result import FilterResult, judged
from bioloom.lincrna.samples import n_transcripts
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.training import train
from bioloom.lincrna.working import FOLDER, write_working
from bioloom.run.record import recorded_run

ReportWriter = Callable[[FilterResult, RunTables, Path], object]


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
    domains
        Profile HMMs, e.g. ``Pfam-A.hmm.gz``; None leaves the domain filter out.
    samples
        Assembly of each sample by its name, to count support.
    droplet_samples
        Names of those that are cells or nuclei.
    """

    assembly: Path
    genome: Path
    annotation: Path
    lncrna: Path | None = None
    housekeeping: Path | None = None
    domains: Path | None = None
    samples: Mapping[str, Path] = field(default_factory=dict)
    droplet_samples: frozenset[str] = frozenset()


def filter_transcripts(
    inputs: FilterInputs,
    settings: FilterSettings | None = None,
    *,
    cache: Path,
    threads: int = 1,
    rng_seed: int = 42,
    on_step: OnStep = silent,
) -> FilterResult:
    """Judge every transcript of an assembly and every known lncRNA.

    Parameters
    ----------
    inputs
        The files.
    settings
        Thresholds; defaults if None.
    cache
        Folder for the genome's index.
    threads
        Processors for the domain search; the result does not depend on it.
    rng_seed
        Of the cross-validation that sets the coding threshold.
    on_step
        Called as the work goes on.

    Raises
    ------
    BioloomError
        If an input is missing, broken or does not fit the others.
    """
    settings = settings or FilterSettings()
    with Genome(inputs.genome, cache=cache) as genome:
        reference, assembly, left_out = _read(inputs, settings, genome)
        collected = _collection(inputs, assembly, reference)
        on_step("coding model", 0, 1)
        model, note = coding_model(reference, genome, settings, rng_seed=rng_seed)
        if settings.coding_threshold is None:
            limit = model.threshold_in(settings.orf_mode)
            settings = replace(settings, coding_threshold=limit)
        library = inputs.domains and DomainLibrary(inputs.domains, settings)
        gatherer = Gatherer(reference, genome, model, library or None, settings)
        transcripts = [item.transcript for item in collected]
        evidence = gatherer.gather(transcripts, threads=threads, on_step=on_step)
    rows = judged(collected, evidence, locus_ids(collected), settings)
    notes = (*reference.warnings, *left_out, *note)
    warnings = (*notes, *_domain_warnings(library or None))
    return FilterResult(rows, settings, model, warnings)


def run_filter(
    inputs: FilterInputs,
    settings: FilterSettings,
    *,
    out: Path,
    threads: int = 1,
    force: bool = False,
    on_step: OnStep = silent,
    report: ReportWriter | None = None,
) -> FilterResult:
    """Filter an assembly and write a run folder.

    Parameters
    ----------
    inputs, settings, threads, on_step
        As for `filter_transcripts`.
    out
        Run folder.
    force
        Whether to replace a finished one.
    report
        Writes the report of a result and its tables into the folder; None writes
        none.

    Raises
    ------
    OutputExists
        If `out` holds a finished run and `force` is not set.
    BioloomError
        If an input is missing, broken or does not fit the others.
    """
    given = {name: path for name, path in asdict(inputs).items() if path}
    with recorded_run(
        out,
        command="lincrna filter",
        arguments=given | asdict(settings),
        inputs=[path for path in given.values() if isinstance(path, Path)],
        tools={},
        force=force,
        rng_seed=42,
    ):
        folder = out / FOLDER
        result = filter_transcripts(
            inputs, settings, cache=folder, threads=threads, on_step=on_step
        )
        annotation = inputs.annotation
        if not is_gtf(annotation):
            annotation = folder / "annotation.gtf"
            write_as_gtf(read_annotation(inputs.annotation), annotation)
        write_working(result, folder, genome=inputs.genome, annotation=annotation)
        tables = write_outputs(result, out)
        if report is not None:
            report(result, tables, out)
        return result


def _read(
    inputs: FilterInputs, settings: FilterSettings, genome: Genome
) -> tuple[Reference, Annotation, tuple[str, ...]]:
    """Reference and assembly as far as they lie on the genome, and what does not."""
    annotation, lost = on_genome(read_annotation(inputs.annotation), genome)
    assembly, lost_too = on_genome(read_annotation(inputs.assembly), genome)
    check_same_chroms(annotation, assembly)
    warnings = [*lost, *lost_too]
    reference = sort_reference(annotation, settings)
    if inputs.lncrna is not None:
        extra, lost = on_genome(read_annotation(inputs.lncrna), genome)
        known = (*reference.lncrna, *extra.transcripts)
        reference, warnings = replace(reference, lncrna=known), [*warnings, *lost]
    if inputs.housekeeping is not None:
        extra, lost = on_genome(read_annotation(inputs.housekeeping), genome)
        rnas = (*reference.housekeeping, *extra.transcripts)
        reference, warnings = replace(reference, housekeeping=rnas), [*warnings, *lost]
    return reference, assembly, tuple(warnings)


def _collection(
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


def coding_model(
    reference: Reference,
    genome: Genome,
    settings: FilterSettings,
    *,
    rng_seed: int,
) -> tuple[CodingModel, tuple[str, ...]]:
    """The coding model that the settings ask for, and what the user should know of it.

    "auto" trains on the annotation if it holds `min_training_genes` genes of either
    kind, else takes the packaged model.
    """
    if settings.coding_model == "packaged":
        return coding.load_model(), ()
    if settings.coding_model != "auto":
        return coding.load_model(Path(settings.coding_model)), ()
    examples = training_examples(reference, genome)
    n_genes = [
        len({example.group for example in examples if example.is_coding is kind})
        for kind in (True, False)
    ]
    if min(n_genes) >= settings.min_training_genes:
        path = reference.annotation.path.name
        return train(examples, name=f"genes of {path}", rng_seed=rng_seed), ()
    return coding.load_model(), (
        f"The annotation holds {n_genes[0]} coding and {n_genes[1]} lncRNA genes to "
        f"train a coding-potential model on, fewer than {settings.min_training_genes}: "
        "the packaged model (human, mouse, Arabidopsis, C. elegans) is used.",
    )


def _domain_warnings(library: DomainLibrary | None) -> tuple[str, ...]:
    if library is None:
        return (
            "No domain models were given: the domain filter was not applied. "
            "Give Pfam-A.hmm.gz as `domains` to apply it.",
        )
    if library.n_by_evalue:
        return (
            f"{library.n_by_evalue} of {library.n_models} domain models have no usable "
            "gathering threshold: for them the E-value decides.",
        )
    return ()
