"""Errors of the room."""

from bioloom.errors import BadInput


class BadLosses(BadInput):
    """Losses or predictions of hypotheses cannot be used, or contradict each other."""
