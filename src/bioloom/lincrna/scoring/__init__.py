"""Coding potential of the transcripts of a FASTA file, record by record."""
