"""Counts of single cells beside STARsolo's; time and memory beside umi_tools too.

    python benchmarks/cells_starsolo.py [--data ../shared/data] [--reads 2000000]
        [--umi-tools umi_tools] [--skip-speed] [--skip-counts]

Counts: simulated 3' and 5' cells and nuclei, and two real 10x v2 samples of mouse. Both
get the same annotation and no novel gene. STARsolo (Debian's rna-star) aligns by itself
and counts with `--soloUMIdedup 1MM_Directional_UMItools`, with `--soloFeatures Gene
GeneFull` and, as barcode list, the barcodes that bioloom keeps; bioloom counts what
HISAT2 aligns. The matrices of the same cells are compared entry by entry. A read counts
for a gene in STARsolo's `Gene` if all of it lies in exons of one of its transcripts, in
bioloom's `exonic` if half of it does; then bioloom counts STARsolo's own alignments, by
its own rule and by STARsolo's.

Speed: a simulated 3' sample of two million reads, single processes with one thread;
wall and CPU seconds and the largest memory of each step. Prints the figures of
`docs/lincrna_cells.md`.
"""

import argparse
import gzip
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.io import mmread
from scipy.sparse import csr_matrix

from bioloom.genome.gtf import read_annotation
from bioloom.genome.intervals import exonic_overlap_nt
from bioloom.genome.sequence import Genome
from bioloom.lincrna.cells.alignments import Place, unique_alignments
from bioloom.lincrna.cells.barcodes import read_barcodes
from bioloom.lincrna.cells.counting import (
    Assigned,
    GeneFinder,
    GeneModel,
    count_reads,
    genes_of,
)
from bioloom.lincrna.cells.matrix import sample_matrix
from bioloom.lincrna.cells.tagged_bam import take_bam
from bioloom.lincrna.inputs.cell_facts import BarcodeFacts, read_facts
from bioloom.lincrna.inputs.chemistry import chemistry_of
from bioloom.lincrna.inputs.sample_sheet import Lane, Sample
from bioloom.lincrna.simulate import simulation
from bioloom.lincrna.simulate.cells import DropletPlan
from bioloom.lincrna.workflow.cell_steps import extract_reads, find_barcodes
from bioloom.seq.fasta import read_fasta

PLANS = (
    DropletPlan("3' cells", "cell", "10xv3"),
    DropletPlan("5' cells", "cell", "10x5v2"),
    DropletPlan("nuclei", "nucleus", "10xv3"),
)
FLAGS = {"forward": "F", "reverse": "R"}


def run(*command: object, **others) -> None:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, **others
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}")


WATCH = """
import os, subprocess, sys, time
begin = time.perf_counter()
quiet = subprocess.DEVNULL
process = subprocess.Popen(sys.argv[1:], stdout=quiet, stderr=quiet)
_, status, usage = os.wait4(process.pid, 0)
wall = time.perf_counter() - begin
cpu = usage.ru_utime + usage.ru_stime
print(f"{wall:6.1f} s wall, {cpu:6.1f} s CPU, {usage.ru_maxrss / 1024:6,.0f} MB")
sys.exit(status != 0)
"""


def measured(*command: object) -> str:
    """Wall and CPU seconds and the largest memory of a process.

    A small process starts it: one that is forked counts its parent's memory.
    """
    words = [sys.executable, "-S", "-c", WATCH, *map(str, command)]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return done.stdout.strip()


class Reference:
    """Genome and annotation with the indexes of both aligners."""

    def __init__(self, genome: Path, annotation: Path, folder: Path) -> None:
        self.folder = folder
        self.genome = unpacked(genome, folder / "genome.fa")
        self.annotation = unpacked(annotation, folder / "annotation.gtf")
        n = sum(len(record.sequence) for record in read_fasta(self.genome))
        width = max(4, min(14, int(np.log2(n) / 2 - 1)))
        run("hisat2-build", "-q", self.genome, folder / "hisat2")
        (folder / "star").mkdir()
        run(
            *("STAR", "--runMode", "genomeGenerate", "--genomeDir", folder / "star"),
            *("--genomeFastaFiles", self.genome, "--sjdbGTFfile", self.annotation),
            *("--genomeSAindexNbases", width, "--outFileNamePrefix", f"{folder}/star/"),
        )
        models = read_annotation(self.annotation).transcripts
        genes = [GeneModel(tx.gene_id, tx) for tx in models]
        self.gene_ids = [*dict.fromkeys(gene.gene_id for gene in genes)]
        self.finder = GeneFinder(genes_of(genes), self.gene_ids)
        self.as_starsolo = StarsoloRule(genes_of(genes), self.gene_ids)


