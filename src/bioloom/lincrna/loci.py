"""Loci: transcripts that share exonic bases on one strand belong together."""

from collections import Counter
from collections.abc import Sequence

from bioloom.genome.intervals import exonic_overlap_nt, overlapping_pairs
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.collect import Collected


def locus_ids(collected: Sequence[Collected]) -> list[str]:
    """Name of the locus of each transcript.

    Transcripts of known strand are joined if their exons overlap on that strand,
    directly or through others, or if their file gives them one gene_id. A transcript
    without strand joins the loci of one strand that its exons overlap; where it
    overlaps loci of both strands it stays apart.

    A locus is named by the gene_id of its first known transcript, else of its first
    one; a second locus of that name gets ``.2``, and so on.
    """
    transcripts = [item.transcript for item in collected]
    groups = _Groups(len(transcripts))
    _join_overlapping(transcripts, groups)
    _join_same_gene(transcripts, groups)
    roots = [groups.root(index) for index in range(len(transcripts))]
    return _named(roots, collected)


class _Groups:
    """Disjoint sets of indices (union-find)."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))

    def root(self, index: int) -> int:
        while self._parent[index] != index:
            self._parent[index] = self._parent[self._parent[index]]
            index = self._parent[index]
        return index

    def join(self, left: int, right: int) -> None:
        first, second = sorted((self.root(left), self.root(right)))
        self._parent[second] = first


def _join_overlapping(transcripts: Sequence[Transcript], groups: _Groups) -> None:
    strands_met: dict[int, set[str]] = {}
    unstranded: list[tuple[int, int]] = []
    for left, right in overlapping_pairs(transcripts, transcripts):
        one, other = transcripts[left], transcripts[right]
        if left == right or not exonic_overlap_nt(one.exons, other.exons):
            continue
        if one.strand == other.strand:
            groups.join(left, right)
        elif one.strand == ".":
            strands_met.setdefault(left, set()).add(other.strand)
            unstranded.append((left, right))
    for left, right in unstranded:
        if len(strands_met[left]) == 1:
            groups.join(left, right)


def _join_same_gene(transcripts: Sequence[Transcript], groups: _Groups) -> None:
    first_of_gene: dict[tuple[str, str, str], int] = {}
    for index, tx in enumerate(transcripts):
        gene = (tx.gene_id, tx.chrom, tx.strand)
        groups.join(first_of_gene.setdefault(gene, index), index)


def _named(roots: Sequence[int], collected: Sequence[Collected]) -> list[str]:
    gene_of: dict[int, str] = {}
    for origin in ("known", "novel"):
        for root, item in zip(roots, collected, strict=True):
            if item.origin == origin:
                gene_of.setdefault(root, item.transcript.gene_id)
    times_used: Counter[str] = Counter()
    names: dict[int, str] = {}
    for root in roots:
        if root not in names:
            gene = gene_of[root]
            times_used[gene] += 1
            n = times_used[gene]
            names[root] = gene if n == 1 else f"{gene}.{n}"
    return [names[root] for root in roots]
