"""Nearest-neighbour energies of a miRNA-target duplex (Turner 1999).

All values are whole numbers of 0.01 kcal/mol at 37 °C, so that sums are exact. `t` is
the target read 5'→3' and `q` the miRNA read 3'→5', so that t0 pairs with q0, t1 with
q1; codes are those of `bioloom.seq.alphabet`. An unknown base has energy 0 in every
table and never pairs.

References
----------
Mathews D.H. et al. (1999) J Mol Biol 288:911. doi:10.1006/jmbi.1999.2700
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.options import MAX_LOOP
from bioloom.seq.alphabet import encode

FOLDER = Path(__file__).with_name("turner1999")
ASYMMETRY, MAX_ASYMMETRY = 30, 300
PAIRS = ("AU", "CG", "GC", "GU", "UA", "UG")

Table = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Energies:
    """Tables of the model, 0.01 kcal/mol; every base index has size 5.

    Parameters
    ----------
    pairs
        Whether t0 pairs with q0: [t0, q0].
    stack
        Two stacked pairs: [t0, q0, t1, q1].
    bulge, interior
        Initiation by the number of unpaired bases, 0 to 30.
    asymmetry
        Of an interior loop, by the difference of its sides, 0 to 15.
    int11, int12, int21, int22
        Small interior loops by their unpaired bases on target and miRNA:
        [t0, q0, unpaired t, unpaired q, inner t, inner q].
    mismatch
        Terminal mismatch inside a larger loop closed by a-b:
        [a, 3' neighbour of a, 5' neighbour of b, b].
    dangle3
        3' neighbour d of b in the pair a-b: [a, b, d].
    dangle5
        5' neighbour d of b in the pair a-b: [d, b, a].
    """

    pairs: NDArray[np.bool_]
    stack: Table
    bulge: Table
    interior: Table
    asymmetry: Table
    int11: Table
    int12: Table
    int21: Table
    int22: Table
    mismatch: Table
    dangle3: Table
    dangle5: Table


@cache
def turner1999() -> Energies:
    """The packaged tables, read once."""
    int12 = _table("int21")
    initiation = _rows("loop_initiation")
    bulge, interior = np.zeros((2, 2 * MAX_LOOP + 1), dtype=np.int16)
    for size, of_bulge, of_interior in initiation:
        bulge[int(size)], interior[int(size)] = _units(of_bulge), _units(of_interior)
    differences = np.arange(MAX_LOOP + 1)
    return Energies(
        pairs=_pairs(),
        # file: t0 t1 q1 q0
        stack=_table("stack").transpose(0, 3, 1, 2),
        bulge=bulge,
        interior=interior,
        asymmetry=np.minimum(ASYMMETRY * differences, MAX_ASYMMETRY).astype(np.int16),
        int11=_table("int11"),
        int12=int12,
        # read from inside: t0 q0 t1 t2 q1 t3 q2 is q2 t3 q1 t2 t1 q0 t0
        int21=int12.transpose(6, 5, 4, 3, 2, 1, 0),
        int22=_table("int22"),
        mismatch=_table("interior_mismatch"),
        dangle3=_table("dangle3"),
        dangle5=_table("dangle5"),
    )


def _pairs() -> NDArray[np.bool_]:
    allowed = np.zeros((5, 5), dtype=np.bool_)
    for pair in PAIRS:
        allowed[tuple(encode(pair))] = True
    return allowed


def _rows(name: str) -> list[list[str]]:
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[2:]]


def _table(name: str) -> Table:
    """Table whose indices are the base columns of a file, in their order."""
    rows = _rows(name)
    bases = encode("".join("".join(row[:-1]) for row in rows)).reshape(len(rows), -1)
    table = np.zeros((5,) * bases.shape[1], dtype=np.int16)
    table[tuple(bases.T)] = [_units(row[-1]) for row in rows]
    return table


def _units(text: str) -> int:
    return round(100 * float(text))
