"""A small transcriptome with known truth: genome, annotation, domains and reads.

`simulate` writes a folder that the whole lincRNA workflow can run on. Its loci are
coding genes, known and novel lincRNAs, and decoys that each fail one filter only;
`truth.tsv` says what should become of each. Nothing in it is a real sequence; codon
usage and adapters are.
"""

from bioloom.lincrna.simulate.simulation import Simulation, simulate

__all__ = ["Simulation", "simulate"]
