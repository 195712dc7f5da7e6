"""Alignments in place of reads: what is refused, and what is done with the rest."""

import pytest

from bioloom.errors import BadInput, InputWarning
from bioloom.genome.gtf import read_annotation
from bioloom.genome.sequence import Genome, contig_lengths
from bioloom.lincrna.alignments.contigs import check_contigs
from bioloom.lincrna.alignments.splice_strand import introns_of, rna_strand
from bioloom.lincrna.alignments.taking import look_at, take_alignments
from tests.lincrna.alignments.sam import (
    CHROM,
    INTRONS,
    lengths,
    over,
    row,
    write_genome,
    write_sam,
)

pysam = pytest.importorskip("pysam")
SENSE, ANTISENSE = "XS:A:+", "XS:A:-"


@pytest.fixture
def take(tmp_path):
    genome = write_genome(tmp_path)

    def taken(bam):
        with Genome(genome, cache=tmp_path / "cache") as opened:
            return take_alignments(bam, tmp_path / "out/s.bam", opened)

    return taken


def reads(path):
    with pysam.AlignmentFile(str(path)) as reader:
        return [*reader.fetch(until_eof=True)]


def to_bam(sam, name="in.bam"):
    path = sam.with_name(name)
    pysam.view("-b", "-o", str(path), str(sam), catch_stdout=False)
    return path


def test_the_strand_of_a_read_without_one_is_that_of_its_introns(take, tmp_path):
    rows = [over(number) for number in range(len(INTRONS))]
    taken = take(to_bam(write_sam(tmp_path / "in.sam", *rows)))
    written = reads(tmp_path / "out/s.bam")
    found = [read.get_tag("XS") if read.has_tag("XS") else "" for read in written]
    assert found == [*INTRONS.values()]
    assert "7 of 7 spliced alignments came without a strand: 6 have that of their" in (
        taken.facts.note
    )
    assert "1 have none" in taken.facts.note


def test_introns_of_two_strands_tell_none(take, tmp_path):
    gap = "10M200N100M200N10M"
    spliced = row("91", cigar=gap).replace("C" * 20, "C" * 120).replace("F" * 20, "*")
    both = spliced.replace("91", "691", 2)  # AT-AC, then CT-AC
    write_sam(tmp_path / "in.sam", spliced, both, over(0))
    taken = take(tmp_path / "in.sam")
    told = [read.has_tag("XS") for read in reads(tmp_path / "out/s.bam")]
    assert told == [True, True, False]  # sorted; GT-AG and GC-AG agree
    assert (taken.tally.n_strandless, taken.tally.n_told) == (3, 2)


def test_a_bam_file_that_is_usable_is_linked_to(take, tmp_path):
    bam = to_bam(write_sam(tmp_path / "in.sam", over(0, tags=SENSE), program="STAR"))
    before = bam.read_bytes()
    for _ in range(2):  # the second time over the link
        taken = take(bam)
    assert (tmp_path / "out/s.bam").resolve() == bam
    assert bam.read_bytes() == before
    assert taken.facts.origin == "BAM of STAR 1.0: in.bam"


def test_a_link_is_never_written_through(take, tmp_path):
    bam = to_bam(write_sam(tmp_path / "in.sam", over(0, tags=SENSE)))
    take(bam)
    before = bam.read_bytes()
    take(to_bam(write_sam(tmp_path / "in.sam", over(0)), "other.bam"))
    assert bam.read_bytes() == before
    assert not (tmp_path / "out/s.bam").is_symlink()


def test_second_mates_alone_are_refused(tmp_path):
    # strand, reads and rates are counted at first mates
    bam = to_bam(write_sam(tmp_path / "in.sam", over(0, flag=0x81, tags=SENSE)))
    with pytest.raises(BadInput, match="1 second mates and no first one"):
        look_at(bam, lengths())


def test_a_piece_of_a_cdna_read_has_not_the_strand_of_the_others_tail(tmp_path):
    genome = write_genome(tmp_path)
    rows = [
        over(0, tags="ts:A:+"),
        *(row("1", flag=flag, tags="os:i:1") for flag in (0, 0x10, 0x800, 0x810)),
    ]
    sam = write_sam(tmp_path / "in.sam", *rows)
    for kind, wanted in (("ont_cdna", "+-.."), ("ont_drna", "+-+-")):
        with Genome(genome, cache=tmp_path / "cache") as opened:
            take_alignments(sam, tmp_path / "o.bam", opened, kind=kind)
        found = [
            read.get_tag("XS") if read.has_tag("XS") else "."
            for read in sorted(reads(tmp_path / "o.bam"), key=lambda each: each.flag)
            if "N" not in read.cigarstring
        ]
        assert "".join(found) == wanted


def test_a_score_hides_no_strand(tmp_path):
    sam = write_sam(tmp_path / "in.sam", over(0, flag=0x10, tags="XS:i:12 ts:A:+"))
    assert [rna_strand(read) for read in reads(sam)] == ["-"]


