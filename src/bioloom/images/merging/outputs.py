"""Where the tables of a merge may be written."""

from collections.abc import Sequence
from pathlib import Path

from bioloom.images.errors import BadPictures
from bioloom.images.files.overwriting import require_no_picture
from bioloom.images.merging.plan import COLUMNS, NEAR_COLUMNS


def require_own_files(outputs: Sequence[Path], sources: Sequence[Path]) -> None:
    """Raise `BadPictures` where an output would replace a picture or a source's file.

    Parameters
    ----------
    outputs
        Files to write; "-" is standard output.
    sources
        Folders that stay as they are. A table of an earlier merge may be replaced.
    """
    paths = [path for path in outputs if str(path) != "-"]
    if len({path.resolve() for path in paths}) < len(paths):
        raise BadPictures(
            where=paths[0],
            found="the same name for two tables",
            expected="a file for each",
            advice="Choose another name for one of them.",
        )
    for path in paths:
        require_no_picture(path)
        is_inside = any(
            source.resolve() in path.resolve().parents for source in sources
        )
        if is_inside and path.is_file() and not _is_table(path):
            raise BadPictures(
                where=path,
                found="a file of a source",
                expected="a new file, or a table of an earlier merge",
                advice="Choose another name; sources stay as they are.",
            )


def _is_table(path: Path) -> bool:
    """Whether a file begins as the tables of a merge do."""
    begins = tuple("\t".join(columns) for columns in (COLUMNS, NEAR_COLUMNS))
    with path.open("rb") as stream:
        head = stream.read(200).decode("utf-8", "replace")
    return head.startswith(begins)
