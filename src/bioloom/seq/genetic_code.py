"""The genetic codes, by the numbers of NCBI's translation tables.

Each is written as what it changes in the standard code. An ORF starts with ATG in every
one of them: other start codons are rare.

In tables 27, 28 and 31 codons are a stop codon or an amino acid by their context,
mostly by their distance to the poly(A) tail. Here they are read as amino acids, an
approximation: no ORF ends at them, and the length of an ORF is an upper bound.

References
----------
The Genetic Codes, NCBI Taxonomy, file ``gc.prt``, version 4.6.
https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from bioloom.errors import BadConfig
from bioloom.seq.alphabet import AMINO_ACIDS, BASES, STOP

STANDARD = 1


class _Table(NamedTuple):
    """A table's name, codons that it changes, and those that context decides."""

    name: str
    changes: str = ""
    by_context: str = ""


_TABLES: Mapping[int, _Table] = MappingProxyType(
    {
        1: _Table("Standard"),
        2: _Table("Vertebrate Mitochondrial", "AGA=* AGG=* ATA=M TGA=W"),
        3: _Table("Yeast Mitochondrial", "ATA=M CTA=T CTC=T CTG=T CTT=T TGA=W"),
        4: _Table(
            "Mold, Protozoan and Coelenterate Mitochondrial; Mycoplasma; Spiroplasma",
            "TGA=W",
        ),
        5: _Table("Invertebrate Mitochondrial", "AGA=S AGG=S ATA=M TGA=W"),
        6: _Table("Ciliate, Dasycladacean and Hexamita Nuclear", "TAA=Q TAG=Q"),
        9: _Table("Echinoderm and Flatworm Mitochondrial", "AAA=N AGA=S AGG=S TGA=W"),
        10: _Table("Euplotid Nuclear", "TGA=C"),
        11: _Table("Bacterial, Archaeal and Plant Plastid"),
        12: _Table("Alternative Yeast Nuclear", "CTG=S"),
        13: _Table("Ascidian Mitochondrial", "AGA=G AGG=G ATA=M TGA=W"),
        14: _Table(
            "Alternative Flatworm Mitochondrial", "AAA=N AGA=S AGG=S TAA=Y TGA=W"
        ),
        15: _Table("Blepharisma Macronuclear", "TAG=Q"),
        16: _Table("Chlorophycean Mitochondrial", "TAG=L"),
        21: _Table("Trematode Mitochondrial", "AAA=N AGA=S AGG=S ATA=M TGA=W"),
        22: _Table("Scenedesmus obliquus Mitochondrial", "TAG=L TCA=*"),
        23: _Table("Thraustochytrium Mitochondrial", "TTA=*"),
        24: _Table("Rhabdopleuridae Mitochondrial", "AGA=S AGG=K TGA=W"),
        25: _Table("Candidate Division SR1 and Gracilibacteria", "TGA=G"),
        26: _Table("Pachysolen tannophilus Nuclear", "CTG=A"),
        27: _Table("Karyorelict Nuclear", "TAA=Q TAG=Q TGA=W", "TGA"),
        28: _Table("Condylostoma Nuclear", "TAA=Q TAG=Q TGA=W", "TAA TAG TGA"),
        29: _Table("Mesodinium Nuclear", "TAA=Y TAG=Y"),
        30: _Table("Peritrich Nuclear", "TAA=E TAG=E"),
        31: _Table("Blastocrithidia Nuclear", "TAA=E TAG=E TGA=W", "TAA TAG"),
        32: _Table("Balanophoraceae Plastid", "TAG=W"),
        33: _Table("Cephalodiscidae Mitochondrial", "AGA=S AGG=K TAA=Y TGA=W"),
    }
)

NUMBERS = tuple(_TABLES)
"""Of the tables that NCBI lists."""


@dataclass(frozen=True, slots=True)
class GeneticCode:
    """What each codon means.

    Parameters
    ----------
    number, name
        Of NCBI's table.
    amino_acids
        One letter for each codon index (`alphabet.codon_indices`), "*" for a stop.
    by_context
        Codons that are a stop or an amino acid by their context; read as amino acids.
    """

    number: int
    name: str
    amino_acids: str
    by_context: tuple[str, ...]

    @property
    def stop_codons(self) -> tuple[str, ...]:
        """Codons that always stop, in alphabetical order."""
        return tuple(map(_codon, self.stop_indices))

    @property
    def stop_indices(self) -> tuple[int, ...]:
        """The same as codon indices 0-63."""
        return tuple(
            index for index, letter in enumerate(self.amino_acids) if letter == STOP
        )

    @property
    def is_standard(self) -> bool:
        """Whether every codon means what it does in the standard code."""
        return self.amino_acids == AMINO_ACIDS


@cache
def genetic_code(number: int) -> GeneticCode:
    """The genetic code of a number.

    Parameters
    ----------
    number
        Of NCBI's translation table.

    Raises
    ------
    BadConfig
        If there is no such table.

    Examples
    --------
    >>> genetic_code(6).stop_codons, genetic_code(28).by_context
    (('TGA',), ('TAA', 'TAG', 'TGA'))
    """
    if number not in _TABLES:
        raise BadConfig(
            where="genetic_code",
            found=str(number),
            expected=f"the number of an NCBI table: {', '.join(map(str, NUMBERS))}",
            advice="See https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi.",
        )
    table = _TABLES[number]
    letters = list(AMINO_ACIDS)
    for change in table.changes.split():
        codon, _, letter = change.partition("=")
        letters[_index(codon)] = letter
    by_context = tuple(table.by_context.split())
    return GeneticCode(number, table.name, "".join(letters), by_context)


def _index(codon: str) -> int:
    first, second, third = map(BASES.index, codon)
    return 16 * first + 4 * second + third


def _codon(index: int) -> str:
    return BASES[index >> 4] + BASES[index >> 2 & 3] + BASES[index & 3]
