"""Which loci a simulation holds, and how many of each."""

from collections.abc import Callable, Mapping

from bioloom.lincrna.simulate import coding, noncoding
from bioloom.lincrna.simulate.draw import Draw
from bioloom.lincrna.simulate.locus import Block

Builder = Callable[[Draw], Block]

# each antisense, intronic and distance decoy brings the coding gene it leans on
PLAN: Mapping[Builder, int] = {
    coding.coding: 35,
    coding.decoy_antisense: 3,
    coding.decoy_intronic: 4,
    coding.decoy_distance: 3,
    coding.unannotated_coding: 3,
    coding.retrocopy: 1,
    noncoding.known_lincrna: 10,
    noncoding.known_monoexonic: 1,
    noncoding.known_host: 1,
    noncoding.novel_lincrna: 12,
    noncoding.novel_low: 2,
    noncoding.novel_monoexonic: 1,
    noncoding.novel_unstranded: 1,
    noncoding.novel_host: 1,
    noncoding.small_rna: 4,
    noncoding.decoy_length: 3,
    noncoding.decoy_orf: 3,
    noncoding.decoy_coding: 3,
    noncoding.decoy_domain: 3,
    noncoding.decoy_housekeeping: 3,
    noncoding.known_silent: 2,
}


def draw_blocks(draw: Draw, *, scale: float = 1.0) -> list[Block]:
    """Blocks of every kind of locus, in random order and on random strands.

    Parameters
    ----------
    draw
        Randomness and families.
    scale
        Factor on the number of loci of each kind; at least one stays.
    """
    blocks = [
        build(draw)
        for build, count in PLAN.items()
        for _ in range(max(1, round(scale * count)))
    ]
    order = draw.rng.permutation(len(blocks))
    flips = draw.rng.random(len(blocks)) < 0.5
    return [
        blocks[index].flipped() if flips[index] else blocks[index] for index in order
    ]
