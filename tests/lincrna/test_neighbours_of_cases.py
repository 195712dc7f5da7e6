"""Neighbours of the cases: inputs of the same kinds that users have as well.

Genome and annotation are those of the case `base`, with a few rows more; the right
answers are what a careful reader of the rows expects.
"""

import gzip
import random

import pytest

import bioloom as bl
from bioloom.errors import BadAnnotation, ChromNamesDiffer
from bioloom.genome.gtf import read_annotation
from bioloom.lincrna.inputs.config import read_run_config

PACKAGED = {"coding_model": "packaged"}


def row(kind, first, last, attributes, *, strand="+", chrom="chr1"):
    columns = (chrom, "x", kind, first, last, ".", strand, ".", attributes)
    return "\t".join(map(str, columns)) + "\n"


def model(name, *exons, strand="+", chrom="chr1", more="", cds=()):
    """Rows of a transcript in GTF; its gene is what comes before the last dot."""
    names = f'gene_id "{name.rpartition(".")[0] or name}"; transcript_id "{name}";'
    parts = [("exon", exon) for exon in exons] + [("CDS", part) for part in cds]
    return "".join(
        row(kind, *span, names + more, strand=strand, chrom=chrom)
        for kind, span in parts
    )


def annotated(name, *exons, word="", symbol="", **more):
    words = f' gene_biotype "{word}";' if word else ""
    words += f' gene_name "{symbol}";' if symbol else ""
    return model(name, *exons, more=words, **more)


@pytest.fixture
def judge(cases_dir, tmp_path):
    """Filter models on the genome of `base`; give its rows by name, and warnings."""
    base = cases_dir / "lincrna/base"
    coding, clean = (base / "a.gtf").read_text(), (base / "q.gtf").read_text()

    def run(known="", models="", *, name="a.gtf", genome=None, files=None, **options):
        is_gtf = name.endswith(".gtf")
        (tmp_path / name).write_text((coding if is_gtf else "") + known)
        (tmp_path / "q.gtf").write_text(clean + models)
        for file, text in (files or {}).items():
            (tmp_path / file).write_text(text)
            role = file.partition(".")[0]
            path = tmp_path / file
            options[role] = [path] if role == "votes" else path
        result = bl.lincrna.filter(
            tmp_path / "q.gtf",
            annotation=tmp_path / name,
            genome=genome or base / "g.fa.gz",
            settings=PACKAGED | options.pop("settings", {}),
            **options,
        )
        return {one.transcript_id: one for one in result.rows}, result.warnings

    return run


def touch(row, kind):
    return getattr(row.evidence.touches.get(kind), "name", None)


# what a word is


@pytest.mark.parametrize(
    ("word", "rna_class"),
    [
        ("SSU_rRNA", "rRNA"),
        ("12S_rRNA", "rRNA"),
        ("tRNA-Ala", "tRNA"),
        ("U6", "snRNA"),
        ("C_D_box_snoRNA_primary_transcript", "snoRNA"),
        ("vault_RNA_primary_transcript", "vault RNA"),
        ("Metazoa_SRP", "SRP RNA"),
    ],
)
def test_words_of_one_family_are_understood_by_their_pattern(judge, word, rna_class):
    known = annotated("R.1", (80001, 80400), word=word)
    rows, warnings = judge(known, model("M.1", (80001, 80420)))
    assert rows["M.1"].reason == "housekeeping"
    assert rows["M.1"].evidence.housekeeping.biotype == rna_class
    assert not [text for text in warnings if "does not know" in text]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("TEC", "other gene"),
        ("processed_pseudogene", "pseudogene"),
        ("transposon_mRNA", "transposable element"),
    ],
)
def test_a_model_that_is_an_annotated_transcript_is_doubted_too(judge, word, kind):
    known = annotated("P.1", (80001, 80400), word=word, symbol="PPP")
    rows, _ = judge(known, model("M.1", (80001, 80420)))
    assert rows["M.1"].collected.known_as == "P.1"
    assert touch(rows["M.1"], kind) == "PPP"
    assert any("PPP" in doubt for doubt in rows["M.1"].doubts)


