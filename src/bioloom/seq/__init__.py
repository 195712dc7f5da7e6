"""Nucleotide sequences: codes, translation, FASTA and FASTQ files."""
