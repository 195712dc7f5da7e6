"""Which contigs of a genome are mitochondria or plastids.

By the names that databases use, by the RefSeq and GenBank accessions of the commonest
organelle genomes (``organelles.tsv``), and by what an annotation's ``region`` rows say.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

from bioloom.genome.kinds import normalised

TABLE = Path(__file__).with_name("organelles.tsv")
AUTO = "auto"
_MITOCHONDRION = (
    *("m", "mt", "mtdna", "mito", "mitochondrion", "mitochondria", "mitochondrial"),
    *("mitochondriongenome", "mitochondrialgenome", "dmelmitochondriongenome"),
    *("kinetoplast", "maxicircle"),
)
_PLASTID = (
    *("pt", "c", "cp", "cpdna", "pltd", "plastid", "chloroplast", "chloroplastgenome"),
    *("apicoplast", "api", "cyanelle"),
)
# words that stand for nothing else, as in scaffold_mitochondrion or maxicircle_2
_IN_NAMES = {
    "mitochondrion": re.compile(
        "mito(chondri(on|a|al|um))?(genome|dna)?|mtdna|mtgenome|mitogenome"
        "|kinetoplast|maxicircle"
    ),
    "plastid": re.compile(
        "(chloroplast|plastid|apicoplast|cyanelle)s?(genome|dna)?|plastome|cpdna"
    ),
}
_ACCESSION = re.compile("NC_[0-9]{6}|(?<![A-Z0-9])[A-Z]{1,2}[0-9]{5,6}(?![0-9])")
_PLASMODB = {"mit": "mitochondrion", "api": "plastid"}
# so short that they are organelles only behind "chr": Brassica has chromosomes C1 to C9
_ONLY_BEHIND_CHR = frozenset({"c", "cp", "api"})


class OrganelleContig(NamedTuple):
    """A contig that is an organelle, which, and how it was recognised."""

    contig: str
    organelle: str
    recognised_by: str


class NamedRegion(Protocol):
    """What a region row says of a contig."""

    @property
    def genome(self) -> str:
        """E.g. "mitochondrion"; empty if it says nothing."""


def organelles(
    contigs: Iterable[str],
    *,
    listed: Iterable[str] = (AUTO,),
    regions: Mapping[str, NamedRegion] | None = None,
) -> dict[str, OrganelleContig]:
    """The contigs that are organelles, by name.

    Parameters
    ----------
    contigs
        Names to look at.
    listed
        Names that are organelles; "auto" among them recognises them as well.
    regions
        What the annotation's region rows say, by contig.

    Examples
    --------
    >>> sorted(organelles(["chr1", "MtDNA", "ChrC", "NC_012920.1", "C1"]))
    ['ChrC', 'MtDNA', 'NC_012920.1']
    """
    names = frozenset(listed)
    recognised = {}
    for contig in contigs:
        if contig in names:
            recognised[contig] = OrganelleContig(contig, "organelle", "settings")
        elif AUTO in names and (
            organelle := _recognised(contig, (regions or {}).get(contig))
        ):
            recognised[contig] = organelle
    return recognised


def _recognised(contig: str, region: NamedRegion | None) -> OrganelleContig | None:
    for accession in _ACCESSION.findall(contig.upper()):
        if organelle := _accessions().get(accession):
            return OrganelleContig(contig, organelle, "accession")
    if organelle := _by_name(contig):
        return OrganelleContig(contig, organelle, "name")
    word = region.genome if region else ""
    if organelle := _by_name(word):
        return OrganelleContig(contig, organelle, "region row")
    return None


def _by_name(name: str) -> str:
    key = normalised(name)
    core = key.removeprefix("chromosome").removeprefix("chr")
    if core in _ONLY_BEHIND_CHR and core == key:
        return ""
    if core in _MITOCHONDRION:
        return "mitochondrion"
    return "plastid" if core in _PLASTID else _by_part(name)


def _by_part(name: str) -> str:
    """The organelle that a part of a longer name says, e.g. Pf3D7_MIT_v3."""
    parts = re.split("[^a-z0-9]+", name.lower())
    for part in parts:
        for organelle, words in _IN_NAMES.items():
            if words.fullmatch(part.rstrip("0123456789")):
                return organelle
    if parts[-1] == "mt" and len(parts) > 1:
        return "mitochondrion"
    is_plasmodb = len(parts) == 3 and re.fullmatch("v[0-9]+", parts[-1])
    return _PLASMODB.get(parts[1], "") if is_plasmodb else ""


@cache
def _accessions() -> Mapping[str, str]:
    lines = TABLE.read_text("utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {accession: organelle for accession, organelle, _ in rows}