class StarsoloRule(GeneFinder):
    """Gene: every base in exons; GeneFull: any base in it; no other gene so."""

    def assign(self, place: Place, strandness: str) -> Assigned:
        strand = place.strand
        if strandness == "reverse":
            strand = "-+"["+-".index(strand)]
        genes = self.at(place.chrom, strand, place.blocks)
        n = sum(end - start for start, end in place.blocks)
        inside = [
            gene for gene in genes if exonic_overlap_nt(gene.exons, place.blocks) == n
        ]
        exonic, full = (
            self.gene_ids.index(found[0].gene_id) if len(found) == 1 else -1
            for found in (inside, genes)
        )
        return Assigned(exonic, full, "gene" if full >= 0 else "outside")


def unpacked(path: Path, target: Path) -> Path:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as stream:
        target.write_bytes(stream.read())
    return target


def aligning(reads: Path, reference: Reference, strand: str, bam: Path) -> list[str]:
    """Command that cuts oligo and poly-A off the reads, aligns and sorts them."""
    cut = f"{reads}.cut.fastq.gz"
    trim = (
        "cutadapt -n 2 -m 25 -a 'A{15}' -g "
        "'AAGCAGTGGTATCAACGCAGAGTACATGGG;min_overlap=10' "
        "-a 'CCCATGTACTCTGCGTTGATACCACTGCTT;min_overlap=10' "
        f"-g 'XT{{40}};min_overlap=10' -Z -o {cut} {reads}"
    )
    hisat2 = (
        f"hisat2 --dta --no-unal --no-temp-splicesite --rna-strandness {FLAGS[strand]} "
        f"-x {reference.folder}/hisat2 -U {cut}"
    )
    return ["bash", "-c", f"{trim} > /dev/null && {hisat2} | samtools sort -o {bam} -"]


def ours(sample: Sample, reference: Reference, folder: Path):
    """Matrices of bioloom's cells by layer, and their barcodes."""
    facts = find_barcodes(sample, folder)
    strand = chemistry_of(facts.chemistry).strand
    cdna = folder / "cdna.fastq.gz"
    extract_reads(sample, folder, cdna)
    bam = folder / "aligned.bam"
    run(*aligning(cdna, reference, strand, bam))
    reads = count_reads(unique_alignments(bam), reference.finder, strand)
    return sample_matrix(
        sample.name,
        reads,
        len(reference.gene_ids),
        is_nucleus=sample.kind == "nucleus",
        barcodes=sorted(facts.above),
    )


def starsolo_command(
    sample: Sample, reference: Reference, folder: Path, barcodes: Path
) -> list[object]:
    chemistry = chemistry_of(
        read_facts(folder / "barcodes.json", BarcodeFacts).chemistry
    )
    umi_nt = sum(
        p.min_nt for f in chemistry.geometry.files for p in f if p.kind == "umi"
    )
    read_1, read_2 = sample.reads
    return [
        *("STAR", "--runThreadN", 1, "--genomeDir", reference.folder / "star"),
        *("--readFilesIn", read_2, read_1, "--readFilesCommand", "zcat"),
        *("--soloType", "CB_UMI_Simple", "--soloCBwhitelist", barcodes),
        *("--soloCBlen", 16, "--soloUMIstart", 17, "--soloUMIlen", umi_nt),
        *("--soloBarcodeReadLength", 0, "--soloStrand", chemistry.strand.capitalize()),
        *("--soloFeatures", "Gene", "GeneFull", "--soloCBmatchWLtype", "1MM"),
        *("--soloUMIdedup", "1MM_Directional_UMItools", "--soloUMIfiltering", "-"),
        *("--soloCellFilter", "None", "--clipAdapterType", "CellRanger4"),
        *("--outFileNamePrefix", f"{folder}/star_"),
        *("--outSAMtype", "BAM", "SortedByCoordinate", "--limitBAMsortRAM", 2 * 10**9),
        *("--outSAMattributes", "NH", "HI", "AS", "nM", "CB", "UB", "UR"),
    ]


