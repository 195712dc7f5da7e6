"""Mistakes in what was given, gathered so that all are told at once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from bioloom.errors import BioloomError, MissingFile, SeveralMistakes


class Mistakes:
    """Errors as they are found; `check` raises them together.

    Examples
    --------
    >>> mistakes = Mistakes()
    >>> with mistakes.gathered():
    ...     raise BioloomError("the first")
    >>> with mistakes.gathered():
    ...     raise BioloomError("the second")
    >>> [str(mistake) for mistake in mistakes.found]
    ['the first', 'the second']
    """

    def __init__(self) -> None:
        self.found: list[BioloomError] = []

    def add(self, mistake: BioloomError) -> None:
        """Add one, or those that are one error already; what is known is left out."""
        parts = mistake.mistakes if isinstance(mistake, SeveralMistakes) else (mistake,)
        known = {str(each) for each in self.found}
        self.found += [each for each in parts if str(each) not in known]

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Go on after an error of bioloom's own in what follows."""
        try:
            yield
        except BioloomError as mistake:
            self.add(mistake)

    def check(self) -> None:
        """Raise what was found: one as it is, several as one error.

        Raises
        ------
        BioloomError
            If anything was found.
        """
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise SeveralMistakes(self.found)


def missing_files(files: Mapping[str, Path | None], *, where: str) -> list[MissingFile]:
    """Files of a configuration that do not exist.

    Parameters
    ----------
    files
        By entry; None is not given.
    where
        The file that names them.
    """
    return [
        MissingFile(file, role=f"the file of {entry!r}", where=where)
        for entry, file in files.items()
        if file is not None and not file.is_file()
    ]


def meant(word: str, known: Sequence[str], *, cutoff: float = 0.6) -> str:
    """The known word that is nearest to another; empty if none is near.

    Examples
    --------
    >>> meant("foward", ["forward", "reverse"]), meant("x", ["forward"])
    ('forward', '')
    """
    lower = {each.lower(): each for each in known}
    near = get_close_matches(word.lower(), lower, n=1, cutoff=cutoff)
    return lower[near[0]] if near else ""
