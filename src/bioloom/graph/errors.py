"""Errors of graphs and their data sets."""

from bioloom.errors import BadInput, BioloomError


class BadGraph(BadInput):
    """Nodes, edges, labels or the split of a graph cannot be used."""


class NoDownload(BioloomError, RuntimeError):
    """A data set could not be downloaded, or its files are not the expected ones.

    Parameters
    ----------
    name
        Of the data set.
    found
        What went wrong, as a noun phrase.
    command
        What the user can run instead.
    """

    def __init__(self, name: str, *, found: str, command: str) -> None:
        self.name, self.found, self.command = name, found, command
        super().__init__(
            f"data set {name}: found {found}, expected its raw files from the "
            f"internet. Download them elsewhere and give their folder: {command}"
        )
