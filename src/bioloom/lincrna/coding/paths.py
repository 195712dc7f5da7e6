"""Coding evidence that survives sequencing errors: paths through the three frames.

One inserted or deleted base ends every ORF, but only costs a path a change of frame,
as in the searches of cDNA by Iseli et al. (ESTScan). Scores of hexamers are taken less
their mean by chance, so that they depend less on a species' base composition.

References
----------
Iseli C., Jongeneel C.V., Bucher P. (1999) Proc ISMB 1999:138-148. PMID 10786296
"""

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding._paths import Bases, best_paths
from bioloom.lincrna.coding.blocks import Block
from bioloom.lincrna.coding.usage import PER_NAT, UsageTables

_Floats = NDArray[np.float64]


def path_features(block: Block, usage: UsageTables) -> dict[str, _Floats]:
    """The best path of each transcript, and the best of those that keep their frame."""
    frames = block.frames
    is_stop = np.append(~block.table.is_sense, [False])  # 64 is an unknown codon
    codons = np.ascontiguousarray(frames.codons.T).ravel()  # from base to base
    paths = best_paths(
        Bases(frames.codes, codons),
        3 * frames.columns[:-1],
        frames.lengths,
        is_stop,
        usage.padded_hexamer,
    )
    length = np.maximum(frames.lengths, 1)
    score = paths.score / PER_NAT
    _, second, first = np.sort(paths.frames, axis=1).T / PER_NAT
    return {
        "path_score": np.log1p(score),
        "path_excess": score - np.log(length),
        "path_rate": 100 * score / length,
        "path_span": (paths.end - paths.start) / length,
        "path_shifts": paths.shifts.astype(np.float64),
        "path_gain": score - first,
        "segment_score": np.log1p(first),
        "segment_lead": first - second,
        "segment_rate": 100 * first / length,
    }