# rows and parents


def test_a_pre_mirna_with_mature_ones_is_as_long_as_its_row(judge):
    known = "".join(
        (
            row("gene", 10001, 12500, "ID=g1;biotype=protein_coding"),
            row("mRNA", 10001, 12500, "ID=t1;Parent=g1"),
            row("exon", 10001, 12500, "Parent=t1"),
            row("CDS", 10101, 10400, "Parent=t1"),
            row("gene", 80001, 80100, "ID=FBgn2;Name=mir-1"),
            row("pre_miRNA", 80001, 80100, "ID=FBtr2;Parent=FBgn2"),
            row("miRNA", 80020, 80042, "ID=FBtr3;Parent=FBtr2"),
        )
    )
    rows, warnings = judge(known, model("M.1", (79901, 80200)), name="a.gff3")
    assert rows["M.1"].evidence.touches["small RNA"].overlap_nt == 100
    assert touch(rows["M.1"], "small RNA") == "mir-1"
    assert not [text for text in warnings if "a.gff3:" in text]


@pytest.mark.parametrize(
    "element",
    [
        row("transposable_element", 80001, 82000, "ID=FBti1;Name=roo", strand="-"),
        row("LTR_retrotransposon", 80001, 82000, "ID=roo"),
        row("mobile_genetic_element", 80001, 82000, "ID=i;Name=roo"),
    ],
)
def test_a_row_of_a_transposable_element_is_one(judge, element):
    known = annotated("X.1", (150001, 150400), word="protein_coding") + element
    rows, _ = judge(known, model("M.1", (80101, 80500)))
    assert touch(rows["M.1"], "transposable element") == "roo"
    assert any("transposable element: roo, 100%" in text for text in rows["M.1"].doubts)
    assert touch(rows["L1.1"], "transposable element") is None


def test_a_site_of_insertion_is_no_element(judge):
    site = row("transposable_element_insertion_site", 80201, 80201, "ID=s")
    rows, _ = judge(site, model("M.1", (80101, 80500)))
    assert not rows["M.1"].evidence.touches


def test_araport_writes_a_transcript_region_as_transcript(judge):
    known = "".join(
        (
            row("gene", 10001, 12500, "ID=A;locus_type=protein_coding"),
            row("mRNA", 10001, 12500, "ID=A.1;Parent=A"),
            row("exon", 10001, 12500, "Parent=A.1"),
            row("CDS", 10101, 10400, "Parent=A.1"),
            row("gene", 80001, 80700, "ID=N;locus_type=novel_transcribed_region"),
            row("transcript_region", 80001, 80700, "ID=N.1;Parent=N"),
            row("exon", 80001, 80700, "Parent=N.1"),
        )
    )
    rows, warnings = judge(known, model("M.1", (80001, 80690)), name="a.gff3")
    assert touch(rows["M.1"], "other gene") == "N"
    assert not [text for text in warnings if "a.gff3:" in text]


# gene ids


@pytest.mark.parametrize("gene", ["G1", ".", "nan", "NaN", "NULL"])
def test_a_gene_id_at_two_places_makes_no_gene_between_them(judge, gene):
    names = f'gene_id "{gene}"; transcript_id'
    known = "".join(
        row(kind, *span, f'{names} "T{start}";')
        for start in (30001, 150001)
        for kind, span in (
            ("exon", (start, start + 900)),
            ("CDS", (start + 100, start + 399)),
        )
    )
    rows, _ = judge(known)
    assert rows["L1.1"].verdict == "candidate"
    assert not rows["L1.1"].doubts
    assert rows["L1.1"].evidence.neighbours.nearest.gene_id not in {".", "nan", "NULL"}