def starsolo(sample: Sample, reference: Reference, folder: Path, names):
    """Matrices of STARsolo by feature, rows in the order of `names`."""
    listed = folder / "list.txt"
    listed.write_text(
        "".join(f"{name}\n" for name in sorted(set(read_barcodes(folder).values())))
    )
    run(*starsolo_command(sample, reference, folder, listed))
    found = {}
    for feature in ("Gene", "GeneFull"):
        raw = folder / f"star_Solo.out/{feature}/raw"
        matrix = csr_matrix(mmread(raw / "matrix.mtx").T)
        barcodes = (raw / "barcodes.tsv").read_text().split()
        genes = [
            line.split("\t")[0]
            for line in (raw / "features.tsv").read_text().splitlines()
        ]
        rows = [barcodes.index(name) for name in names]
        columns = [genes.index(gene) for gene in reference.gene_ids]
        found[feature] = matrix[rows][:, columns]
    return found


class Agreement(NamedTuple):
    """Two matrices of the same cells and genes, over entries that one of them has."""

    n_cells: int
    n_entries: int
    equal: float
    near: float
    r: float
    sums: tuple[int, int]


def agreement(left: csr_matrix, right: csr_matrix) -> Agreement:
    a, b = left.toarray().astype(int), right.toarray().astype(int)
    is_any = (a > 0) | (b > 0)
    return Agreement(
        n_cells=a.shape[0],
        n_entries=int(is_any.sum()),
        equal=float((a == b)[is_any].mean()),
        near=float((abs(a - b) <= 1)[is_any].mean()),
        r=float(np.corrcoef(a[is_any], b[is_any])[0, 1]),
        sums=(int(a.sum()), int(b.sum())),
    )


def compare(title: str, left: csr_matrix, right: csr_matrix) -> None:
    n_cells, n_entries, equal, near, r, sums = agreement(left, right)
    print(
        f"{title:36} {n_cells:4} cells, {n_entries:6,} entries: {equal:6.2%} equal, "
        f"{near:6.2%} within 1; UMIs {sums[0]:7,} and {sums[1]:7,} of STARsolo; "
        f"r {r:.5f}",
        flush=True,
    )


def compare_counts(data: Path, folder: Path) -> None:
    simulated = folder / "simulated"
    plans = [replace(plan, name=f"S{n}") for n, plan in enumerate(PLANS)]
    simulation.simulate(simulated, with_cells=True, droplets=plans)
    (folder / "sim").mkdir()
    reference = Reference(
        simulated / "genome.fa", simulated / "annotation.gtf", folder / "sim"
    )
    for plan, titled in zip(plans, PLANS, strict=True):
        files = tuple(simulated / f"reads/{plan.name}_R{n}.fastq.gz" for n in (1, 2))
        sample = Sample(
            plan.name, (Lane(files),), "auto", plan.kind, chemistry=plan.chemistry
        )
        compare_sample(titled.name, sample, reference, folder / plan.name)
    (folder / "mouse").mkdir()
    mini = data / "lincrna/mouse_mini"
    reference = Reference(
        mini / "ref/genome.fa.gz", mini / "ref/annotation.gtf.gz", folder / "mouse"
    )
    for number in (58, 59):
        stem = f"MACA_24m_M_BLADDER_{number}_S1_L001"
        files = tuple(mini / f"sc/{stem}_R{n}_001.fastq.gz" for n in (1, 2))
        sample = Sample(
            f"mouse {number}", (Lane(files),), "auto", "cell", chemistry="10xv2"
        )
        compare_sample(sample.name, sample, reference, folder / f"mouse{number}")


def compare_sample(
    title: str, sample: Sample, reference: Reference, folder: Path
) -> None:
    folder.mkdir()
    matrix = ours(sample, reference, folder)
    theirs = starsolo(sample, reference, folder, matrix.barcodes)
    compare(f"{title}, Gene", matrix.layers["exonic"], theirs["Gene"])
    compare(f"{title}, GeneFull", matrix.layers["full"], theirs["GeneFull"])
    for finder, told in ((reference.finder, "own"), (reference.as_starsolo, "its")):
        again = counted_anew(
            sample, reference, folder, names=matrix.barcodes, finder=finder
        )
        label = f"  its alignments, {told} rule"
        compare(f"{label}, Gene", again.layers["exonic"], theirs["Gene"])
        compare(f"{label}, GeneFull", again.layers["full"], theirs["GeneFull"])


