"""Candidates that a named set (GENCODE, LNCipedia, NONCODE) already holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bioloom.genome.transcript import Transcript
from bioloom.lincrna.loci.classcodes import classify


@dataclass(frozen=True, slots=True)
class NamedMatch:
    """A transcript of a named set that equals a candidate.

    Parameters
    ----------
    transcript_id
        The candidate.
    set_name, matched_id
        The set, and its transcript.
    gene
        Symbol of that transcript's gene, else its gene_id.
    """

    transcript_id: str
    set_name: str
    matched_id: str
    gene: str

    def __str__(self) -> str:
        """As in tables: ``set:transcript``."""
        return f"{self.set_name}:{self.matched_id}"


def match_named_sets(
    candidates: Sequence[Transcript], sets: Mapping[str, Sequence[Transcript]]
) -> tuple[NamedMatch, ...]:
    """Find each candidate in the sets, by its intron chain.

    A spliced candidate is in a set if a transcript there has the same introns on the
    same strand, whatever its ends. One without introns is in it if it shares 80 % of
    the shorter one's bases with one without introns: gffcompare's "=".

    Parameters
    ----------
    candidates
        Transcripts to look for.
    sets
        Transcripts of each set, by its name.

    Examples
    --------
    >>> novel = Transcript("q", "g", "1", "+", ((50, 100), (200, 260)))
    >>> theirs = Transcript("lnc-1", "LNC1", "1", "+", ((0, 100), (200, 300)))
    >>> [str(match) for match in match_named_sets([novel], {"named": [theirs]})]
    ['named:lnc-1']
    """
    return tuple(
        NamedMatch(tx.transcript_id, name, code.ref_id, genes[code.ref_id])
        for name, transcripts in sets.items()
        for genes in [{t.transcript_id: t.gene_name or t.gene_id for t in transcripts}]
        for tx, code in zip(candidates, classify(candidates, transcripts), strict=True)
        if code.code == "="
    )