def test_a_cds_on_another_contig_makes_no_gene_coding(tmp_path):
    genome = tmp_path / "g.fa"
    bases = "".join(random.Random(1).choices("ACGT", k=30_000))
    genome.write_text(f">chr1\n{bases}\n>chr2\n{bases}\n")
    known = tmp_path / "a.gtf"
    known.write_text(
        model("G.1", (1001, 1900), cds=((1101, 1400),))
        + model("G.2", (5001, 5900), chrom="chr2")
    )
    models = tmp_path / "q.gtf"
    models.write_text(model("M.1", (5001, 5950), chrom="chr2"))
    result = bl.lincrna.filter(
        models, annotation=known, genome=genome, settings=PACKAGED
    )
    [judged] = result.rows
    assert "intergenic" not in judged.failed


# organelles and circles


@pytest.mark.parametrize(
    ("contig", "organelle"),
    [
        ("scaffold_mitochondrion", "mitochondrion"),
        ("lcl|MT", "mitochondrion"),
        ("Pf3D7_MIT_v3", "mitochondrion"),
        ("Pf3D7_API_v3", "plastid"),
        ("plastid_genome", "plastid"),
        ("maxicircle1", "mitochondrion"),
        ("gi|251831106|ref|NC_012920.1|", "mitochondrion"),
        ("BK010421.1", "mitochondrion"),
        ("Mt1", ""),
        ("MtrunA17Chr1", ""),
        ("chrC01", ""),
        ("chrUn_KI270302v1", ""),
        ("Pf3D7_01_v3", ""),
    ],
)
def test_organelles_within_longer_names(contig, organelle):
    from bioloom.genome.organelles import organelles

    recognised = organelles([contig])
    assert getattr(recognised.get(contig), "organelle", "") == organelle


def test_a_model_over_the_origin_is_wrapped_as_the_annotation_says(tmp_path):
    genome = tmp_path / "g.fa"
    bases = "".join(random.Random(2).choices("ACGT", k=30_000))
    genome.write_text(f">chr1\n{bases}\n>p\n{bases[:3000]}\n")
    known = tmp_path / "a.gff3"
    known.write_text(
        row("region", 1, 3000, "ID=p;Is_circular=true", chrom="p")
        + row("mRNA", 101, 900, "ID=t;Parent=g")
        + row("CDS", 101, 400, "Parent=t")
    )
    models = tmp_path / "q.gtf"
    models.write_text(
        model("A.1", (5001, 5900)) + model("O.1", (2601, 3400), chrom="p")
    )
    result = bl.lincrna.filter(
        models, annotation=known, genome=genome, settings=PACKAGED
    )
    exons = {one.transcript_id: one.collected.transcript.exons for one in result.rows}
    assert exons["O.1"] == ((2600, 3000),)
    assert exons["O.1@origin"] == ((0, 400),)
    [warning] = [text for text in result.warnings if "beyond the contig" in text]
    assert warning.startswith(f"1 transcript of {models} ends beyond the contig")
    assert warning.endswith(": 1 continued at the start of the circular contig.")


# files that are something else


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "an empty file"),
        ("#!genome-build\n", "comments and no row"),
        ("<!DOCTYPE html>\n<html>\n", "a page of HTML or XML"),
        ('{"error": 404}\n', "JSON, not a table"),
        (">chr1\nACGT\n", "sequences in FASTA"),
        ("@r1\nACGT\n+\nIIII\n", "reads in FASTQ"),
        ("@HD\tVN:1.6\n@SQ\tSN:1\tLN:9\n", "alignments in SAM"),
        ("##fileformat=VCFv4.2\n1\t9\t.\tA\tT\t.\t.\t.\n", "variants in VCF"),
        ("LOCUS       NC_1 2000 bp\nFEATURES\n", "a record of GenBank or EMBL"),
        (
            "585\tNM_1\tchr1\t+\t10\t90\t20\t80\t2\t10,60,\t30,90,\t0\tA\tc\tc\t0,0,\n",
            "a table of UCSC's genePred",
        ),
        ("chr1\t10\t90\tT\t0\t+\n", "BED, by its columns"),
        ("#target name  accession\nU6 RF00026\n", "a table of hits by Infernal"),
    ],
)
@pytest.mark.parametrize("pack", [str.encode, lambda t: gzip.compress(t.encode())])
def test_what_is_no_annotation_is_named(tmp_path, text, found, pack):
    path = tmp_path / "a.gtf"
    path.write_bytes(pack(text))
    with pytest.raises(BadAnnotation) as caught:
        read_annotation(path)
    assert f"{path}: found {found}" in str(caught.value)


