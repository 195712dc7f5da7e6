"""Errors of graphs and their data sets."""

from collections.abc import Sequence

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


class NoDevice(BioloomError, ValueError):
    """The computer has no device of that name, or torch can't use it.

    Parameters
    ----------
    device
        Its name.
    there
        Names of those that there are.
    """

    def __init__(self, device: str, *, there: Sequence[str]) -> None:
        self.device, self.there = device, tuple(there)
        super().__init__(
            f"device {device}: found no such device that this torch can use, expected "
            f"{' or '.join(('auto', *there))}. Choose one of these; a card also needs "
            "a torch that is built for it."
        )
