"""From a seed to a folder with genome, annotation, domains, reads and truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bioloom.errors import BadInput
from bioloom.lincrna.simulate.annotation import write_annotation, write_models
from bioloom.lincrna.simulate.cells import (
    DropletPlan,
    simulate_droplets,
    write_cells_truth,
)
from bioloom.lincrna.simulate.conditions import (
    LEAST_FOLD,
    TREATED,
    fold_changes,
    scattered,
    shifted,
    write_fold_changes,
)
from bioloom.lincrna.simulate.domains import invent_families, write_hmms
from bioloom.lincrna.simulate.draw import Draw
from bioloom.lincrna.simulate.genome import Genome, lay_genome
from bioloom.lincrna.simulate.locus import Locus
from bioloom.lincrna.simulate.long_reads import (
    LongLibrary,
    simulate_long_reads,
    write_long_truth,
)
from bioloom.lincrna.simulate.plan import draw_blocks
from bioloom.lincrna.simulate.reads import (
    READ_NT,
    Fragments,
    Library,
    cut_fragments,
    write_fastq,
)
from bioloom.lincrna.simulate.truth import (
    Coverage,
    add_droplets,
    add_long_reads,
    write_samples,
    write_truth,
)
from bioloom.run.settings import RNG_SEED
from bioloom.seq.alphabet import decode
from bioloom.seq.fasta import Record, write_fasta

LIBRARIES = (
    Library("A", "reverse", is_paired=True),
    Library("B", "reverse", is_paired=True, condition="treated"),
    Library("C", "unstranded", is_paired=False),
    Library("E", "unstranded", is_paired=False, condition="treated"),
)
DROPLETS = (DropletPlan("D", "cell"), DropletPlan("N", "nucleus"))


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulated transcriptome and where it was written.

    Parameters
    ----------
    folder
        Holds all files.
    loci
        Every locus with its truth, in genome order.
    n_fragments
        Sequenced fragments by sample: pairs, or reads of a single-end sample.
    """

    folder: Path
    loci: tuple[Locus, ...]
    n_fragments: Mapping[str, int]

    @property
    def genome_path(self) -> Path:
        """FASTA of the chromosomes."""
        return self.folder / "genome.fa"

    @property
    def annotation_path(self) -> Path:
        """GTF of the known genes."""
        return self.folder / "annotation.gtf"

    @property
    def domains_path(self) -> Path:
        """HMMs of the protein families, with gathering thresholds."""
        return self.folder / "domains.hmm"

    @property
    def samples_path(self) -> Path:
        """Sample sheet; its paths are relative to it."""
        return self.folder / "samples.tsv"

    @property
    def truth_path(self) -> Path:
        """One row per locus: what it is and what should become of it."""
        return self.folder / "truth.tsv"

    @property
    def models_path(self) -> Path:
        """GTF of the true transcripts of every locus, annotated or not."""
        return self.folder / "transcripts.gtf"


def simulate(
    out: str | Path,
    *,
    rng_seed: int = RNG_SEED,
    scale: float = 1.0,
    with_cells: bool = False,
    libraries: Sequence[Library] = LIBRARIES,
    droplets: Sequence[DropletPlan] = DROPLETS,
    long_reads: Sequence[LongLibrary] = (),
) -> Simulation:
    """Simulate a transcriptome with known lincRNAs, novel ones and decoys.

    Four samples are sequenced: A and B paired, 2 × 100 nt, reverse-stranded (dUTP:
    read 1 is antisense); C and E single-end, 100 nt, unstranded. B and E are treated:
    a third of the genes changes fourfold. The same arguments give byte-identical
    files.

    Parameters
    ----------
    out
        Folder to write, made if missing; files of the same names are replaced.
    rng_seed
        Seed of all randomness, not negative.
    scale
        Factor on the number of loci of each kind, over 0; at least one of each stays.
    with_cells
        Whether to add samples D and N, 40 cells and 40 nuclei of two types, 10x
        Genomics v3, and cells_truth.tsv with the UMIs of each; the other files stay
        the same.
    libraries
        Samples to sequence, those above by default; `conditions.REPLICATES` are three
        of each condition.
    droplets
        Single-cell samples in place of D and N.
    long_reads
        Samples of long reads to add, and long_truth.tsv with the reads of each
        transcript; the other files stay the same.

    Returns
    -------
    The loci and the paths of the files: genome.fa, annotation.gtf, domains.hmm,
    samples.tsv, FASTQ files in reads, truth.tsv, fold_changes.tsv and transcripts.gtf.

    Raises
    ------
    BadInput
        If rng_seed is negative or scale is not over 0.
    NoSuchSequence
        If no random sequence meets the plan; another seed helps.

    Notes
    -----
    At scale 1 about 1.6 Mb of genome, 114 loci and 17,000 pairs per sample, some
    seconds. Fragments are drawn evenly over spliced transcripts.
    """
    _check(rng_seed=rng_seed, scale=scale)
    out = Path(out)
    (out / "reads").mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(rng_seed)
    families = invent_families(rng)
    genome = lay_genome(rng, draw_blocks(Draw(rng, families), scale=scale))
    changes = fold_changes(np.random.default_rng([rng_seed, 3]), genome.loci)
    sequenced = {
        library: _cut_library(rng, genome, library, changes) for library in libraries
    }
    counts = {
        library.sample: sum(len(part.n_bases) for part in parts.values())
        for library, parts in sequenced.items()
    }
    simulation = Simulation(out, genome.loci, counts)
    write_fasta(
        simulation.genome_path,
        (Record(name, decode(codes)) for name, codes in genome.chroms.items()),
    )
    write_annotation(genome.loci, simulation.annotation_path)
    write_models(genome.loci, simulation.models_path)
    write_hmms(rng, families, simulation.domains_path)
    write_fold_changes(changes, out / "fold_changes.tsv")
    write_truth(genome.loci, _coverage(genome, sequenced), simulation.truth_path)
    _write_reads(rng, sequenced, simulation)
    if with_cells:
        samples = [
            simulate_droplets(
                np.random.default_rng([rng_seed, number]), genome, out, plan
            )
            for number, plan in enumerate(droplets, 1)
        ]
        add_droplets(simulation.samples_path, samples)
        write_cells_truth(samples, out / "cells_truth.tsv")
    if long_reads:
        _add_long_reads(genome, simulation, long_reads, rng_seed=rng_seed)
    return simulation


