"""Errors of the De Bruijn room."""

from bioloom.errors import BadInput


class BadWords(BadInput):
    """An alphabet, an order or a word does not fit a De Bruijn sequence."""


class BadKmers(BadInput):
    """A k-mer length, or the reads to be cut into k-mers, cannot be used."""
