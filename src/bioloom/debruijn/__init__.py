"""De Bruijn sequences, and De Bruijn graphs of sequencing reads.

A De Bruijn sequence B(alphabet_size, order) is cyclic and shows each word of `order`
letters exactly once (`bioloom.debruijn.sequences.generate`). The De Bruijn graph of
reads has their (k-1)-mers as nodes and their k-mers as edges; its unbranched paths are
the unitigs (`bioloom.debruijn.unitigs.build`), from which contigs are assembled
(`bioloom.debruijn.assembly.assemble`).

Inputs: an alphabet and an order; or reads as FASTA or FASTQ. Outputs: sequences,
explanations, pictures; unitigs and contigs as GFA 1 and FASTA.

References
----------
de Bruijn N.G. (1946) A combinatorial problem. Proc. K. Ned. Akad. Wet. 49:758-764.
Pevzner P.A., Tang H., Waterman M.S. (2001) An Eulerian path approach to DNA fragment
assembly. PNAS 98:9748-9753. doi:10.1073/pnas.171285098
"""
