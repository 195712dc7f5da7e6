"""Primers of full-length cDNA: what its two strands begin with.

Reverse transcription begins with a primer on the poly-A tail and ends with one that is
switched to, so that a read of the RNA's strand begins with one and ends with the
complement of the other.
"""

import re
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from bioloom.errors import BadConfig, BadInput, MissingFile
from bioloom.run.mistakes import meant
from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.fasta import read_fasta

AUTO, NONE = "auto", "none"
FEWEST_FIXED_NT = 18
"""Bases A, C, G or T that a primer needs so that chance hardly finds it.

Of random reads of 1,000 nt a pair of 12 nt "orients" 10 in 100, of 15 nt 5, of 18 nt
one in 1,000, as a fifth of its bases may differ.
"""
_TAIL = re.compile("T{5,}[VN]*$")
_LETTERS = re.compile("[ACGTRYSWKMBDHVN]+")


class PrimerPair(NamedTuple):
    """What the strands of a cDNA begin with, 5'→3', in IUPAC letters.

    Parameters
    ----------
    name
        Of the kit, or of the file.
    front
        What the RNA's strand begins with: the primer that is switched to.
    back
        What the other strand begins with, before its T: the primer on the tail.
    """

    name: str
    front: str
    back: str


KITS = MappingProxyType(
    {
        pair.name: pair
        for pair in (
            PrimerPair(
                "pcs109", "TTTCTGTTGGTGCTGATATTGCTGGG", "ACTTGCCTGTCGCTCTATCTTC"
            ),
            PrimerPair(
                "pcs110",
                "TTTCTGTTGGTGCTGATATTGCTTT",
                "ACTTGCCTGTCGCTCTATCTTCAGAGGAGAGTCCGCCGCCCGCAAG",
            ),
            PrimerPair(
                "pcs114",
                "TTTCTGTTGGTGCTGATATTGCTTTVVVVTTVVVVTTVVVVTTVVVVTTTGGG",
                "ACTTGCCTGTCGCTCTATCTTCAGAGGAGAGTCCGCCGCCCGCAAG",
            ),
            PrimerPair(
                "isoseq_neb", "GCAATGAAGTCGCAGGGTTGGG", "AAGCAGTGGTATCAACGCAGAGTAC"
            ),
            PrimerPair(
                "isoseq_clontech",
                "AAGCAGTGGTATCAACGCAGAGTACATGGGG",
                "AAGCAGTGGTATCAACGCAGAGTAC",
            ),
        )
    }
)
"""Primers by kit.

Sources: of Nanopore's SQK-PCS109 (and PCB109, DCS109), PCS110, and PCS111 and PCS114
(PCB111, PCB114) dorado's table of primers, ``adapter_primer_kits.h``, with its pattern
of UMIs; of PacBio's Iso-Seq the primers that lima's manual recommends (NEB, and
Clontech SMARTer).
"""


def primers_of(setting: str) -> PrimerPair | None:
    """Primers that a setting names; None of "auto" and "none".

    Raises
    ------
    BadInput
        If it is a file that does not hold two primers.
    """
    file = primers_file(setting)
    return KITS.get(setting) if file is None else read_primers(file)


def primers_file(setting: str) -> Path | None:
    """The file that a setting names; None of a kit, "auto" and "none"."""
    return None if setting in (AUTO, NONE, *KITS) else Path(setting)


def checked_primers(setting: str, *, where: str, folder: Path) -> str:
    """A setting whose kit is known or whose file is right; a path becomes absolute.

    Parameters
    ----------
    setting
        As given.
    where
        The configuration, for messages.
    folder
        Where relative paths start.

    Raises
    ------
    BadConfig
        If it is neither the name of a kit nor looks like a file.
    MissingFile
        If there is no such file.
    BadInput
        If the file does not hold two primers.
    """
    if primers_file(setting) is None:
        return setting
    path = folder.resolve() / Path(setting).expanduser()
    if path.is_file():
        read_primers(path)
        return str(path)
    if "/" in setting or path.suffix:
        raise MissingFile(path, role="a FASTA file of two primers", where=where)
    known = (AUTO, NONE, *KITS)
    near = meant(setting.lower(), known)
    raise BadConfig(
        where=f"{where}: long_reads.primers",
        found=repr(setting),
        expected=f"one of {', '.join(known)}, or a FASTA file of two primers",
        advice=f"Did you mean {near!r}?" if near else "Name the kit, or give the file.",
    )


def read_primers(path: Path) -> PrimerPair:
    """Read a pair of primers from FASTA.

    First the primer that is switched to, then the one on the tail, both as they were
    ordered, 5'→3'; pychopper's file has VNP first. As lima takes them, names end in
    ``_5p`` and ``_3p``, in any order, and the latter is the complement. T at its end
    (and V, N behind them) belong to the tail. Marks of RNA bases, as in ``rGrGrG``, and
    of others (``mG``, ``+G``), are left out.

    Raises
    ------
    BadInput
        If the file does not hold two primers.
    """
    records = [*read_fasta(path)]
    if len(records) != 2:  # noqa: PLR2004 (a pair)
        raise _no_pair(path, f"{len(records)} sequences")
    ends = [record.name.rpartition("_")[2].lower() for record in records]
    if ends in (["3p", "3p"], ["5p", "5p"]):
        raise _no_pair(path, f"two primers of one end, {ends[0]}")
    if records[0].name.upper() == "VNP" or ends[0] == "3p" or ends[1] == "5p":
        records.reverse()
        ends.reverse()
    front, back = (_bases(record.sequence) for record in records)
    if ends[1] == "3p":
        back = reverse_complement(back)
    pair = PrimerPair(path.name, front, _TAIL.sub("", back))
    for bases in (pair.front, pair.back):
        if not _LETTERS.fullmatch(bases) or n_fixed(bases) < FEWEST_FIXED_NT:
            raise _no_pair(path, f"the primer {bases or 'of nothing but T'}")
    return pair


def _bases(ordered: str) -> str:
    """Letters of a primer without the marks with which it was ordered.

    Examples
    --------
    >>> _bases("ACATrGrG+G")
    'ACATGGG'
    """
    return re.sub("[rmd+](?=[ACGTU])", "", ordered).upper().replace("U", "T")


def n_fixed(bases: str) -> int:
    """Letters that stand for one base.

    Examples
    --------
    >>> n_fixed("ACGTNV")
    4
    """
    return sum(base in "ACGT" for base in bases)


def _no_pair(path: Path, found: str) -> BadInput:
    return BadInput(
        where=path,
        found=found,
        expected="two primers of IUPAC letters, 5'→3', each of at least "
        f"{FEWEST_FIXED_NT} bases A, C, G or T",
        advice="First the one that is switched to, then the one on the poly-A tail.",
    )
