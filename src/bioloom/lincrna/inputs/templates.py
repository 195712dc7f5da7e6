"""The files that `bioloom lincrna init` writes."""

from pathlib import Path

from bioloom.run.output import write_text

CONFIG = """\
# bioloom lincrna run --config config.yaml --cores 8
# Relative paths start at the folder of this file. Only the first four are needed.

samples: samples.tsv          # the sheet beside this file
genome: genome.fa.gz          # FASTA, plain or gzip
annotation: annotation.gtf.gz # GTF or GFF3 of the same genome, chromosomes alike
out: lincrna_run              # run folder to write

# domains: Pfam-A.hmm.gz      # profile HMMs; without them the domain filter is off
# lncrna: known_lncrna.gtf    # known lncRNAs that the annotation lacks (GTF, BED)
# housekeeping: rrna.bed      # rRNA, tRNA … that the annotation lacks (GTF, BED)

# votes: [cpc2.txt, cpat.ORF_prob.best.tsv]  # results of CPC2, CPAT, FEELnc, RNAsamba
#                             # on working/filtered/transcripts.fa of a first run

# trimming:
#   quality: 20               # Phred score at which 3' ends are cut
#   min_length_nt: 25         # shorter reads are dropped
# assembly:
#   min_coverage: 1.0         # reads per base that a transcript needs
#   merge_min_tpm: 1.0        # expression it needs to enter the merged assembly

# cells:                      # samples of kind cell or nucleus (10x Genomics)
#   chemistry: auto           # 10xv2, 10xv3; auto: by the length of read 1
#   n_cells: null             # cells of each sample; null: above the knee
#   barcodes: null            # the kit's barcode list, if it is at hand

# filters:
#   gap_multi_nt: 0           # distance to coding genes on the strand, many exons
#   gap_mono_nt: 2000         # the same for transcripts with one exon
#   min_length_nt: 200        # spliced length must be greater
#   max_orf_aa: 100           # longest ORF must be shorter
#   orf_mode: strict          # or calibrated: left to the coding probability
#   coding_model: auto        # auto: train on the annotation if it holds enough genes;
#                             # packaged; or a file of `bioloom lincrna train`
#   coding_threshold: null    # probability; null: the model's own
#   vote_rule: own            # or any, majority, all: who of the votes decides
#   cpat_cutoff: 0.364        # CPAT's own for human; mouse 0.44, fly 0.39
#   coding_sure: 0.8          # from 0.2 to 0.8 the coding call is unsure
#   when_unsure: decide       # or leave: unsure transcripts pass this criterion
#   housekeeping_fraction: 0.5
#   domain_cutoff: gathering  # or evalue, with domain_max_evalue: 1.0e-5
#   strictness: locus         # or transcript: judge each isoform alone
# blocks: 1                   # jobs that measure the transcripts; more on a cluster
# multiqc: false              # true: gather all tools' reports with MultiQC as well
# rng_seed: 42                # folds of the coding model's cross-validation
"""

SAMPLES = """\
# One row a sample, columns separated by tabs; fastq_2 is empty for single reads.
# strandness: auto, forward (read 1 is sense), reverse (dUTP, TruSeq), unstranded.
# kind: bulk; or cell, nucleus (10x Genomics: fastq_1 barcodes, fastq_2 cDNA).
sample\tfastq_1\tfastq_2\tstrandness\tkind
liver_1\treads/liver_1_R1.fastq.gz\treads/liver_1_R2.fastq.gz\tauto\tbulk
brain_1\treads/brain_1.fastq.gz\t\tauto\tbulk
blood_1\treads/blood_1_R1.fastq.gz\treads/blood_1_R2.fastq.gz\tauto\tcell
"""


def write_templates(folder: Path) -> list[tuple[Path, bool]]:
    """Write ``config.yaml`` and ``samples.tsv``; files that exist are kept.

    Returns
    -------
    Each path, and whether it was written.
    """
    done = []
    for name, text in (("config.yaml", CONFIG), ("samples.tsv", SAMPLES)):
        path = folder / name
        is_new = not path.exists()
        if is_new:
            write_text(path, text)
        done.append((path, is_new))
    return done
