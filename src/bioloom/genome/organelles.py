"""Which contigs of a genome are mitochondria or plastids.

By the names that databases use, by the RefSeq accessions of the commonest organelle
genomes (``organelles.tsv``), and by what an annotation's ``region`` rows say.
"""

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
    if organelle := _accessions().get(contig.partition(".")[0].upper()):
        return OrganelleContig(contig, organelle, "RefSeq accession")
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
    return "plastid" if core in _PLASTID else ""


@cache
def _accessions() -> Mapping[str, str]:
    lines = TABLE.read_text("utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {accession: organelle for accession, organelle, _ in rows}
