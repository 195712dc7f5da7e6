"""Papers to cite for the programs of a run, as text, BibTeX and RIS."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper, or a program without one.

    Parameters
    ----------
    key
        Its name in BibTeX.
    authors
        Family name and initials, the first few.
    title, journal, year
        Of the paper.
    doi, url
        One of them.
    pages
        Volume and pages, as volume:pages.
    """

    key: str
    authors: tuple[str, ...]
    title: str
    year: int
    journal: str = ""
    pages: str = ""
    doi: str = ""
    url: str = ""

    @property
    def link(self) -> str:
        """Address of the DOI, or of the program."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    def words(self) -> str:
        """Authors, year, title and journal."""
        names = ", ".join(self.authors)
        place = f" {self.journal} {self.pages}." if self.journal else ""
        return f"{names} ({self.year}) {self.title}.{place}"

    def text(self) -> str:
        """As in a list of references."""
        return f"{self.words()} {self.link}"


_PAPERS = (
    Reference(
        "boosting",
        ("Friedman JH",),
        "Greedy function approximation: a gradient boosting machine",
        2001,
        "Ann Stat",
        "29:1189-1232",
        doi="10.1214/aos/1013203451",
    ),
    Reference(
        "fickett",
        ("Fickett JW",),
        "Recognition of protein coding regions in DNA sequences",
        1982,
        "Nucleic Acids Res",
        "10:5303-5318",
        doi="10.1093/nar/10.17.5303",
    ),
    Reference(
        "cpat",
        ("Wang L", "Park HJ", "Dasari S", "Wang S", "Kocher JP", "Li W"),
        "CPAT: Coding-Potential Assessment Tool using an alignment-free logistic "
        "regression model",
        2013,
        "Nucleic Acids Res",
        "41:e74",
        doi="10.1093/nar/gkt006",
    ),
    Reference(
        "cutadapt",
        ("Martin M",),
        "Cutadapt removes adapter sequences from high-throughput sequencing reads",
        2011,
        "EMBnet.journal",
        "17:10-12",
        doi="10.14806/ej.17.1.200",
    ),
    Reference(
        "hisat2",
        (
            "Kim D",
            "Paggi JM",
            "Park C",
            "Bennett C",
            "Salzberg SL",
        ),
        "Graph-based genome alignment and genotyping with HISAT2 and HISAT-genotype",
        2019,
        "Nat Biotechnol",
        "37:907-915",
        doi="10.1038/s41587-019-0201-4",
    ),
    Reference(
        "samtools",
        (
            "Danecek P",
            "Bonfield JK",
            "Liddle J",
            "et al.",
        ),
        "Twelve years of SAMtools and BCFtools",
        2021,
        "GigaScience",
        "10:giab008",
        doi="10.1093/gigascience/giab008",
    ),
    Reference(
        "stringtie",
        (
            "Kovaka S",
            "Zimin AV",
            "Pertea GM",
            "Razaghi R",
            "Salzberg SL",
            "Pertea M",
        ),
        "Transcriptome assembly from long-read RNA-seq alignments with StringTie2",
        2019,
        "Genome Biol",
        "20:278",
        doi="10.1186/s13059-019-1910-1",
    ),
    Reference(
        "STAR",
        (
            "Dobin A",
            "Davis CA",
            "Schlesinger F",
            "et al.",
        ),
        "STAR: ultrafast universal RNA-seq aligner",
        2013,
        "Bioinformatics",
        "29:15-21",
        doi="10.1093/bioinformatics/bts635",
    ),
    Reference(
        "minimap2",
        ("Li H",),
        "Minimap2: pairwise alignment for nucleotide sequences",
        2018,
        "Bioinformatics",
        "34:3094-3100",
        doi="10.1093/bioinformatics/bty191",
    ),
    Reference(
        "salmon",
        (
            "Patro R",
            "Duggal G",
            "Love MI",
            "Irizarry RA",
            "Kingsford C",
        ),
        "Salmon provides fast and bias-aware quantification of transcript expression",
        2017,
        "Nat Methods",
        "14:417-419",
        doi="10.1038/nmeth.4197",
    ),
    Reference(
        "isoquant",
        (
            "Prjibelski AD",
            "Mikheenko A",
            "Joglekar A",
            "et al.",
        ),
        "Accurate isoform discovery with IsoQuant using long reads",
        2023,
        "Nat Biotechnol",
        "41:915-918",
        doi="10.1038/s41587-022-01565-y",
    ),
    Reference(
        "fastp",
        (
            "Chen S",
            "Zhou Y",
            "Chen Y",
            "Gu J",
        ),
        "fastp: an ultra-fast all-in-one FASTQ preprocessor",
        2018,
        "Bioinformatics",
        "34:i884-i890",
        doi="10.1093/bioinformatics/bty560",
    ),
    Reference(
        "pyhmmer",
        (
            "Larralde M",
            "Zeller G",
        ),
        "PyHMMER: a Python library binding to HMMER for efficient sequence analysis",
        2023,
        "Bioinformatics",
        "39:btad214",
        doi="10.1093/bioinformatics/btad214",
    ),
    Reference(
        "diamond",
        ("Buchfink B", "Reuter K", "Drost HG"),
        "Sensitive protein alignments at tree-of-life scale using DIAMOND",
        2021,
        "Nat Methods",
        "18:366-368",
        doi="10.1038/s41592-021-01101-x",
    ),
    Reference(
        "mmseqs",
        ("Steinegger M", "Söding J"),
        "MMseqs2 enables sensitive protein sequence searching for the analysis of "
        "massive data sets",
        2017,
        "Nat Biotechnol",
        "35:1026-1028",
        doi="10.1038/nbt.3988",
    ),
    Reference(
        "infernal",
        (
            "Nawrocki EP",
            "Eddy SR",
        ),
        "Infernal 1.1: 100-fold faster RNA homology searches",
        2013,
        "Bioinformatics",
        "29:2933-2935",
        doi="10.1093/bioinformatics/btt509",
    ),
    Reference(
        "pydeseq2",
        (
            "Muzellec B",
            "Teleńczuk M",
            "Cabeli V",
            "Andreux M",
        ),
        "PyDESeq2: a python package for bulk RNA-seq differential expression analysis",
        2023,
        "Bioinformatics",
        "39:btad547",
        doi="10.1093/bioinformatics/btad547",
    ),
    Reference(
        "snakemake",
        (
            "Mölder F",
            "Jablonski KP",
            "Letcher B",
            "et al.",
        ),
        "Sustainable data analysis with Snakemake",
        2021,
        "F1000Research",
        "10:33",
        doi="10.12688/f1000research.29032.2",
    ),
    Reference(
        "fastqc",
        ("Andrews S",),
        "FastQC: a quality control tool for high throughput sequence data",
        2010,
        url="https://www.bioinformatics.babraham.ac.uk/projects/fastqc/",
    ),
    Reference(
        "trim_galore",
        ("Krueger F",),
        "Trim Galore",
        2012,
        url="https://www.bioinformatics.babraham.ac.uk/projects/trim_galore/",
    ),
)
PAPERS: Mapping[str, Reference] = MappingProxyType({one.key: one for one in _PAPERS})
"""By the name that a run record has for a program or package."""


def bibtex(references: Iterable[Reference]) -> str:
    """References for LaTeX."""
    return "\n".join(map(_bibtex, references))


def _bibtex(one: Reference) -> str:
    fields = {
        "author": " and ".join(map(_last_first, one.authors)),
        "title": f"{{{one.title}}}",
        "journal": one.journal,
        "volume": one.pages.partition(":")[0],
        "pages": one.pages.partition(":")[2].replace("-", "--"),
        "year": str(one.year),
        "doi": one.doi,
        "url": one.url,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    kind = "article" if one.journal else "misc"
    return "\n".join([f"@{kind}{{{one.key},", *lines, "}", ""])


def _last_first(author: str) -> str:
    """Kim D as Kim, D.; et al. as BibTeX has it."""
    if author == "et al.":
        return "others"
    family, _, initials = author.rpartition(" ")
    return f"{family}, {' '.join(f'{letter}.' for letter in initials)}"


def ris(references: Iterable[Reference]) -> str:
    """References for EndNote, Zotero and the like."""
    return "".join(map(_ris, references))


def _ris(one: Reference) -> str:
    volume, _, pages = one.pages.partition(":")
    names = [name for name in one.authors if name != "et al."]
    rows = [
        ("TY", "JOUR" if one.journal else "COMP"),
        *(("AU", _last_first(name)) for name in names),
        ("TI", one.title),
        ("JO", one.journal),
        ("VL", volume),
        ("SP", pages.partition("-")[0]),
        ("EP", pages.partition("-")[2]),
        ("PY", str(one.year)),
        ("DO", one.doi),
        ("UR", one.link),
    ]
    lines = [f"{tag}  - {value}" for tag, value in rows if value]
    return "\r\n".join([*lines, "ER  - ", "", ""])
