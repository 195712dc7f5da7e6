"""Folders of files that only begin as pictures, for tests of merging."""

from functools import partial

from bioloom.images.merging import copying

JPEG = b"\xff\xd8\xff"
merge = partial(copying.merge, check="header")


def write(path, content=JPEG + b"a"):
    """A file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def tree(folder):
    """Every file below a folder and its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
