"""Reads are given to genes by most of their bases, molecules are counted once."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.genome.transcript import Transcript
from bioloom.lincrna.cells import counting
from bioloom.lincrna.cells.alignments import Alignment, Place
from bioloom.lincrna.cells.counting import (
    GeneFinder,
    GeneModel,
    count_molecules,
    count_reads,
    genes_of,
)
from bioloom.lincrna.cells.matrix import sample_matrix
from bioloom.lincrna.cells.umis import NO_UMI_CODE, molecules, umi_code


def gene(name, *exons, strand="+", chrom="1"):
    return GeneModel(name, Transcript(f"{name}.1", name, chrom, strand, exons))


def finder_of(*models):
    return GeneFinder(genes_of(models), [model.gene_id for model in models])


FINDER = finder_of(
    gene("G", (1000, 1200), (5000, 5200)),
    gene("ANTI", (1000, 1200), strand="-"),
    gene("IN", (3000, 3100)),
    gene("ALONE", (8000, 8100)),
)


def read(*blocks, umi="AAAC", cell="C1", strand="+"):
    spans = blocks if isinstance(blocks[0], tuple) else ((blocks[0], blocks[0] + 50),)
    code = NO_UMI_CODE if umi == "-" else umi_code(umi)
    return Alignment(cell, code, Place("1", strand, spans))


def counted(*reads, strandness="forward", finder=FINDER, multi_gene="all"):
    found = count_reads(reads, finder, strandness)
    matrix = sample_matrix(
        "s", found, len(finder.gene_ids), is_nucleus=False, multi_gene=multi_gene
    )
    return {
        layer: {
            (matrix.barcodes[row], finder.gene_ids[column]): int(values[row, column])
            for row, column in zip(*values.nonzero(), strict=True)
        }
        for layer, values in matrix.layers.items()
    }, found.outcomes


def test_an_exonic_read_counts_in_both_layers():
    layers, outcomes = counted(read(1010))
    assert layers["exonic"] == layers["full"] == {("C1", "G"): 1}
    assert outcomes == {"gene": 1}


def test_a_spliced_read_is_exonic():
    layers, _ = counted(read((1175, 1200), (5000, 5025)))
    assert layers["exonic"] == {("C1", "G"): 1}


def test_an_intronic_read_counts_only_with_introns():
    layers, _ = counted(read(2000))
    assert not layers["exonic"]
    assert layers["full"] == {("C1", "G"): 1}


@pytest.mark.parametrize(
    ("strandness", "strand", "gene_id"),
    [
        ("forward", "+", "G"),
        ("forward", "-", "ANTI"),
        ("reverse", "+", "ANTI"),
        ("reverse", "-", "G"),
    ],
)
def test_the_strand_of_the_library_decides(strandness, strand, gene_id):
    layers, _ = counted(read(1010, strand=strand), strandness=strandness)
    assert layers["exonic"] == {("C1", gene_id): 1}


def test_without_a_strand_genes_on_both_are_ambiguous():
    layers, outcomes = counted(read(1010), strandness="unstranded")
    assert not layers["full"]
    assert outcomes == {"ambiguous": 1}
    layers, _ = counted(read(8010, strand="-"), strandness="unstranded")
    assert layers["exonic"] == {("C1", "ALONE"): 1}


def test_reads_against_the_only_gene_are_told():
    _, outcomes = counted(read(8010, strand="-"), read(20_000))
    assert outcomes == {"antisense": 1, "outside": 1}


def test_a_gene_in_an_intron_takes_its_own_reads():
    layers, _ = counted(read(3010))
    assert layers["exonic"] == layers["full"] == {("C1", "IN"): 1}


def test_half_of_the_bases_must_lie_in_the_gene():
    assert counted(read(975))[0]["exonic"] == {("C1", "G"): 1}
    layers, outcomes = counted(read(974))
    assert not layers["exonic"]
    assert outcomes == {"outside": 1}


def test_a_umi_in_two_genes_counts_in_both_or_in_the_one_with_most_reads():
    twice = [read(1010), read(1020), read(8010), read(8010, umi="CCCA")]
    assert counted(*twice)[0]["exonic"] == {("C1", "G"): 1, ("C1", "ALONE"): 2}
    layers, _ = counted(*twice, multi_gene="most_reads")
    assert layers["exonic"] == {("C1", "G"): 1, ("C1", "ALONE"): 1}
    layers, _ = counted(read(1010), read(8010), multi_gene="most_reads")
    assert not layers["exonic"]


def test_reads_without_a_umi_are_one_each():
    layers, _ = counted(*[read(1010, umi="-")] * 3, multi_gene="most_reads")
    assert layers["exonic"] == {("C1", "G"): 3}


READS = st.lists(
    st.tuples(
        st.sampled_from(["C1", "C2", "C3"]),
        st.sampled_from([1010, 2000, 3010, 8010, 9000]),
        st.text("ACGT", min_size=3, max_size=3),
    ),
    max_size=60,
)


@given(READS, st.integers(1, 20))
def test_joining_in_batches_changes_nothing(rows, batch):
    reads = [read(start, cell=cell, umi=umi) for cell, start, umi in rows]
    whole = counted(*reads)
    before, counting.BATCH = counting.BATCH, batch
    try:
        assert counted(*reads) == whole
    finally:
        counting.BATCH = before


def directional(counts: dict[str, int]) -> int:
    """The rule word by word: from the UMI with most reads on, take what it explains."""
    left = sorted(counts, key=lambda umi: (-counts[umi], umi))
    n = 0
    while left:
        n += 1
        queue = [left.pop(0)]
        while queue:
            parent = queue.pop()
            near = [
                umi
                for umi in left
                if sum(a != b for a, b in zip(parent, umi, strict=True)) == 1
                and counts[parent] >= 2 * counts[umi] - 1
            ]
            queue += near
            left = [umi for umi in left if umi not in near]
    return n


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 2), st.text("ACGT", min_size=4, max_size=4)),
        st.integers(1, 9),
        max_size=40,
    )
)
def test_umis_are_joined_by_the_directional_method(counts):
    rows = sorted((group, umi_code(umi), n) for (group, umi), n in counts.items())
    groups, umis, n = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    first = molecules(groups, umis, n)
    for group in range(3):
        own = {umi: n for (of, umi), n in counts.items() if of == group}
        is_own = groups == group
        assert len(set(first[is_own])) == directional(own)
    assert (groups[first] == groups).all()
    assert (n[first] >= n).all()


def test_a_umi_with_one_error_and_few_reads_is_not_another():
    reads = [read(1010, umi=umi) for umi in ["AAAA"] * 9 + ["AAAT", "GGGG"]]
    assert counted(*reads)[0]["exonic"] == {("C1", "G"): 2}
    alike = [read(1010, umi=umi) for umi in ["AAAA"] * 5 + ["AAAT"] * 4]
    other = [read(1010, cell="C2")]
    assert counted(*alike, *other)[0]["exonic"] == {("C1", "G"): 2, ("C2", "G"): 1}


def test_no_read_is_no_row():
    found = count_reads([], FINDER, "forward")
    assert count_molecules(found.rows("full")).n.size == 0
    assert found.outcomes == Counter()
