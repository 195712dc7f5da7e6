"""Links from a transcript to genome browsers; nobody follows them but the reader."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from urllib.parse import quote

from markupsafe import Markup

from bioloom.run.language import listed, tr

SPECIES: Mapping[str, str] = MappingProxyType(
    {
        **{"hg38": "Homo_sapiens", "mm39": "Mus_musculus"},
        **{"danRer11": "Danio_rerio", "dm6": "Drosophila_melanogaster"},
        **{"ce11": "Caenorhabditis_elegans", "sacCer3": "Saccharomyces_cerevisiae"},
        "susScr11": "Sus_scrofa",
    }
)
"""Ensembl's species by UCSC's name of the assembly, of those that Ensembl shows now."""


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
    species = SPECIES.get(assembly)
    if species and not region.startswith("chrM:"):  # which has a name for each species
        place = quote(region.removeprefix("chr"))
        yield "Ensembl", f"https://www.ensembl.org/{species}/Location/View?r={place}"
    if gene and assembly:
        query = quote(f'"{gene}"')
        yield "RNAcentral", f"https://rnacentral.org/search?q={query}"
