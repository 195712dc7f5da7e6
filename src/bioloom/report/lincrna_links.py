"""Links from a transcript to genome browsers; nobody follows them but the reader."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from urllib.parse import quote

from markupsafe import Markup

from bioloom.run.language import listed, tr

SPECIES: Mapping[str, str] = MappingProxyType(
    {
        **{"hg38": "Homo_sapiens", "mm39": "Mus_musculus"},
        **{"hg19": "Homo_sapiens", "mm10": "Mus_musculus"},
        **{"danRer11": "Danio_rerio", "dm6": "Drosophila_melanogaster"},
        **{"ce11": "Caenorhabditis_elegans", "sacCer3": "Saccharomyces_cerevisiae"},
        "susScr11": "Sus_scrofa",
    }
)
"""Ensembl's species by UCSC's name of the assembly, of those that Ensembl shows."""
_ARCHIVES: Mapping[str, str] = MappingProxyType(
    {"hg19": "grch37.ensembl.org", "mm10": "nov2020.archive.ensembl.org"}
)
"""Where Ensembl keeps assemblies of the past."""


def browser_links(assembly: str, region: str, gene: str = "") -> Markup:
    """Links to a place in genome browsers, and to a known gene in RNAcentral.

    Parameters
    ----------
    assembly
        UCSC's name of it, such as mm39; without one there is no place to link to.
    region
        As chromosome:first-last, 1-based.
    gene
        Name of the known lncRNA; empty for a novel one.
    """
    links = [
        str(Markup('<a href="{}" rel="noreferrer">{}</a>').format(address, name))
        for name, address in _addresses(assembly, region, gene)
    ]
    if not links:
        return Markup("")
    words = Markup(listed(links))  # noqa: S704 (each was escaped)
    return Markup('<p class="quiet">{} {}</p>').format(tr("Look it up:"), words)


def _addresses(assembly: str, region: str, gene: str) -> Iterator[tuple[str, str]]:
    if assembly:
        place = f"db={quote(assembly)}&position={quote(region)}"
        yield "UCSC", f"https://genome.ucsc.edu/cgi-bin/hgTracks?{place}"
    species, chrom = SPECIES.get(assembly), region.rpartition(":")[0]
    # Ensembl has its own names for what is no whole chromosome, and for chrM
    if species and chrom != "chrM" and "_" not in chrom:
        place = quote(region.removeprefix("chr"))
        host = _ARCHIVES.get(assembly, "www.ensembl.org")
        yield "Ensembl", f"https://{host}/{species}/Location/View?r={place}"
    if gene and assembly:
        query = quote(f'"{gene}"')
        yield "RNAcentral", f"https://rnacentral.org/search?q={query}"
