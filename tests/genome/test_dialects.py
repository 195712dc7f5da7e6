"""Heads of real files in a score of dialects, held against what a reader sees in them.

The heads of all files were read by eye; the exons of those that gffread reads are held
against it.
"""

import gzip
import os
import shutil
import subprocess
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import NamedTuple

import pytest

from bioloom.genome.annotation import dialect_summary
from bioloom.genome.gtf import read_annotation, write_as_gtf


class Head(NamedTuple):
    """Rows, transcripts, exons, transcripts with CDS; biotypes, commonest first."""

    n_rows: int
    n_transcripts: int
    n_exons: int
    n_coding: int
    words: str = ""


HEADS = {
    "ares_yeast.gtf": Head(300, 291, 300, 0, "protein_coding ncRNA"),
    "augustus.gff": Head(300, 15, 77, 15),
    "braker.gtf": Head(300, 16, 88, 16),
    "cufflinks.gtf": Head(142, 64, 78, 0),
    "ensembl91_human.gtf": Head(
        *(291, 36, 161, 6),
        "antisense_RNA protein_coding processed_transcript sense_intronic "
        "transcribed_processed_pseudogene processed_pseudogene retained_intron snRNA",
    ),
    "ensembl_human_lnc.gff3": Head(
        *(375, 40, 181, 20),
        "protein_coding retained_intron lncRNA processed_transcript misc_RNA",
    ),
    "ensembl_human_old_pseudogene.gff3": Head(
        *(42, 7, 23, 0),
        "pseudogene transcribed_unprocessed_pseudogene misc_RNA processed_transcript "
        "unitary_pseudogene unprocessed_pseudogene",
    ),
    "ensembl_human_snrna_mirna.gff3": Head(
        *(245, 8, 120, 3),
        "protein_coding lncRNA miRNA nonsense_mediated_decay processed_transcript "
        "retained_intron snRNA",
    ),
    "ensembl_mouse_biological_region.gff3": Head(
        *(160, 9, 43, 7), "protein_coding processed_transcript retained_intron"
    ),
    "ensembl_old_aedes.gtf": Head(300, 30, 126, 30, "protein_coding"),
    "ensembl_old_worm.gtf": Head(33, 2, 16, 1, "protein_coding snoRNA"),
    "ensembl_plants_rice.gff3": Head(300, 30, 96, 29, "protein_coding tRNA"),
    "evm_contig.gff3": Head(20, 11, 11, 3, "mRNA"),
    "flair_isoforms.gtf": Head(187, 25, 158, 0),
    "flybase_gene.gff3": Head(27, 4, 7, 3, "mRNA"),
    "flybase_gene.gtf": Head(19, 4, 7, 3, "protein_coding"),
    "flybase_r5.11.gff3": Head(300, 22, 153, 22, "mRNA"),
    "gencode_human_v19.gtf": Head(
        *(21, 4, 16, 0),
        "pseudogene transcribed_unprocessed_pseudogene processed_transcript",
    ),
    "gencode_human_v24.gtf": Head(
        *(271, 30, 239, 0),
        "protein_coding lincRNA retained_intron nonsense_mediated_decay "
        "processed_transcript",
    ),
    "gencode_liftover.gff3": Head(115, 10, 54, 10, "protein_coding"),
    "gencode_mouse.gtf": Head(
        *(300, 25, 138, 9),
        "protein_coding retained_intron processed_pseudogene processed_transcript "
        "lincRNA nonsense_mediated_decay miRNA misc_RNA snRNA snoRNA "
        "unprocessed_pseudogene",
    ),
    "gmap_alignments.gff3": Head(300, 258, 300, 0),
    "itag_tomato.gff3": Head(300, 32, 88, 32, "mRNA"),
    "jgi.gff2": Head(6, 1, 3, 1),
    "jgi_moss.gtf": Head(62, 3, 29, 3, "protein_coding"),
    "liftoff.gff3": Head(22, 3, 7, 2, "protein_coding"),
    "noncode_v5.gtf": Head(7, 2, 5, 0),
    "pasa.gff3": Head(300, 53, 300, 0),
    "phytozome_poplar.gtf": Head(5, 1, 4, 0),
    "refseq_as_gtf_arabidopsis.gff": Head(25, 2, 10, 2),
    "refseq_canx.gtf": Head(300, 10, 149, 9, "protein_coding"),
    "refseq_gnomon_asparagus.gff3": Head(32, 4, 13, 2, "protein_coding mRNA"),
    "refseq_human_alt.gff3": Head(86, 4, 41, 3, "mRNA protein_coding misc_RNA"),
    "refseq_mane_brca2.gtf": Head(27, 1, 27, 0, "mRNA"),
    "refseq_yeast.gff3": Head(
        297, 69, 74, 62, "mRNA protein_coding tRNA ncRNA pseudogene snoRNA"
    ),
    "sgd_r64.gff3": Head(5, 1, 2, 1, "mRNA"),
    "stringtie.gtf": Head(81, 21, 60, 0),
    "stringtie_long.gtf": Head(210, 51, 159, 0),
    "tair10.gff3": Head(15, 6, 8, 1, "ncRNA mRNA protein_coding_gene"),
    "talon_encode.gtf": Head(
        3, 1, 1, 0, "processed_transcript transcribed_unprocessed_pseudogene"
    ),
    "transdecoder_isoseq.gff3": Head(300, 9, 138, 9, "mRNA"),
    "tsebra_renamed.gtf": Head(300, 41, 98, 22),
    "ucsc_refgene_human.gtf": Head(300, 13, 144, 12),
    "wormbase.gff2": Head(63, 2, 16, 1, "Coding_transcript processed_transcript"),
    "wormbase_ws199.gff3": Head(177, 6, 63, 6, "mRNA"),
}

