"""Invented protein families and their profile HMMs."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.simulate.sequence import coding_weights, random_protein

if TYPE_CHECKING:
    from pyhmmer.easel import TextSequence
    from pyhmmer.plan7 import HMM

LENGTHS_AA = (60, 64, 80, 100, 120)
_N_ALIGNED = 24
# HMM files carry a date; a fixed one keeps the same rng_seed byte-identical
_DATE = datetime.datetime(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Family:
    """A protein family: a consensus and how strongly each position keeps it.

    Parameters
    ----------
    name
        Name of its HMM.
    consensus
        One amino acid a position.
    conservation
        Chance that a member has the consensus there, shape (n,), 0-1.
    """

    name: str
    consensus: str
    conservation: NDArray[np.float64]

    def member(self, rng: np.random.Generator) -> str:
        """One protein domain of the family, as long as the consensus."""
        keeps = rng.random(len(self.consensus)) < self.conservation
        other = list(random_protein(rng, len(self.consensus), coding_weights()))
        return "".join(np.where(keeps, list(self.consensus), other))


def invent_families(rng: np.random.Generator) -> tuple[Family, ...]:
    """Families of 60, 64, 80, 100 and 120 aa, kept at 60-95 % of positions."""
    return tuple(
        Family(
            name=f"SimDomain{number}",
            consensus=random_protein(rng, length, coding_weights()),
            conservation=rng.uniform(0.6, 0.95, size=length),
        )
        for number, length in enumerate(LENGTHS_AA, start=1)
    )


def write_hmms(
    rng: np.random.Generator, families: Sequence[Family], path: Path
) -> None:
    """Write one HMM a family, with gathering thresholds.

    The threshold is half the score of the weakest aligned member: far under every
    member, far over every random protein.

    Parameters
    ----------
    rng
        Source of the aligned members.
    families
        What to model.
    path
        HMMER3 file to write.

    References
    ----------
    Eddy S.R. (2011) PLoS Comput Biol 7:e1002195. doi:10.1371/journal.pcbi.1002195
    """
    with path.open("wb") as file:
        for number, family in enumerate(families, start=1):
            members = [family.member(rng) for _ in range(_N_ALIGNED)]
            _hmm_of(family, members, accession=f"SIM{number:05d}.1").write(file)


def _hmm_of(family: Family, members: Sequence[str], *, accession: str) -> "HMM":
    from pyhmmer.easel import Alphabet, TextMSA, TextSequence
    from pyhmmer.plan7 import Background, Builder

    amino = Alphabet.amino()
    named = [
        TextSequence(name=f"{family.name}_{number}", sequence=member)
        for number, member in enumerate(members, start=1)
    ]
    aligned = TextMSA(
        name=family.name,
        accession=accession,
        description="Invented domain of the simulation",
        sequences=named,
    )
    hmm, _, _ = Builder(amino, seed=42).build_msa(
        aligned.digitize(amino), Background(amino)
    )
    hmm.creation_time, hmm.command_line = _DATE, None
    weakest = min(_scores(hmm, named))
    hmm.cutoffs.gathering = (round(weakest / 2, 1), round(weakest / 2, 1))
    return hmm


def _scores(hmm: "HMM", named: Sequence["TextSequence"]) -> list[float]:
    import pyhmmer

    block = pyhmmer.easel.DigitalSequenceBlock(
        hmm.alphabet, [sequence.digitize(hmm.alphabet) for sequence in named]
    )
    (hits,) = pyhmmer.hmmsearch([hmm], block, cpus=1)
    return [hit.score for hit in hits]
