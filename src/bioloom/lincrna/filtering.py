"""From an assembly to judged transcripts: the main job without the reads."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

from bioloom.genome.gtf import read_annotation, write_as_gtf
from bioloom.genome.matching import on_genome
from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.browser.folder import BrowserInputs
from bioloom.lincrna.coding.potential import CodingModel
from bioloom.lincrna.inputs.files import (
    Collection,
    FilterInputs,
    read_collection,
    read_expression_of,
    read_named_sets,
)
from bioloom.lincrna.inputs.full_length import read_full_length
from bioloom.lincrna.inputs.known_models import gene_ids_by_chrom
from bioloom.lincrna.inputs.reference import Reference
from bioloom.lincrna.inputs.votes import read_ballot, votes_on
from bioloom.lincrna.loci.loci import locus_ids
from bioloom.lincrna.loci.names import read_names
from bioloom.lincrna.models import (
    Libraries,
    measurer_of,
    read_libraries,
    thresholds_in_force,
)
from bioloom.lincrna.output.outputs import RunTables, write_outputs
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.output.sequences import FOLDER, GenomeSequences, RunSequences
from bioloom.lincrna.output.working import write_working
from bioloom.lincrna.partners.classes import PlacedPartners, place_partners
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.domain_search import DomainSearch
from bioloom.lincrna.verdict.evidence import Surroundings, gather, surroundings
from bioloom.lincrna.verdict.homology_tools import chosen_tool
from bioloom.lincrna.verdict.judged import Judged
from bioloom.lincrna.verdict.learned import Learning, PlacedLncrna, learn
from bioloom.lincrna.verdict.naming import with_names
from bioloom.lincrna.verdict.searches import Case, Searches
from bioloom.lincrna.verdict.sequences import SequenceEvidence, Spliced
from bioloom.lincrna.verdict.warnings import (
    expression_warning,
    masked_warning,
    uncounted_warning,
    unlearned_warning,
)
from bioloom.run.collector import uncollected
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import recorded_run
from bioloom.run.settings import RNG_SEED

ReportWriter = Callable[[FilterResult, RunTables, Path], object]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on the sequences of a collection.

    Parameters
    ----------
    rows
        Evidence on each transcript, in order.
    model
        Coding model that scored them.
    warnings
        What weakens the model or the domain search, in sentences.
    """

    rows: list[SequenceEvidence]
    model: CodingModel
    warnings: tuple[str, ...]