# which gffread does not read, as they are GFF2, alignments, or name no transcript
UNREAD = (
    *("jgi.gff2", "wormbase.gff2", "gmap_alignments.gff3", "pasa.gff3"),
    "refseq_as_gtf_arabidopsis.gff",
)
# transcripts that only we have, only gffread has, and why
DIFFERENCES = {
    # transcript rows that occur a second time in the file, without exons
    "ensembl_human_old_pseudogene.gff3": (0, 3),
    # genes without any transcript are one exon to us
    "evm_contig.gff3": (8, 0),
    # an mRNA row whose exon lies on the other strand
    "flybase_gene.gff3": (0, 1),
    # an mRNA row whose exons all lie on another contig
    "jgi_moss.gtf": (0, 1),
    # gene rows on a contig "22L" of their own; transcript rows under names that no
    # exon bears, in which the transcripts of the exons lie
    "tsebra_renamed.gtf": (19, 19),
    # CDS rows of one ID are one transcript to us, one each to gffread
    "wormbase_ws199.gff3": (2, 30),
}


@pytest.fixture(scope="module")
def dialects(data_dir):
    return data_dir / "lincrna/dialects"


def read(dialects, name):
    is_alignment = name in {"gmap_alignments.gff3", "pasa.gff3"}
    return read_annotation(dialects / f"{name}.gz", matches=is_alignment)


def test_every_file_is_in_the_table(dialects):
    assert {path.name for path in dialects.iterdir()} == {f"{n}.gz" for n in HEADS}


@pytest.mark.parametrize("name", HEADS)
def test_a_head_is_understood_as_a_reader_does(dialects, name):
    summary = dialect_summary(read(dialects, name))
    assert Head(*summary[:4], " ".join(summary.words)) == HEADS[name]


