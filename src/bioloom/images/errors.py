"""Errors of pictures and folders of pictures."""

from pathlib import Path

from bioloom.errors import BadInput, BioloomError


class BadPictures(BadInput):
    """A folder of pictures cannot be merged or learnt from."""


class UnreadablePicture(BioloomError, ValueError):
    """A file is not a picture that can be decoded completely.

    Parameters
    ----------
    path
        The file.
    code
        One word for tables, e.g. "truncated".
    meaning
        The same as a noun phrase.
    """

    def __init__(self, path: str | Path, *, code: str, meaning: str) -> None:
        self.path, self.code, self.meaning = Path(path), code, meaning
        super().__init__(
            f"{path}: found {meaning} ({code}), expected a whole picture. "
            "Replace the file, or leave it out."
        )