def filter_transcripts(
    inputs: FilterInputs,
    settings: FilterSettings | None = None,
    *,
    cache: Path,
    threads: int = 1,
    rng_seed: int = RNG_SEED,
    on_step: OnStep = silent,
    measured: Measured | None = None,
    searches: Searches | None = None,
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
        Processors that measure the sequences; the result does not depend on it.
    rng_seed
        Random seed of the cross-validation that sets the coding threshold.
    on_step
        Called with the progress of the work.
    measured
        Measurements of the sequences, if they were made before; None makes them.
    searches
        What the searches found, if they were made before; None makes them.

    Raises
    ------
    BioloomError
        If an input is missing, broken or does not fit the others.
    """
    settings = settings or FilterSettings()
    with uncollected(), Genome(inputs.genome, cache=cache) as genome:
        collection = read_collection(inputs, settings, genome)
        libraries = (
            Libraries() if searches is not None else read_libraries(inputs, settings)
        )
        # a thread looks at the places while other processes measure the sequences
        with ThreadPoolExecutor(1) as executor:
            place_job = executor.submit(_placed, collection, genome, settings)
            if measured is None:
                chosen = measurer_of(collection, genome, settings, rng_seed=rng_seed)
                rows = chosen.measurer.measure(
                    SplicedSequences(collection.transcripts, genome),
                    n=len(collection.collected),
                    threads=threads,
                    on_step=on_step,
                )
                warnings = (*chosen.warnings, *libraries.warnings)
                measured = Measured(rows, chosen.measurer.model, warnings)
            placed = place_job.result()
        evidenced = _joined(inputs, settings, placed, measured)
        if searches is None:
            searches = _searched(
                evidenced.case, libraries, genome, threads=threads, on_step=on_step
            )
        sets = read_named_sets(inputs, genome)
        named = with_names(
            evidenced.case.judged(searches),
            previous=read_names(inputs.names) if inputs.names else (),
            sets=sets.transcripts,
        )
        return FilterResult(
            rows=named.rows,
            settings=evidenced.case.settings,
            model=measured.model,
            warnings=(*evidenced.warnings, *sets.warnings),
            sequences=GenomeSequences(inputs.genome, cache),
            notes=(
                *searches.notes(len(collection.collected)),
                *placed.learning.advice(settings),
                *named.notes,
            ),
            names=named.names,
            understood=collection.understood,
            learning=placed.learning,
            annotated=tuple(collection.reference.annotation.transcripts),
            partners=_partners(named.rows, collection.reference, inputs.window_nt),
        )


def _partners(
    rows: Sequence[Judged], reference: Reference, window_nt: int
) -> PlacedPartners:
    """The coding genes around each candidate."""
    annotated = reference.annotation.transcripts
    names = {
        tx.transcript_id: gene
        for tx, gene in zip(annotated, gene_ids_by_chrom(annotated), strict=True)
    }
    return place_partners(
        [row.collected.transcript for row in rows if row.verdict == "candidate"],
        reference.coding,
        [names[tx.transcript_id] for tx in reference.coding],
        window_nt=window_nt,
    )


@dataclass(frozen=True, slots=True)
class _Placed:
    """A collection, and what lies around each of its transcripts."""

    collection: Collection
    around: list[Surroundings]
    locus_ids: list[str]
    learning: Learning


def _placed(
    collection: Collection, genome: Genome, settings: FilterSettings
) -> _Placed:
    reference = collection.reference
    around = surroundings(collection.collected, reference, genome, settings)
    known = set(reference.lncrna)
    lncrnas = [
        PlacedLncrna(item.transcript, place.class_code.code, place.gap_nt)
        for item, place in zip(collection.collected, around, strict=True)
        if item.origin == "known" and item.transcript in known
    ]
    learning = learn(lncrnas, reference, genome, settings)
    return _Placed(collection, around, locus_ids(collection.collected), learning)


class _Evidenced(NamedTuple):
    """Transcripts to be judged, and what weakens the evidence on them."""

    case: Case
    warnings: tuple[str, ...]


def _joined(
    inputs: FilterInputs,
    settings: FilterSettings,
    placed: _Placed,
    measured: Measured,
) -> _Evidenced:
    """Join the evidence of places, sequences and other programs."""
    asked, settings = settings, placed.learning.applied(settings)
    settings = thresholds_in_force(settings, measured.model)
    transcripts = placed.collection.transcripts
    ballots = [read_ballot(path, settings) for path in inputs.votes]
    cast = votes_on([tx.transcript_id for tx in transcripts], ballots)
    expression, long_reads = read_expression_of(inputs), inputs.full_length
    evidence = gather(
        transcripts,
        placed.around,
        measured.rows,
        cast.votes,
        expression=expression,
        full_length=read_full_length(long_reads.values()),
    )
    case = Case(placed.collection.collected, evidence, placed.locus_ids, settings)
    warnings = (
        *placed.collection.warnings,
        *measured.warnings,
        *cast.warnings,
        *unlearned_warning(asked, placed.learning),
        *masked_warning(evidence, settings),
        *expression_warning(transcripts, expression),
        *uncounted_warning(
            {name: read_full_length([path]) for name, path in long_reads.items()},
            expression,
        ),
    )
    return _Evidenced(case, warnings)


def case_of(
    inputs: FilterInputs, settings: FilterSettings, genome: Genome, measured: Measured
) -> Case:
    """Transcripts with all evidence that needs no search.

    Raises
    ------
    BioloomError
        If an input is missing, broken or does not fit the others.
    """
    with uncollected():
        collection = read_collection(inputs, settings, genome)
        placed = _placed(collection, genome, settings)
        return _joined(inputs, settings, placed, measured).case


def _searched(
    case: Case,
    libraries: Libraries,
    genome: Genome,
    *,
    threads: int,
    on_step: OnStep,
) -> Searches:
    """Search the transcripts whose verdict the libraries can change."""
    searches = Searches()
    if libraries.domains is not None:
        search = DomainSearch(libraries.domains, case.settings)
        targets = SplicedSequences(case.domain_targets(), genome)
        hits = search.search(targets, threads=threads, on_step=on_step)
        searches = replace(searches, domains=hits)
    if libraries.proteins is not None:
        targets = SplicedSequences(case.homology_targets(searches), genome)
        similar = libraries.proteins.search(targets, threads=threads, on_step=on_step)
        searches = replace(
            searches, homology=similar, proteins=libraries.proteins.title
        )
    if libraries.rfam is not None:
        targets = SplicedSequences(case.rfam_targets(searches), genome)
        matches = libraries.rfam.search(targets, threads=threads, on_step=on_step)
        searches = replace(searches, rfam=matches)
    return searches


@dataclass(frozen=True, slots=True)
class SplicedSequences:
    """Spliced sequences of transcripts, in order, read from the genome when needed."""

    transcripts: Sequence[Transcript]
    genome: Genome

    def __len__(self) -> int:
        return len(self.transcripts)

    def __iter__(self) -> Iterator[Spliced]:
        for tx in self.transcripts:
            yield Spliced(tx.transcript_id, tx.strand, self.genome.spliced(tx))


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
        Writes the report of a result and its tables into the folder; None for no
        report.

    Raises
    ------
    OutputExists
        If `out` holds a finished run and `force` is not set.
    BioloomError
        If an input is missing, broken or does not fit the others.
    """
    files = {name: path for name, path in asdict(inputs).items() if path}
    with recorded_run(
        out,
        command="lincrna filter",
        arguments=files | asdict(settings),
        inputs=[
            *(path for path in files.values() if isinstance(path, Path)),
            *inputs.votes,
            *inputs.expression,
            *inputs.named_sets,
        ],
        tools=search_tools(inputs.proteins, settings),
        force=force,
        rng_seed=RNG_SEED,
    ):
        folder = out / FOLDER
        result = filter_transcripts(
            inputs, settings, cache=folder, threads=threads, on_step=on_step
        )
        annotation = inputs.annotation
        if not (result.understood and result.understood.is_standard_gtf):
            annotation = folder / "annotation.gtf"
            _write_annotation(inputs, annotation, cache=folder)
        write_working(result, folder, genome=inputs.genome, annotation=annotation)
        result = replace(result, sequences=RunSequences(out))
        browser = BrowserInputs(
            inputs.genome,
            result.annotated,
            cache=folder,
            assembly=inputs.genome_name,
        )
        tables = write_outputs(result, out, browser=browser)
        if report is not None:
            report(result, tables, out)
        return result


def search_tools(proteins: Path | None, settings: FilterSettings) -> dict[str, str]:
    """Version of the program that compares with proteins, where they are given.

    Raises
    ------
    ToolMissing
        If the one that is asked for is not installed.
    """
    if proteins is None:
        return {}
    tool = chosen_tool(settings.homology_tool)
    return {tool.name: tool.version}


def _write_annotation(inputs: FilterInputs, path: Path, *, cache: Path) -> None:
    """Write what was understood of the annotation as GTF that any program reads."""
    with Genome(inputs.genome, cache=cache) as genome:
        placed = on_genome(read_annotation(inputs.annotation), genome).annotation
    write_as_gtf(placed, path)
