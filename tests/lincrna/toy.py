"""A toy genome of 30 kb on which each transcript has one thing to show.

`write_toy` writes genome, annotation and assembly; `REASONS` says what must become of
each transcript of the collection.
"""

import random
from pathlib import Path

LENGTHS = {"chr1": 30_000, "chrM": 600}

REASONS = {
    "LNC1.1": "",  # known
    "SNHG.1": "",  # known, hosts a snoRNA in its intron
    "NOV.1.1": "",
    "EDGE201.1": "",
    "EDGE200.1": "length",
    "NEAR.1": "distance",
    "FAR.1": "",  # one exon exactly 2000 nt behind a gene
    "ANTI.1": "intergenic",
    "INTRON.1": "intergenic",
    "ORF.1": "orf",
    "ORF.2": "locus",  # an isoform of ORF.1 without the ORF
    "SNO.1": "housekeeping",
    "MITO.1": "housekeeping",
    "DOT.1": "orf",  # no strand; the ORF lies on the reverse one
}

ASSEMBLY = """\
LNC1.9 chr1 + 6050-6300,6501-6790
NOV.1.1 chr1 - 12001-12300,12601-12900
EDGE200.1 chr1 + 15001-15200
EDGE201.1 chr1 + 15501-15701
NEAR.1 chr1 + 2801-3300
FAR.1 chr1 + 4301-4700
ANTI.1 chr1 - 2101-2250,10001-10100
INTRON.1 chr1 - 1501-1750
ORF.1 chr1 + 18001-18600,18801-18900
ORF.2 chr1 + 18501-18600,18851-19100
SNO.1 chr1 - 23401-23650
MITO.1 chrM + 101-400
DOT.1 chr1 . 26001-26700
COD.1 chr1 + 1001-1400,1801-2300
"""
ANNOTATION = """\
COD.1 chr1 + 1001-1400,1801-2300 protein_coding 1101-1400,1801-1953
LNC1.1 chr1 + 6001-6300,6501-6800 lncRNA
SNHG.1 chr1 + 8001-8300,8801-9100 lncRNA
SNORD1.1 chr1 + 8501-8620 snoRNA
SNORD2.1 chr1 - 23451-23580 snoRNA
"""
# where an ORF of so many codons, and a stop, is put: 0-based start, strand
IMPLANTS = ((18050, 130, "+"), (26100, 120, "-"))


def rows(listed, *, biotypes, cds):
    """GTF of transcripts listed as above."""
    for line in listed.splitlines():
        name, chrom, strand, exons, *more = line.split()
        biotype, coding = (*more, "", "")[:2]
        told = f'gene_id "{name.rpartition(".")[0]}"; transcript_id "{name}";'
        if biotypes and biotype:
            told += f' gene_biotype "{biotype}";'
        spans = [("exon", exons)] + ([("CDS", coding)] if coding and cds else [])
        for kind, places in spans:
            for place in places.split(","):
                first, last = place.split("-")
                columns = (chrom, "toy", kind, first, last, ".", strand, ".", told)
                yield "\t".join(columns) + "\n"


def genome(rng_seed=1):
    """Random bases without ATG on either strand, but for the implants."""
    rng = random.Random(rng_seed)
    made = {}
    for chrom, length in LENGTHS.items():
        bases = "".join(rng.choices("ACGT", k=length))
        while "ATG" in bases or "CAT" in bases:
            bases = bases.replace("ATG", "ACG").replace("CAT", "CGT")
        made[chrom] = bases
    complement = str.maketrans("ACGT", "TGCA")
    for start, n_codons, strand in IMPLANTS:
        orf = (
            "ATG" + "".join(rng.choices(["GCC", "GAG", "CTG"], k=n_codons - 1)) + "TAA"
        )
        if strand == "-":
            orf = orf.translate(complement)[::-1]
        bases = made["chr1"]
        made["chr1"] = bases[:start] + orf + bases[start + len(orf) :]
    return made


def write_toy(folder: Path, *, biotypes=True, cds=True) -> Path:
    """Write genome.fa, annotation.gtf and assembly.gtf into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "genome.fa").open("w") as stream:
        for chrom, bases in genome().items():
            lines = (bases[i : i + 50] for i in range(0, len(bases), 50))
            stream.write(f">{chrom}\n" + "\n".join(lines) + "\n")
    (folder / "annotation.gtf").write_text(
        "".join(rows(ANNOTATION, biotypes=biotypes, cds=cds))
    )
    (folder / "assembly.gtf").write_text(
        "".join(rows(ASSEMBLY, biotypes=False, cds=cds))
    )
    return folder