@pytest.mark.parametrize("name", HEADS)
def test_written_as_gtf_the_transcripts_are_the_same(dialects, tmp_path, name):
    annotation = read(dialects, name)
    write_as_gtf(annotation, tmp_path / "a.gtf")
    again = read_annotation(tmp_path / "a.gtf")
    assert again.is_standard_gtf
    for one, other in zip(annotation.transcripts, again.transcripts, strict=True):
        assert one.exons == other.exons
        assert one.cds == other.cds
        assert one.transcript_id == other.transcript_id


@pytest.mark.skipif(
    not shutil.which("gffread") and "CI" not in os.environ, reason="needs gffread"
)
@pytest.mark.parametrize("name", [name for name in HEADS if name not in UNREAD])
def test_exon_chains_are_those_of_gffread(dialects, tmp_path, name):
    plain = tmp_path / name
    plain.write_bytes(gzip.decompress((dialects / f"{name}.gz").read_bytes()))
    table = subprocess.run(
        ["gffread", str(plain), "--table", "@chr,@strand,@exons"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    theirs = Counter(tuple(line.split("\t")) for line in table.splitlines())
    ours = Counter(
        (tx.chrom, tx.strand, ",".join(f"{s + 1}-{e}" for s, e in tx.exons))
        for tx in read(dialects, name).transcripts
    )
    found = ((ours - theirs).total(), (theirs - ours).total())
    assert found == DIFFERENCES.get(name, (0, 0))


def test_alignments_are_transcripts_only_where_asked(dialects):
    for name in ("gmap_alignments.gff3", "pasa.gff3"):
        with pytest.raises(ValueError, match="found no exon row"):
            read_annotation(dialects / f"{name}.gz")


def test_words_genes_and_contigs_of_some_dialects(dialects):
    of = {name: read(dialects, name) for name in HEADS}

    def by_id(name):
        return {tx.transcript_id: tx for tx in of[name].transcripts}

    worm = by_id("ensembl_old_worm.gtf")
    assert worm["Y74C9A.6"].gene_biotype == "snoRNA"  # from the second column
    rice = by_id("ensembl_plants_rice.gff3")["transcript:ENSRNA049442722-T1"]
    assert (rice.gene_biotype, rice.product) == (
        *("tRNA", "tRNA-Leu for anticodon AAG"),
    )
    tair = by_id("tair10.gff3")["AT1G01010.1"]
    assert (tair.gene_biotype, tair.biotype) == ("protein_coding_gene", "mRNA")
    assert tair.cds == ((3759, 3913), (3995, 4276))
    assert of["tair10.gff3"].regions["Chr1"].length_nt == 30427671
    yeast = by_id("refseq_yeast.gff3")["rna-NR_132149.1"]
    assert (yeast.gene_id, yeast.biotype) == ("gene-HRA1", "ncRNA")
    assert yeast.product.startswith("HRA1") or "RNA" in yeast.product
    assert of["refseq_yeast.gff3"].regions["NC_001133.9"].length_nt == 230218
    sgd = by_id("sgd_r64.gff3")["YBL111C_mRNA"]
    assert sgd.gene_id == "YBL111C"
    assert sgd.product.startswith("Helicase-like protein encoded within the telomeric")
    lnc = by_id("ensembl_human_lnc.gff3")["transcript:ENST00000481287"]
    assert (lnc.gene_name, lnc.biotype) == ("GHRL", "retained_intron")
    assert by_id("flybase_gene.gff3")["FBtr0300689"].gene_name == "CG11023"
    assert by_id("augustus.gff")["g20.t1"].gene_id == "g20"
    assert by_id("jgi.gff2")["fgenesh1_pg.C_chr_1000007"].strand == "-"


def test_the_table_of_the_docs_is_what_the_script_prints(data_dir):
    root = Path(__file__).parents[2]
    spec = spec_from_file_location("dialects", root / "benchmarks/dialects.py")
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    page = (root / "docs/annotations.md").read_text("utf-8")
    assert "\n".join(script.table(data_dir / "lincrna/dialects")) in page