def counted_anew(sample: Sample, reference: Reference, folder: Path, *, names, finder):
    """What bioloom counts of STARsolo's own alignments, by one of the rules."""
    with Genome(reference.genome, cache=folder) as genome:
        lengths = genome.lengths
    taken = folder / "taken.bam"
    take_bam(folder / "star_Aligned.sortedByCoord.out.bam", taken, lengths)
    strand = chemistry_of(sample.chemistry).strand
    reads = count_reads(unique_alignments(taken), finder, strand)
    n = len(reference.gene_ids)
    return sample_matrix("s", reads, n, is_nucleus=False, barcodes=names)


STEP = """
import sys
from pathlib import Path
from bioloom.lincrna.inputs.sample_sheet import Lane, Sample
from bioloom.lincrna.workflow import cell_steps
folder = Path(sys.argv[2])
files = tuple(map(Path, sys.argv[3:5]))
sample = Sample("s", (Lane(files),), "auto", "cell", chemistry="10xv3")
if sys.argv[1] == "barcodes":
    cell_steps.find_barcodes(sample, folder)
elif sys.argv[1] == "extract":
    cell_steps.extract_reads(sample, folder, folder / "cdna.fastq.gz")
elif sys.argv[1] == "dedup":
    from bioloom.lincrna.cells.duplicates import deduplicate
    deduplicate(folder / "aligned.bam", folder / "dedup.bam")
else:
    from bioloom.genome.gtf import read_annotation
    from bioloom.lincrna.cells.alignments import unique_alignments
    from bioloom.lincrna.cells.counting import *
    from bioloom.lincrna.cells.matrix import sample_matrix
    models = read_annotation(Path(sys.argv[5])).transcripts
    genes = [GeneModel(tx.gene_id, tx) for tx in models]
    names = [*dict.fromkeys(gene.gene_id for gene in genes)]
    finder = GeneFinder(genes_of(genes), names)
    reads = count_reads(unique_alignments(folder / "aligned.bam"), finder, "forward")
    sample_matrix("s", reads, len(names), is_nucleus=False)
"""


def grown(folder: Path, n_reads: int) -> Sample:
    """A sample of `n_reads`: that of the simulation again and again, other UMIs."""
    plan = DropletPlan("S", "cell", "10xv3")
    simulation.simulate(folder / "grown", with_cells=True, droplets=[plan])
    rng = np.random.default_rng(0)
    files = tuple(folder / f"grown/reads/S_R{n}.fastq.gz" for n in (1, 2))
    texts = []
    for path in files:
        with gzip.open(path, "rt") as stream:
            texts.append(stream.read().splitlines()[1::4])
    out = tuple(folder / f"grown/R{n}.fastq.gz" for n in (1, 2))
    umis: dict[tuple[int, str], str] = {}
    with gzip.open(out[0], "wt", 1) as first, gzip.open(out[1], "wt", 1) as second:
        for number in range(n_reads):
            times, index = divmod(number, len(texts[0]))
            tag, cdna = texts[0][index], texts[1][index]
            umi = umis.get((times, tag))
            if umi is None:
                umi = umis[times, tag] = "".join(rng.choice(list("ACGT"), size=12))
            for stream, text in ((first, tag[:16] + umi), (second, cdna)):
                stream.write(f"@r{number}\n{text}\n+\n{'F' * len(text)}\n")
    return Sample("s", (Lane(out),), "auto", "cell", chemistry="10xv3")


