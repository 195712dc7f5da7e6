"""What the type of a row (third column) makes of it, such as an exon or a gene.

Types are terms of the Sequence Ontology, and words that programs use in their place.
They are compared without regard to case, blanks, hyphens and underscores.
"""

import re
from enum import Enum
from functools import cache

from bioloom.genome.kinds import is_term


class Role(Enum):
    """What a row contributes."""

    EXON = "exon"
    CDS = "CDS"
    UTR = "UTR"
    TRANSCRIPT = "transcript"
    GENE = "gene"
    MATCH = "match"
    MATCH_PART = "match part"
    REGION = "region"
    PROTEIN = "protein"
    ELEMENT = "transposable element"
    NONE = "none"


_ROLES = {
    Role.EXON: "exon noncodingexon pseudogenicexon fiveprimenoncodingexon "
    "threeprimenoncodingexon exonicpart utrexon",
    Role.CDS: "cds stopcodon codingexon pseudogeniccds fiveprimecodingexon "
    "threeprimecodingexon interiorcodingexon internalexon initialexon terminalexon "
    "singleexon initial internal terminal single cdspredicted",
    Role.UTR: "utr 5utr 3utr utr5 utr3 5'utr 3'utr fiveprimeutr threeprimeutr "
    "5primeutr 3primeutr fiveprimeuntranslatedregion threeprimeuntranslatedregion "
    "untranslatedregion",
    Role.MATCH_PART: "matchpart hsp",
    Role.REGION: "region chromosome contig supercontig scaffold plasmid "
    "mitochondrialchromosome chloroplastchromosome nuclearchromosome",
    Role.TRANSCRIPT: "vregion cregion transcriptregion",
    Role.GENE: "pseudogenicregion",
    Role.PROTEIN: "protein polypeptide maturepeptide matureproteinregion",
    Role.NONE: "startcodon cdsregion telomere",
    Role.ELEMENT: "transposableelement naturaltransposableelement transposon te "
    "mobileelement mobilegeneticelement integratedmobilegeneticelement "
    "retrotransposon ltrretrotransposon nonltrretrotransposon dnatransposon "
    "terminalinvertedrepeatelement helitron mite lineelement sineelement",
}
_BY_TYPE = {word: role for role, words in _ROLES.items() for word in words.split()}
_TRANSCRIPT = re.compile(
    "(^rf[0-9]{5}|rna|transcript|transcriptvariant|ribozyme|genesegment|[vdjc]segment"
    "|rrna[0-9a-z]+)$"
)
_GENE = re.compile("(gene|pseudogene)$")
_MOBILE = re.compile(
    "transpos|mobile|repeat|element|ltr|helitron|intron|cds|region|^te$"
)


@cache
def role_of(row_type: str) -> Role:
    """The role of a row by its type.

    Examples
    --------
    >>> role_of("noncoding_exon"), role_of("five_prime_UTR"), role_of("lnc_RNA")
    (<Role.EXON: 'exon'>, <Role.UTR: 'UTR'>, <Role.TRANSCRIPT: 'transcript'>)
    """
    word = re.sub(r"[\s_-]", "", row_type.lower())
    if role := _BY_TYPE.get(word):
        return role
    if "match" in word:
        return Role.MATCH
    if _GENE.search(word):
        return Role.GENE
    if _TRANSCRIPT.search(word):
        return Role.TRANSCRIPT
    is_kind = not _MOBILE.search(word) and is_term(row_type)
    return Role.TRANSCRIPT if is_kind and word not in _VAGUE else Role.NONE


_VAGUE = frozenset({"other", "unknown", "unclassified", "artifact", "tec"})


def is_generic(row_type: str) -> bool:
    """Whether a type says no more than that the row is a gene or a transcript."""
    word = re.sub(r"[\s_-]", "", row_type.lower())
    return word in _GENERIC


_GENERIC = frozenset(
    [
        *("gene", "transcript", "primarytranscript", "transcriptregion"),
        *("rna", "exon", "match"),
    ]
)
