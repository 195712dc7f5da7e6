"""The ninth column of GTF, GFF3 and GFF2: names and values."""

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote

_GTF_PAIR = re.compile(r'\s*([^\s;"]+)\s+(?:"([^"]*)"|([^\s;"]+))\s*;?')
# in a GTF row whose values are all quoted or numbers, as the common programs write it
_GTF_TRANSCRIPT = re.compile(
    r'(?:\s*[^\s;"=]+ (?:"[^"]*"|[\w.]+);)*?\s*transcript_id "([^"]+)"'
)
_GFF3_PAIR = re.compile(r"\s*([^=;\s]+)\s*=([^;]*);?")
_GFF3_START = re.compile(r"""[\s;]*[^=;\s"]+\s?=""")
_GFF3_PARENT = re.compile(r"(?:^|;)\s*Parent=([^;]*)")
_BARE_NAME = re.compile(r"""\s*([^\s;="]+)\s*;?\s*$""")

# GFF2 of WormBase and the JGI names transcripts in these words
_TRANSCRIPT_KEYS = (
    *("transcript_id", "Transcript", "name", "transcriptId"),
    *("mRNA", "Parent", "CDS", "Sequence"),
)
GENE_KEYS = ("gene_id", "geneID", "gene", "Gene", "locus_tag", "locus", "geneId")


def parse_attributes(ninth_column: str) -> dict[str, str]:
    """Ninth column of a GTF or GFF3 row, by name.

    URL escapes of GFF3 are decoded. Of a name that occurs again the last value counts.
    """
    if not is_gff3(ninth_column):
        return {
            name: (quoted or bare).strip()
            for name, quoted, bare in _GTF_PAIR.findall(ninth_column)
        }
    pairs = _GFF3_PAIR.findall(ninth_column)
    if "%" in ninth_column:
        return {name: unquote(_unwrapped(value)) for name, value in pairs}
    return {name: _unwrapped(value) for name, value in pairs}


def is_gff3(ninth_column: str) -> bool:
    """Whether a ninth column is written ``name=value``."""
    return _GFF3_START.match(ninth_column) is not None


def bare_name(ninth_column: str) -> str:
    """The name that is all of a ninth column, as AUGUSTUS writes it; else empty."""
    match = _BARE_NAME.match(ninth_column)
    return match[1] if match and match[1] != "." else ""


def quick_transcript(ninth_column: str) -> str:
    """The transcript_id of an ordinary GTF row, without reading all of it."""
    match = _GTF_TRANSCRIPT.match(ninth_column)
    return match[1].strip() if match else ""


def quick_parents(ninth_column: str) -> Sequence[str]:
    """The parents of a GFF3 row; none if it has no ``Parent``."""
    if not (match := _GFF3_PARENT.search(ninth_column)) or '"' in match[0]:
        return ()
    names = _unwrapped(match[1]).split(",")
    if len(names) == 1 and "%" not in match[1]:
        return names if names[0] else ()
    if "%" in match[1]:
        names = [unquote(name) for name in names]
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def transcript_name(attributes: Mapping[str, str], ninth_column: str) -> str:
    """The transcript that a row names, in the words of GTF or GFF2."""
    if is_gff3(ninth_column):
        return attributes.get("transcript_id", "")
    return first_of(attributes, _TRANSCRIPT_KEYS)


def first_of(attributes: Mapping[str, str], names: Iterable[str]) -> str:
    """The value of the first name that has one."""
    return next((attributes[name] for name in names if attributes.get(name)), "")


def _unwrapped(value: str) -> str:
    """A value without blanks or quotation marks around it."""
    value = value.strip()
    is_quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if is_quoted else value