def test_minimap2s_tag_is_a_strand_and_bowtie2s_score_is_none(take, tmp_path):
    rows = (over(0, tags="ts:A:+"), over(3, tags="XS:i:12"))
    taken = take(write_sam(tmp_path / "in.sam", *rows))
    assert (taken.tally.n_strandless, taken.tally.n_told) == (1, 1)
    assert reads(tmp_path / "out/s.bam")[1].get_tag("XS") == "-"


def test_what_is_not_sorted_is_sorted(take, tmp_path):
    rows = (over(3, tags=ANTISENSE), over(0, tags=SENSE))
    taken = take(to_bam(write_sam(tmp_path / "in.sam", *rows)))
    starts = [read.reference_start for read in reads(tmp_path / "out/s.bam")]
    assert starts == sorted(starts)
    pysam.index("-c", str(tmp_path / "out/s.bam"))
    assert "sorted by place for the run" in taken.facts.note
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert left == {"s.bam", "s.bam.csi"}


def test_a_cram_file_is_decoded_with_the_genome_of_the_run(take, tmp_path):
    genome = write_genome(tmp_path)
    sam = write_sam(tmp_path / "in.sam", over(0, tags=SENSE))
    cram = tmp_path / "in.cram"
    pysam.view("-C", "-T", str(genome), "-o", str(cram), str(sam), catch_stdout=False)
    look_at(cram, lengths())
    assert take(cram).facts.origin == "CRAM: in.cram"
    assert reads(tmp_path / "out/s.bam")[0].query_sequence == "C" * 20
    genome.write_text(genome.read_text().replace("CCC", "GGG"))
    with pytest.raises(BadInput, match="a CRAM file that cannot be decoded") as caught:
        take(cram)
    assert "Give the genome that it was written with" in str(caught.value)


def test_alignments_to_what_the_genome_lacks_are_left_out(take, tmp_path):
    contigs = lengths() | {"ERCC-1": 500}
    rows = [over(0, tags=SENSE), over(0, tags=SENSE), row("5", chrom="ERCC-1")]
    taken = take(to_bam(write_sam(tmp_path / "in.sam", *rows, contigs=contigs)))
    assert {r.reference_name for r in reads(tmp_path / "out/s.bam")} == {CHROM}
    assert "1 alignment to contigs that the genome lacks left out" in taken.facts.note
    most = write_sam(tmp_path / "in.sam", *rows[1:], rows[2], contigs=contigs)
    with pytest.raises(BadInput, match="2 alignments on contigs that the genome lacks"):
        take(most)


def test_rates_are_told_only_where_unmapped_reads_are_in_the_file(take, tmp_path):
    lost = "u\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\tFFFF\n"
    with_lost = take(write_sam(tmp_path / "in.sam", over(0, tags=SENSE), lost))
    assert with_lost.tally.has_unmapped
    assert with_lost.facts.note == ""
    assert (with_lost.tally.stats.n_reads, with_lost.tally.n_mapped) == (2, 1)
    assert with_lost.tally.stats.mean_length_nt == 12
    without = take(write_sam(tmp_path / "in.sam", over(0, tags=SENSE)))
    assert "the share of mapped ones is not known" in without.facts.note


def test_pairs_are_counted_once(take, tmp_path):
    rows = [
        over(0, flag=99, tags=SENSE, mate="=\t391"),
        row("391", flag=147, mate="=\t91"),
        row("391", flag=147 | 256, mate="=\t91"),
    ]
    stats = take(write_sam(tmp_path / "in.sam", *rows)).tally.stats
    assert (stats.n_reads, stats.max_length_nt) == (1, 20)


def test_both_mates_on_one_strand_are_refused(tmp_path):
    one = [
        over(0, flag=flag, tags=SENSE, mate="=\t91") for flag in (65, 129)
    ] * 100  # both mates forward, as ipsa-nf's BAM files have it
    with pytest.raises(BadInput, match="100 of 100 pairs with both mates on one") as it:
        look_at(write_sam(tmp_path / "in.sam", *one), lengths())
    assert "as the aligner wrote it" in str(it.value)
    few = write_sam(tmp_path / "in.sam", *one[:50])
    look_at(few, lengths())  # too few to tell


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([row("5")], "no spliced alignment (N in the CIGAR) of 1, expected those of"),
        (
            ["u\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\tFFFF\n"],
            "1 read and none of them aligned",
        ),
        ([], "0 reads and none of them aligned"),
        ([over(0, tags="XS:A:+ CB:Z:ACGT-1")], "Set the kind of the sample to cell or"),
    ],
)
def test_what_the_assembly_cannot_use_is_refused(tmp_path, rows, told):
    with pytest.raises(BadInput) as caught:
        look_at(write_sam(tmp_path / "in.sam", *rows), lengths())
    assert told in str(caught.value)


