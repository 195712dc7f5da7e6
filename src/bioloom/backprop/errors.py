"""Errors of the room."""

from bioloom.errors import BadInput


class BadNetwork(BadInput):
    """A network, its parameters or its examples do not fit together."""
