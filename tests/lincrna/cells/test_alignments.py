"""Alignments: those that count, one of each molecule, those of other pipelines."""

import pytest

from bioloom.errors import BadInput
from bioloom.lincrna.cells.alignments import unique_alignments
from bioloom.lincrna.cells.duplicates import deduplicate
from bioloom.lincrna.cells.tagged_bam import take_bam
from bioloom.lincrna.cells.umis import umi_code

pysam = pytest.importorskip("pysam")
CHROMS = {"1": 10_000, "2": 5_000}
CELL, OTHER = "ACGT" * 4, "TTGA" * 4


@pytest.fixture
def bam(tmp_path):
    def write(*reads, order="coordinate", name="in.bam", chroms=CHROMS):
        header = {
            "HD": {"VN": "1.6", "SO": order},
            "SQ": [{"SN": chrom, "LN": length} for chrom, length in chroms.items()],
        }
        path = tmp_path / name
        with pysam.AlignmentFile(str(path), "wb", header=header) as out:
            for read in reads:
                out.write(pysam.AlignedSegment.from_dict(read, out.header))
        return path

    return write


def row(name, start=100, *, cigar="50M", flag=0, chrom="1", mapq=60, tags=("NH:i:1",)):
    n = sum(
        int(size)
        for size, letter in zip(
            *[iter(__import__("re").findall(r"\d+|\D", cigar))] * 2, strict=True
        )
        if letter in "MIS"
    )
    return {
        "name": name,
        "flag": str(flag),
        "ref_name": chrom,
        "ref_pos": str(start + 1),
        "map_quality": str(mapq),
        "cigar": cigar,
        "next_ref_name": "*",
        "next_ref_pos": "0",
        "length": "0",
        "seq": "A" * n,
        "qual": "F" * n,
        "tags": [*tags],
    }


def named(path):
    with pysam.AlignmentFile(str(path)) as reader:
        return [read.query_name for read in reader.fetch(until_eof=True)]


def test_reads_that_align_once_are_read_with_barcode_and_umi(bam):
    path = bam(
        row("r_x_C1_AACT", cigar="2S30M500N20M"),
        row("m_C1_AACT", tags=("NH:i:2",)),
        row("s_C1_AACT", flag=256),
        row("u_C1_AACT", flag=4),
        row("q_C2_-", 300, flag=16, mapq=255, tags=()),
        row("q_C2_-", 300, mapq=3, tags=()),
    )
    first, second = unique_alignments(path)
    assert first == ("C1", 7, ("1", "+", ((100, 130), (630, 650))))
    assert second == ("C2", -1, ("1", "-", ((300, 350),)))


def test_of_a_pair_mate_1_stands_for_both(bam):
    path = bam(
        row("p_A1_-", 100, flag=99),
        row("p_A1_-", 300, flag=147),
        row("q_A1_-", 500, flag=137),
    )
    assert [
        (a.place.strand, a.place.blocks[0][0]) for a in unique_alignments(path)
    ] == [
        ("+", 100),
        ("-", 500),  # mate 2 is aligned plus, so the fragment's strand is minus
    ]


def test_one_alignment_of_each_molecule_stays(bam, tmp_path):
    path = bam(
        row(f"a_{CELL}_AAAA", 100, mapq=1),
        row(f"b_{CELL}_AAAA", 100),
        row(f"c_{CELL}_AAAA", 102, cigar="2S48M"),  # starts at the same base
        row(f"d_{CELL}_AAAT", 100),  # one error, one read
        row(f"e_{CELL}_CCCC", 100),  # another UMI
        row(f"f_{OTHER}_AAAA", 100),  # another cell
        row(f"g_{CELL}_AAAA", 110),  # another place
        row(f"h_{CELL}_AAAA", 60, flag=16),  # another strand
        row(f"i_{CELL}_AAAA", 70, cigar="40M", flag=16),  # ends at the same base
        row(f"j_{CELL}_AAAA", flag=4),
    )
    deduplicate(path, tmp_path / "out.bam")
    stay = {name[0] for name in named(tmp_path / "out.bam")}
    assert stay == {"b", "e", "f", "g", "h"}


