"""
From reads to contigs
=====================

A made-up genome of 6,000 bases with a repeat, read 25 times over with one wrong base in
200. In the shell: ``bioloom debruijn assemble reads.fa --k 31 --out assembled``.
"""

from random import Random

import bioloom as bl

rng = Random(3)


def some_bases(n):
    """Random DNA."""
    return "".join(rng.choices("ACGT", k=n))


def with_errors(bases, *, rate=0.005):
    """The same with wrong letters."""
    return "".join(rng.choice("ACGT") if rng.random() < rate else b for b in bases)


repeat = some_bases(200)
genome = some_bases(2000) + repeat + some_bases(2000) + repeat + some_bases(1600)
starts = [rng.randrange(len(genome) - 100) for _ in range(1500)]
reads = {f"read{n}": with_errors(genome[at : at + 100]) for n, at in enumerate(starts)}

# %%
# How often each k-mer occurs: errors on the left, the genome's coverage as a peak.
graph = bl.debruijn.graph(reads, k=31, min_count=1)
figure = graph.plot_spectrum()

# %%
# Unitigs of the graph before it is cleaned: most are short and come from errors.
figure = graph.plot()

# %%
# Tips clipped, bubbles popped: what is left, joined where only one path exists.
assembly = bl.debruijn.assemble(reads, k=31)
figure = assembly.plot()

# %%
# Lengths of the contigs.
print(assembly.to_frame()[["length", "coverage"]].to_string(index=False))