def compare_speed(folder: Path, n_reads: int, umi_tools: str) -> None:
    sample = grown(folder, n_reads)
    reference_folder = folder / "speed"
    reference_folder.mkdir()
    reference = Reference(
        folder / "grown/genome.fa", folder / "grown/annotation.gtf", reference_folder
    )
    own, theirs = folder / "own", folder / "theirs"
    own.mkdir()
    theirs.mkdir()
    read_1, read_2 = sample.reads
    print(f"{n_reads:,} reads, one thread each")
    for step in ("barcodes", "extract"):
        told = measured(sys.executable, "-c", STEP, step, own, read_1, read_2)
        print(f"bioloom {step:12} {told}", flush=True)
    align = aligning(own / "cdna.fastq.gz", reference, "forward", own / "aligned.bam")
    print(f"cutadapt and HISAT2  {measured(*align)}", flush=True)
    run("samtools", "index", own / "aligned.bam")
    for step in ("dedup", "count"):
        told = measured(
            *(sys.executable, "-c", STEP, step, own, read_1, read_2),
            reference.annotation,
        )
        print(f"bioloom {step:12} {told}", flush=True)
    pattern = f"--bc-pattern={'C' * 16}{'N' * 12}"
    whitelist = theirs / "whitelist.tsv"
    print("umi_tools whitelist ", measured(
        umi_tools, "whitelist", pattern, f"--stdin={read_1}", f"--stdout={whitelist}",
    ), flush=True)  # fmt: skip
    print("umi_tools extract   ", measured(
        umi_tools, "extract", pattern, f"--whitelist={whitelist}",
        "--error-correct-cell", f"--stdin={read_1}", f"--read2-in={read_2}",
        f"--read2-out={theirs}/cdna.fastq.gz", "--stdout=/dev/null",
    ), flush=True)  # fmt: skip
    print("umi_tools dedup     ", measured(
        umi_tools, "dedup", "--per-cell", f"--stdin={own}/aligned.bam",
        f"--stdout={theirs}/dedup.bam", "--random-seed=0",
    ), flush=True)  # fmt: skip
    tagged = theirs / "tagged.bam"
    tag_genes(own / "aligned.bam", tagged, reference)
    run("samtools", "index", tagged)
    print("umi_tools count     ", measured(
        umi_tools, "count", "--per-gene", "--per-cell", "--gene-tag=XT",
        f"--stdin={tagged}", f"--stdout={theirs}/counts.tsv.gz",
    ), flush=True)  # fmt: skip
    listed = own / "list.txt"
    listed.write_text(
        "".join(f"{name}\n" for name in sorted(set(read_barcodes(own).values())))
    )
    print("STARsolo, aligning  ", measured(
        *starsolo_command(sample, reference, own, listed)
    ), flush=True)  # fmt: skip
    check_dedup(own / "dedup.bam", theirs / "dedup.bam")


def tag_genes(bam: Path, out: Path, reference: Reference) -> None:
    """Put the gene that bioloom finds into the tag XT, as featureCounts would."""
    import pysam

    from bioloom.lincrna.alignments.opening import is_unique

    with (
        pysam.AlignmentFile(str(bam)) as reader,
        pysam.AlignmentFile(str(out), "wb", template=reader) as writer,
    ):
        for read in reader.fetch(until_eof=True):
            strand = "-" if read.is_reverse else "+"
            place = Place(read.reference_name, strand, tuple(read.get_blocks()))
            gene = reference.finder.assign(place, "forward").exonic
            if is_unique(read) and gene >= 0:
                read.set_tag("XT", reference.gene_ids[gene])
                writer.write(read)


def check_dedup(own: Path, theirs: Path) -> None:
    import pysam

    keys = []
    for path in (own, theirs):
        with pysam.AlignmentFile(str(path)) as reader:
            keys.append(
                {
                    (*read.query_name.rsplit("_", 2)[1:], read.reference_id,
                     read.reference_end if read.is_reverse else read.reference_start,
                     read.is_reverse)
                    for read in reader.fetch(until_eof=True)
                }
            )  # fmt: skip
    print(
        f"alignments left: {len(keys[0]):,} of bioloom, {len(keys[1]):,} of umi_tools, "
        f"{len(keys[0] & keys[1]):,} the same"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--reads", type=int, default=2_000_000)
    parser.add_argument("--umi-tools", default="umi_tools")
    parser.add_argument("--skip-speed", action="store_true")
    parser.add_argument("--skip-counts", action="store_true")
    options = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as name:
        if not options.skip_counts:
            compare_counts(options.data, Path(name))
        if not options.skip_speed:
            compare_speed(Path(name), options.reads, options.umi_tools)


if __name__ == "__main__":
    main()