# files of housekeeping RNAs


BARRNAP = (
    "##gff-version 3\n"
    + row("rRNA", 60001, 61300, "Name=18S_rRNA;product=18S ribosomal RNA")
    + row("rRNA", 80001, 80150, "Name=5S_rRNA;product=5S ribosomal RNA", strand="-")
    + row("rRNA", 90001, 90150, "Name=5S_rRNA;product=5S ribosomal RNA", strand="-")
)


@pytest.mark.parametrize(
    ("name", "text", "rna_class"),
    [
        ("housekeeping.gff", BARRNAP, "rRNA"),
        ("housekeeping.bed", "chr1\t60000\t61300\ttRNA-Ala\t0\t+\n", "tRNA"),
        ("housekeeping.gff", row("U6", 60001, 61300, "evalue=1e-9"), "snRNA"),
        ("housekeeping.gff", row("RF00005", 60001, 61300, "Note=tRNA"), "tRNA"),
        (
            "housekeeping.gff",
            row("ncRNA", 60001, 61300, "ID=RF00017.1;Name=Metazoa_SRP"),
            "SRP RNA",
        ),
    ],
)
def test_hits_of_other_programs_are_housekeeping_rnas(judge, name, text, rna_class):
    rows, warnings = judge(files={name: text})
    assert rows["L1.1"].reason == "housekeeping"
    assert rows["L1.1"].evidence.housekeeping.biotype == rna_class
    assert not [text for text in warnings if "an earlier one has" in text]


# votes


CPC2 = "#ID\tcoding_probability\tlabel\n"
VOTES = {"vote_rule": "any"}


def votes(*lines):
    return {"votes.tsv": CPC2 + "".join(f"{line}\n" for line in lines)}


def test_votes_on_names_that_differ_in_case_only_are_named(judge):
    models = model("aB.1", (100001, 100900)) + model("Ab.1", (110001, 110900))
    rows, warnings = judge(
        models=models,
        files=votes("AB.1\t.9\tcoding", "L1.1\t.1\tnoncoding"),
        settings=VOTES,
    )
    assert not rows["aB.1"].evidence.votes
    assert not rows["Ab.1"].evidence.votes
    assert (
        "votes.tsv: CPC2 does not vote on 2 transcripts (aB.1, Ab.1) whose names "
        "differ from others in case only." in warnings
    )


def test_of_two_votes_on_one_name_the_higher_counts_aloud(judge):
    lines = ("L1.1\t.9\tcoding", "L1.1\t.1\tnoncoding")
    for order in (lines, lines[::-1]):
        rows, warnings = judge(files=votes(*order), settings=VOTES)
        assert rows["L1.1"].reason == "coding"
        assert any("names 1 transcript in several rows" in text for text in warnings)


def test_votes_by_the_whole_header_of_a_sequence(judge):
    rows, _ = judge(files=votes("l1.1 gene=L1\t.9\tcoding"), settings=VOTES)
    assert rows["L1.1"].reason == "coding"


# repeats


REPEATMASKER = """\
   SW   perc perc perc  query     position in query              matching  repeat
score   div. del. ins.  sequence  begin    end          (left)   repeat    class/family

 2301  11.9  0.3  1.0  chr1  60001 60380 (139620) C  AluY   SINE/Alu      (1) 310 1  1
 1504  21.0  4.0  2.2  chr1  61050 61150 (138850) +  L1MA4  LINE/L1    5000 5101 (9) 2 *
   18  23.2  0.0  2.0  chr1  61151 61300 (138700) +  (CA)n  Simple_repeat 1 150 (0)  3
  300  10.0  0.0  0.0  chrUn_1   1   300     (10) +  AluSx  SINE/Alu      1 300 (0)  4
"""


