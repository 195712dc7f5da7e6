"""Loci: transcripts that share exonic bases on one strand belong together."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import count

from bioloom.genome.intervals import (
    exon_clusters,
    exonic_overlap_nt,
    overlapping_pairs,
)
from bioloom.genome.kinds import gene_key
from bioloom.genome.transcript import Transcript
from bioloom.groups import Groups
from bioloom.lincrna.inputs.collect import Collected


def locus_ids(collected: Sequence[Collected]) -> list[str]:
    """Name of the locus of each transcript.

    Transcripts of known strand are joined if their exons overlap on that strand,
    directly or through others, whatever gene_ids their files give them. A transcript
    without strand, with those of its kind that it overlaps, joins the loci of one
    strand that their exons overlap; where these lie on both strands it stays apart.

    A locus is named by the gene_id of its first known transcript, else of its first
    one; a second locus of that name gets ``.2``, and so on.
    """
    transcripts = [item.transcript for item in collected]
    groups = Groups(len(transcripts))
    for index, root in enumerate(exon_clusters(transcripts).tolist()):
        groups.join(root, index)
    _join_unstranded(transcripts, groups)
    return _named(groups.roots(), collected)


def _join_unstranded(transcripts: Sequence[Transcript], groups: Groups) -> None:
    """Join each group without strand to the loci it meets, if all are of one strand."""
    unstranded = [i for i, tx in enumerate(transcripts) if tx.strand == "."]
    met: dict[int, list[int]] = defaultdict(list)
    for row, other in overlapping_pairs(
        [transcripts[i] for i in unstranded], transcripts
    ).tolist():
        transcript, neighbour = transcripts[unstranded[row]], transcripts[other]
        if neighbour.strand != "." and exonic_overlap_nt(
            transcript.exons, neighbour.exons
        ):
            met[groups.root(unstranded[row])].append(other)
    for group, others in met.items():
        if len({transcripts[other].strand for other in others}) == 1:
            for other in others:
                groups.join(group, other)


def _named(roots: Sequence[int], collected: Sequence[Collected]) -> list[str]:
    gene_of: dict[int, str] = {}
    for origin in ("known", "novel"):
        for root, item in zip(roots, collected, strict=True):
            if item.origin == origin:
                gene_of.setdefault(root, gene_key(item.transcript))
    genes, taken = set(gene_of.values()), set[str]()
    names: dict[int, str] = {}
    for root in roots:
        if root not in names:
            gene = gene_of[root]
            further = (f"{gene}.{n}" for n in count(2))
            names[root] = (
                next(name for name in further if name not in genes | taken)
                if gene in taken
                else gene
            )
            taken.add(names[root])
    return [names[root] for root in roots]
