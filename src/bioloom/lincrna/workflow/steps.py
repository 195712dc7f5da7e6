"""The steps of the workflow, one function per rule.

Each is a `bioloom lincrna step` command, so that a rule can also be run by hand.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from bioloom.errors import MissingFile
from bioloom.genome.gtf import Annotation, read_annotation, write_as_gtf, write_gtf
from bioloom.genome.intervals import exonic_overlap_nt, overlapping_pairs
from bioloom.genome.matching import on_genome
from bioloom.genome.sequence import Genome, unpacked_genome
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.coding.potential import load_model, save_model
from bioloom.lincrna.errors import NoReads, NothingAssembled
from bioloom.lincrna.filtering import (
    Measured,
    SplicedSequences,
    case_of,
    filter_transcripts,
)
from bioloom.lincrna.inputs.collect import same_strand
from bioloom.lincrna.inputs.files import FilterInputs, read_collection
from bioloom.lincrna.inputs.known_models import known_models, write_known_models
from bioloom.lincrna.inputs.reference import sort_reference
from bioloom.lincrna.inputs.sample_sheet import Sample, StatedStrandness
from bioloom.lincrna.inputs.samples import tidy_assembly
from bioloom.lincrna.inputs.strandness import (
    HISAT2_OPTIONS,
    STRINGTIE_OPTIONS,
    ExonStrands,
    StrandCheck,
    check_strandness,
    count_strands,
)
from bioloom.lincrna.models import measurer_of, read_libraries
from bioloom.lincrna.output.working import write_union, write_working
from bioloom.lincrna.settings import FilterSettings, RunConfig
from bioloom.lincrna.verdict.domain_search import DomainSearch
from bioloom.lincrna.verdict.domains import DomainLibrary
from bioloom.lincrna.verdict.rfam import RfamLibrary
from bioloom.lincrna.verdict.searches import (
    Case,
    Searches,
    read_domain_hits,
    read_rfam_matches,
    write_hits,
)
from bioloom.lincrna.verdict.sequences import (
    Measurer,
    read_evidence,
    read_spliced,
    write_evidence,
    write_spliced,
)
from bioloom.run.output import open_aside, write_text
from bioloom.run.progress import OnStep
from bioloom.seq.fasta import ReadStats, check_fastq
from bioloom.seq.genetic_code import genetic_code

LABELS = ("MSTRG.", "CELLS.")
"""How the workflow has StringTie name merged transcripts that are not annotated."""


def prepare_reference(config: RunConfig, out: Path) -> None:
    """Check that genome and annotation fit together, and unpack them.

    Writes ``genome.fa``, ``annotation.gtf`` (a GTF's rows as they are, a GFF3 as GTF)
    and ``splice_sites.tsv`` in HISAT2's form.

    Raises
    ------
    BioloomError
        If either is broken, or they do not fit.
    """
    annotation = read_annotation(config.annotation)
    plain = unpacked_genome(config.genome, out / "unpacked")
    with Genome(plain, cache=out) as genome:
        annotation, _ = on_genome(annotation, genome)
    sort_reference(annotation, config.filters)
    link = out / "genome.fa"
    link.unlink(missing_ok=True)
    link.symlink_to(plain.resolve())
    write_as_gtf(annotation, out / "annotation.gtf")
    _write_splice_sites(annotation, out / "splice_sites.tsv")


def _write_splice_sites(annotation: Annotation, path: Path) -> None:
    """Introns in HISAT2's form: the bases next to them, 0-based."""
    sites = {
        (tx.chrom, start - 1, end, tx.strand)
        for tx in annotation.transcripts
        for start, end in tx.introns
    }
    with open_aside(path) as target:
        for site in sorted(sites):
            target.write("\t".join(map(str, site)) + "\n")


def check_reads(sample: str, paths: Sequence[Path], *, stage: str) -> ReadStats:
    """Read a sample's FASTQ files to the end.

    Raises
    ------
    BadFastq
        If one is truncated or broken.
    NoReads
        If they hold no reads.
    """
    stats = check_fastq(paths)
    if stats.n_reads == 0:
        words = "in the file" if stage == "raw" else "after trimming"
        raise NoReads(sample, path=paths[0], stage=words)
    return stats


def infer_strandness(
    sample: str,
    sam_lines: Iterable[str],
    *,
    stated: StatedStrandness,
    is_paired: bool,
    annotation: Path,
    out: Path,
) -> StrandCheck:
    """Check a sample's strandness; write it and the tools' options for it.

    Raises
    ------
    StrandnessMismatch
        If the stated strandness contradicts the reads.
    """
    exons = ExonStrands(read_annotation(annotation).transcripts)
    n_sense, n_antisense = count_strands(sam_lines, exons)
    check = check_strandness(sample, stated, n_sense=n_sense, n_antisense=n_antisense)
    used = check.strandness
    write_text(out / f"{sample}.hisat2.txt", HISAT2_OPTIONS[used, is_paired] + "\n")
    write_text(out / f"{sample}.stringtie.txt", STRINGTIE_OPTIONS[used] + "\n")
    write_json(out / f"{sample}.json", asdict(check))
    return check


def tidy_assemblies(paths: Sequence[Path], out: Path) -> list[Path]:
    """Sort each sample's assembly and list those that hold a transcript.

    Raises
    ------
    NothingAssembled
        If none does.
    """
    assemblies = []
    for path in paths:
        lines = tidy_assembly(path)
        if lines:
            assemblies.append(out / path.name)
            write_text(assemblies[-1], "".join(lines))
    if not assemblies:
        raise NothingAssembled(len(paths))
    write_text(out / "assemblies.txt", "".join(f"{path}\n" for path in assemblies))
    return assemblies


def prefer_first(paths: Sequence[Path], out: Path) -> None:
    """Join merged assemblies; models of an earlier assembly take precedence.

    Two models are in one place if their exons overlap on one strand. Rows that copy
    an annotated transcript are in every assembly and are taken once.
    """
    models: dict[str, Transcript] = {}
    for path in paths:
        fresh = [
            tx
            for tx in read_annotation(path).transcripts
            if tx.transcript_id not in models
        ]
        novel = [tx for tx in models.values() if tx.transcript_id.startswith(LABELS)]
        taken = {
            left
            for left, right in overlapping_pairs(fresh, novel).tolist()
            if same_strand(fresh[left], novel[right])
            and exonic_overlap_nt(fresh[left].exons, novel[right].exons)
        }
        for number, tx in enumerate(fresh):
            if number not in taken:
                models[tx.transcript_id] = tx
    write_gtf(out, models.values())


def collect_run(
    config: RunConfig,
    working: Path,
    *,
    samples: Sequence[Sample],
    blocks: Sequence[Path],
) -> None:
    """Collect the transcripts; write their sequences into `blocks` and the model.

    The annotation with all of them is what expression is measured on; ``known.jsonl``
    lists the known ones and their genes.
    """
    inputs = _filter_inputs(config, working, samples)
    with Genome(inputs.genome, cache=working / "reference") as genome:
        collection = read_collection(inputs, config.filters, genome)
        libraries = read_libraries(inputs, config.filters)
        measurer, warnings = measurer_of(
            collection, genome, config.filters, rng_seed=config.rng_seed
        )
        rows = SplicedSequences(collection.transcripts, genome)
        write_spliced(rows, blocks, n=len(rows))
    write_union(
        collection.transcripts,
        working / "measured/union.gtf",
        working / "reference/annotation.gtf",
    )
    write_known_models(known_models(collection), working / "measured/known.jsonl")
    save_model(measurer.model, working / "measured/model.json")
    write_json(working / "measured/warnings.json", [*warnings, *libraries.warnings])


def measure_block(
    config: RunConfig,
    working: Path,
    block: Path,
    *,
    out: Path,
    threads: int,
    on_step: OnStep,
) -> None:
    """Measure the sequences of one block."""
    model = load_model(working / "measured/model.json")
    measurer = Measurer(model, genetic_code(config.filters.genetic_code))
    rows = read_spliced(block)
    evidence = measurer.measure(rows, n=len(rows), threads=threads, on_step=on_step)
    write_evidence(evidence, out)


def choose_for_domains(
    config: RunConfig,
    working: Path,
    *,
    samples: Sequence[Sample],
    blocks: Sequence[Path],
) -> None:
    """Write the sequences of the transcripts to search for domains into `blocks`.

    The cost of the search is logged.
    """
    with _case(config, working, samples) as (case, genome):
        targets = SplicedSequences(case.domain_targets(), genome)
        write_spliced(targets, blocks, n=len(targets))
        _domain_search(config, case.settings).tell_cost(targets)


def search_domains(
    config: RunConfig, block: Path, *, out: Path, threads: int, on_step: OnStep
) -> None:
    """Search the transcripts of one block for domains."""
    search = _domain_search(config, config.filters)
    hits = search.search(read_spliced(block), threads=threads, on_step=on_step)
    write_hits(hits, out)


def _domain_search(config: RunConfig, settings: FilterSettings) -> DomainSearch:
    if config.domains is None:
        raise MissingFile(Path("domains"), role="profile HMMs such as Pfam-A.hmm.gz")
    return DomainSearch(DomainLibrary(config.domains, settings), settings)


def choose_for_rfam(
    config: RunConfig,
    working: Path,
    *,
    samples: Sequence[Sample],
    blocks: Sequence[Path],
) -> None:
    """Write the sequences of the transcripts to search with Rfam into `blocks`."""
    with _case(config, working, samples) as (case, genome):
        targets = case.rfam_targets(_domains_found(config, working))
        rows = SplicedSequences(targets, genome)
        write_spliced(rows, blocks, n=len(rows))


@contextmanager
def _case(
    config: RunConfig, working: Path, samples: Sequence[Sample]
) -> Iterator[tuple[Case, Genome]]:
    """The run's transcripts before any search, and the open genome they lie on."""
    inputs = _filter_inputs(config, working, samples)
    with Genome(inputs.genome, cache=working / "reference") as genome:
        measured = _measured(config, working)
        yield case_of(inputs, config.filters, genome, measured), genome


def search_rfam(
    config: RunConfig, block: Path, *, out: Path, threads: int, on_step: OnStep
) -> None:
    """Search the transcripts of one block with Rfam."""
    if config.rfam is None:
        raise MissingFile(Path("rfam"), role="covariance models such as Rfam.cm.gz")
    library = RfamLibrary(config.rfam)
    matches = library.search(read_spliced(block), threads=threads, on_step=on_step)
    write_hits(matches, out)


def filter_run(config: RunConfig, working: Path, *, samples: Sequence[Sample]) -> None:
    """Judge the merged assembly of a run and write the working folder.

    Parameters
    ----------
    config, working, samples
        The run, with what the steps before wrote of each block.
    """
    inputs = _filter_inputs(config, working, samples)
    searches = _domains_found(config, working)
    if config.rfam is not None:
        matches = read_rfam_matches(block_paths(config, working / "rfam"))
        searches = replace(searches, rfam=matches)
    result = filter_transcripts(
        inputs,
        config.filters,
        cache=working / "reference",
        measured=_measured(config, working),
        searches=searches,
    )
    write_working(
        result,
        working / "filtered",
        genome=inputs.genome,
        annotation=working / "reference/annotation.gtf",
    )


def _domains_found(config: RunConfig, working: Path) -> Searches:
    """What `search_domains` wrote."""
    if config.domains is None:
        return Searches()
    return Searches(read_domain_hits(block_paths(config, working / "domains")))


def block_paths(config: RunConfig, folder: Path) -> list[Path]:
    """What was written of each block, in order."""
    return [folder / f"block_{number}.jsonl" for number in range(1, config.blocks + 1)]


def _measured(config: RunConfig, working: Path) -> Measured:
    """What `measure_block` wrote."""
    folder = working / "measured"
    return Measured(
        [row for path in block_paths(config, folder) for row in read_evidence(path)],
        load_model(folder / "model.json"),
        tuple(json.loads((folder / "warnings.json").read_text("utf-8"))),
    )


def _filter_inputs(
    config: RunConfig, working: Path, samples: Sequence[Sample]
) -> FilterInputs:
    return FilterInputs(
        assembly=working / "merged/merged.gtf",
        genome=working / "reference/genome.fa",
        annotation=config.annotation,  # as given: a GTF of it would lose region rows
        lncrna=config.lncrna,
        housekeeping=config.housekeeping,
        repeats=config.repeats,
        domains=config.domains,
        rfam=config.rfam,
        votes=config.votes,
        named_sets=config.named_sets,
        names=config.names,
        strict=config.strict,
        window_nt=config.partners.window_nt,
        samples={
            sample.name: working / f"assembled/{sample.name}.gtf" for sample in samples
        },
        quantified={
            sample.name: working / f"quantified/{sample.name}.gtf" for sample in samples
        },
        junctions={
            sample.name: working / f"quantified/{sample.name}/i_data.ctab"
            for sample in samples
        },
        droplet_samples=frozenset(
            sample.name for sample in samples if sample.is_droplets
        ),
    )


def write_json(path: Path, entries: object) -> None:
    """Write entries as indented JSON."""
    write_text(path, json.dumps(entries, indent=2) + "\n")