def test_reads_without_a_umi_are_no_duplicates(bam, tmp_path):
    path = bam(row(f"a_{CELL}_AAAA", 100), row(f"b_{CELL}_AAAA", 100))
    deduplicate(path, tmp_path / "out.bam")
    assert len(named(tmp_path / "out.bam")) == 1


def tagged(name, *, cb=f"{CELL}-1", ub="ACGTAACC", **others):
    tags = [f"CB:Z:{cb}"] * bool(cb) + [f"UB:Z:{ub}"] * bool(ub)
    return row(name, tags=("NH:i:1", *tags), **others)


def test_barcode_and_umi_of_tags_go_into_the_names(bam, tmp_path):
    path = bam(
        tagged("a"),
        tagged("b", cb=OTHER),
        tagged("c", cb=""),
        tagged("d", ub="-"),
        tagged("e", flag=256),
    )
    taken = take_bam(path, tmp_path / "out.bam", CHROMS)
    assert taken.counts == {CELL: 1, OTHER: 1}
    assert (taken.n_reads, taken.n_mapped, taken.n_untagged) == (4, 4, 2)
    assert named(tmp_path / "out.bam") == [
        f"a_{CELL}_ACGTAACC",
        f"b_{OTHER}_ACGTAACC",
        f"e_{CELL}_ACGTAACC",
    ]
    first = next(unique_alignments(tmp_path / "out.bam"))
    assert first[:2] == (CELL, umi_code("ACGTAACC"))


@pytest.mark.parametrize(
    ("reads", "others", "told"),
    [
        ([tagged("a")], {"order": "queryname"}, "samtools sort -o sorted.bam in.bam"),
        ([tagged("a", cb="")], {}, "no read of 1 with the tags CB and UB"),
        (
            [tagged("a")],
            {"chroms": {"1": 10_001}},
            "reads on 1 of 10,001 nt, expected 1",
        ),
        ([tagged("a", chrom="chr1")], {"chroms": {"chr1": 9}}, "chromosomes chr1, …"),
        (
            [tagged("a", chrom="3")],
            {"chroms": CHROMS | {"3": 9}},
            "reads on 3 of 9 nt, expected a chromosome of the genome",
        ),
    ],
)
def test_alignments_that_do_not_fit_are_one_clear_error(
    bam, tmp_path, reads, others, told
):
    with pytest.raises(BadInput) as caught:
        take_bam(bam(*reads, **others), tmp_path / "out.bam", CHROMS)
    assert told in str(caught.value)
    assert not (tmp_path / "out.bam").exists()


def test_a_file_that_is_no_bam_is_one_clear_error(tmp_path):
    (tmp_path / "x.bam").write_text("hello")
    with pytest.raises(BadInput, match="an alignment file that cannot be read"):
        take_bam(tmp_path / "x.bam", tmp_path / "out.bam", CHROMS)


@pytest.mark.data
def test_cellranger_alignments_are_read_as_samtools_counts_them(data_dir, tmp_path):
    path = data_dir / "lincrna/cellranger_bam/mouse_chr1.possorted.bam"
    with pysam.AlignmentFile(str(path)) as reader:
        chroms = dict(zip(reader.references, reader.lengths, strict=True))
        reads = [
            read
            for read in reader.fetch(until_eof=True)
            if not read.is_secondary and read.has_tag("CB") and read.has_tag("UB")
        ]
    taken = take_bam(path, tmp_path / "out.bam", chroms)
    assert (taken.n_reads, sum(taken.counts.values())) == (1710, len(reads))
    assert set(taken.counts) == {read.get_tag("CB")[:16] for read in reads}
    assert len(taken.counts) == 8
