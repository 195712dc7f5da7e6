"""Graphs of reads: k-mers, unitigs, cleaning, contigs, comparison with a reference."""