def test_repeats_of_repeatmasker_feed_the_doubt(judge):
    rows, warnings = judge(files={"repeats.out": REPEATMASKER})
    found = rows["L1.1"].evidence.touches["transposable element"]
    assert (found.name, found.rna_class) == ("AluY", "SINE/Alu")
    assert (found.overlap_nt, found.of_transcript) == (481, 481 / 700)
    assert rows["L1.1"].verdict == "candidate"
    assert rows["L1.1"].doubts == ("transposable element: AluY, 69% of it",)
    [warning] = [text for text in warnings if "repeat of" in text]
    assert warning.startswith("1 repeat of ")
    assert warning.endswith("lacks (chrUn_1) and was left out.")


def test_repeats_reject_where_the_setting_says_so(judge):
    files, reject = {"repeats.out": REPEATMASKER}, {"repeat_overlap": "reject"}
    rows, _ = judge(files=files, settings=reject)
    assert rows["L1.1"].reason == "repeat"
    rows, _ = judge(files=files, settings=reject | {"repeat_fraction": 0.7})
    assert rows["L1.1"].verdict == "candidate"


@pytest.mark.parametrize(("last", "name"), [(60050, "TEG"), (60300, "AluY")])
def test_the_larger_of_gene_and_repeats_is_named(judge, last, name):
    gene = annotated("TEG.1", (60001, 60100), word="transposable_element")
    bed = f"chr1\t60000\t{last}\tAluY\t0\t-\n"
    rows, _ = judge(gene, files={"repeats.bed": bed})
    assert touch(rows["L1.1"], "transposable element") == name


def test_repeats_of_another_assembly_are_refused(judge):
    with pytest.raises(ChromNamesDiffer):
        judge(files={"repeats.bed": "1\t60000\t60300\tAluY\t0\t-\n"})
    with pytest.raises(BadAnnotation, match="1 repeat of 1 beyond the end of the cont"):
        judge(files={"repeats.bed": "chr1\t60000\t260300\tAluY\t0\t-\n"})


def test_a_repeat_that_cannot_be_read_stops_a_strict_run(judge):
    files = {"repeats.bed": "chr1\t60000\t60300\tAluY\nchr1\t9\t5\tx\n"}
    _, warnings = judge(files=files)
    assert any("1 row cannot be read" in text for text in warnings)
    with pytest.raises(BadAnnotation, match="1 row that cannot be read"):
        judge(files=files, strict=True)


def test_a_run_names_its_repeats(small, configure):
    path = small.genome_path.parent / "repeats.bed"
    path.write_text("chr1\t1\t9\tAluY\n")
    config, _ = read_run_config(configure(repeats=str(path)))
    assert config.repeats == path


# what must stay silent


@pytest.mark.parametrize("place", ["intron", "behind"])
def test_n_outside_the_exons_is_no_doubt(judge, tmp_path, place):
    bases = random.Random(3).choices("ACGT", k=70_000)
    first, last = {"intron": (60450, 60950), "behind": (61300, 65000)}[place]
    bases[first:last] = "N" * (last - first)
    genome = tmp_path / "n.fa"
    genome.write_text(f">chr1\n{''.join(bases)}\n")
    rows, warnings = judge(genome=genome)
    assert rows["L1.1"].evidence.n_fraction == 0
    assert not [text for text in warnings if "% N" in text]


def test_a_small_rna_in_an_intron_or_a_long_exon_rejects_nothing(judge):
    known = annotated("S.1", (100501, 100600), word="snoRNA", symbol="SNORD5")
    known += annotated("U.1", (110501, 110607), word="snRNA", symbol="RNU6-99P")
    models = model("HOST.1", (100001, 100300), (101001, 101400))
    models += model("BIG.1", (109001, 112000))
    rows, _ = judge(known, models)
    assert not rows["HOST.1"].evidence.touches
    assert "housekeeping" not in rows["BIG.1"].failed
    assert rows["BIG.1"].doubts == ("small RNA: RNU6-99P (snRNA), 4% of it",)
