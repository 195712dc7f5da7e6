"""Alignments in place of reads: checked, completed, handed to the assembly."""