def test_before_a_run_it_is_said_what_will_be_done(tmp_path):
    sam = write_sam(tmp_path / "in.sam", over(3), over(0))
    with pytest.warns(InputWarning) as said:
        look_at(sam, lengths())
    first, second = (str(one.message) for one in said)
    assert "2 of 2 spliced alignments looked at have no strand" in first
    assert "--outSAMstrandField intronMotif" in first
    assert "not sorted by place: the run sorts a copy" in second


def test_a_truncated_file_is_one_clear_error(take, tmp_path):
    rows = [over(0, tags=SENSE)] * 3000
    whole = to_bam(write_sam(tmp_path / "in.sam", *rows)).read_bytes()
    cut = tmp_path / "cut.bam"
    cut.write_bytes(whole[: len(whole) // 2])
    for read in (lambda: look_at(cut, lengths()), lambda: take(cut)):
        with pytest.raises(BadInput, match="alignment file that cannot be read"):
            read()
    cut.write_text("no alignments\n")
    with pytest.raises(BadInput, match="alignment file that cannot be read"):
        look_at(cut, lengths())


CONTIGS = {"chr1": 100, "chr2": 50}


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        ({}, "found no contig in its header"),
        (
            {"1": 100, "2": 50},
            "found contigs '1', '2', expected those of the genome: 'chr1', 'chr2'. "
            "Only the prefix 'chr' differs: samtools reheader -c 'sed s/SN:/SN:chr/' "
            "a.bam > renamed.a.bam",
        ),
        ({"NC_1": 100}, "Give the genome that the reads were aligned to"),
        ({"1": 99}, "Give the genome that the reads were aligned to"),
        ({"chr1": 100, "chr2": 51}, "contig chr2 of 51 nt, expected 50 nt, as in the"),
        ({"chr1": 1, "chr2": 51}, "chr1 of 1 nt (2 of 2 contigs differ), expected 100"),
    ],
)
def test_alignments_to_another_genome_name_both(tmp_path, theirs, told):
    with pytest.raises(BadInput) as caught:
        check_contigs(tmp_path / "a.bam", theirs, CONTIGS)
    assert told in str(caught.value)


def test_either_may_have_contigs_that_the_other_lacks(tmp_path):
    check_contigs(tmp_path / "a.bam", {"chr1": 100, "EBV": 9}, CONTIGS)


@pytest.mark.parametrize("prefix", ["s/SN:/SN:chr/", "s/SN:chr/SN:/"])
def test_the_advice_on_names_works(tmp_path, prefix):
    theirs = {"1": 100} if "chr/" in prefix.split(":")[-1] else {"chr1": 100}
    genome = {"chr1": 100} if "1" in theirs else {"1": 100}
    path = to_bam(write_sam(tmp_path / "in.sam", contigs=theirs))
    with pytest.raises(BadInput, match=prefix):
        check_contigs(path, theirs, genome)
    text = pysam.view("-H", str(path))
    old, new = prefix.split("/")[1:3]
    assert f"SN:{[*genome][0]}\t" in text.replace(old, new)


def test_lengths_of_contigs_are_read_without_an_index(tmp_path):
    path = write_genome(tmp_path)
    assert contig_lengths(path) == lengths()
    assert {file.name for file in tmp_path.iterdir()} == {"g.fa"}


def test_strands_of_reads_of_star_are_those_of_the_annotation(data_dir, tmp_path):
    given = data_dir / "lincrna/bulk_bam/mouse_chr9.bam"
    folder, chrom, length = data_dir / "lincrna/long_reads", "chr9", 4_000_000
    with pytest.raises(BadInput, match="chr9 of 124,359,700 nt, expected 4,000,000"):
        look_at(given, contig_lengths(folder / "mouse_chr9.fa.gz"))
    bam = tmp_path / "cut.bam"  # its genome ends there, as do its reads
    with pysam.AlignmentFile(str(given)) as reader:
        header = reader.header.to_dict()
        header["SQ"] = [{"SN": chrom, "LN": length}]
        shift = reader.get_tid(chrom)
        with pysam.AlignmentFile(str(bam), "wb", header=header) as writer:
            for read in reader.fetch(until_eof=True):
                read.reference_id -= shift
                read.next_reference_id -= shift
                writer.write(read)
    with Genome(folder / "mouse_chr9.fa.gz", cache=tmp_path / "cache") as genome:
        taken = take_alignments(bam, tmp_path / "s.bam", genome)
    assert (taken.tally.n_spliced, taken.tally.n_strandless) == (4254, 4254)
    assert taken.tally.n_told >= 4200
    annotation = read_annotation(folder / "mouse_chr9.gtf.gz")
    strands = {i: tx.strand for tx in annotation.transcripts for i in tx.introns}
    pairs = [
        (strands[intron], read.get_tag("XS"))
        for read in reads(tmp_path / "s.bam")
        for intron in introns_of(read)
        if intron in strands and read.has_tag("XS")
    ]
    assert len(pairs) > 2900
    assert all(known == told for known, told in pairs)
