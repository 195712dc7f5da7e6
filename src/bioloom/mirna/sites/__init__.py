"""Binding sites: hits, structures, alignments, seeds."""
