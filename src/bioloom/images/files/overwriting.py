"""Files that an output must not take the place of."""

from pathlib import Path

from bioloom.images.errors import BadPictures
from bioloom.images.files.files import is_picture_name
from bioloom.images.files.signatures import kind_of_file


def require_no_picture(path: Path) -> None:
    """Raise `BadPictures` if writing to a path would replace a picture."""
    if not path.is_file():
        return
    if is_picture_name(path.name) or kind_of_file(str(path)):
        raise BadPictures(
            where=path,
            found="a picture",
            expected="a file that may be replaced",
            advice="Choose another name; pictures are never overwritten.",
        )