def _add_long_reads(
    genome: Genome,
    simulation: Simulation,
    libraries: Sequence[LongLibrary],
    *,
    rng_seed: int,
) -> None:
    truth = [
        row
        for number, library in enumerate(libraries)
        for row in simulate_long_reads(
            np.random.default_rng([rng_seed, 4, number]),
            genome,
            library,
            simulation.folder,
        )
    ]
    add_long_reads(simulation.samples_path, libraries)
    write_long_truth(truth, simulation.folder / "long_truth.tsv")


def _check(*, rng_seed: int, scale: float) -> None:
    checks = (
        ("rng_seed", rng_seed, rng_seed >= 0, "a whole number of 0 or more"),
        ("scale", scale, 0 < scale < np.inf, "a number over 0"),
    )
    for where, value, is_right, expected in checks:
        if not is_right:
            raise BadInput(
                where=where,
                found=str(value),
                expected=expected,
                advice="Choose another value.",
            )


def _cut_library(
    rng: np.random.Generator,
    genome: Genome,
    library: Library,
    changes: Mapping[str, float],
) -> dict[str, Fragments]:
    """Fragments of each expressed transcript, by transcript_id."""
    ends = 2 if library.is_paired else 1
    cut = {}
    for locus in genome.loci:
        for transcript, folds in zip(locus.transcripts, locus.folds, strict=True):
            fold = folds[library.strandness == "unstranded"]
            expected = round(fold * transcript.length_nt / (ends * READ_NT))
            n = round(expected * library.depth)
            if fold >= LEAST_FOLD:
                n = scattered(rng, n, library.dispersion)
            if n:
                rna = genome.rna(transcript)
                cut[transcript.transcript_id] = cut_fragments(rng, rna, n)
    if library.condition == TREATED:
        return shifted(rng, genome, cut, changes)
    return cut


def _coverage(
    genome: Genome, sequenced: Mapping[Library, Mapping[str, Fragments]]
) -> dict[str, Coverage]:
    """Mean coverage of the stranded samples and sum over all, by transcript_id."""
    stranded = [library for library in sequenced if library.strandness != "unstranded"]
    coverage = {}
    for locus in genome.loci:
        for transcript in locus.transcripts:
            folds = {
                library: _fold(parts.get(transcript.transcript_id), library)
                / transcript.length_nt
                for library, parts in sequenced.items()
            }
            mean = sum(folds[library] for library in stranded) / len(stranded)
            total = sum(folds.values())
            coverage[transcript.transcript_id] = Coverage(mean, total)
    return coverage


def _fold(fragments: Fragments | None, library: Library) -> float:
    if fragments is None:
        return 0.0
    return float(fragments.n_bases.sum()) * (2 if library.is_paired else 1)


def _write_reads(
    rng: np.random.Generator,
    sequenced: Mapping[Library, Mapping[str, Fragments]],
    simulation: Simulation,
) -> None:
    names = {
        library: tuple(
            f"reads/{library.sample}{end}.fastq.gz"
            for end in (("_1", "_2") if library.is_paired else ("",))
        )
        for library in sequenced
    }
    for library, parts in sequenced.items():
        paths = [simulation.folder / name for name in names[library]]
        write_fastq(rng, library, list(parts.values()), paths)
    write_samples(names, simulation.samples_path)
