"""Kind of a picture file by its first bytes."""

import os

from bioloom.images.files.duplicates import reason_of_error

N_BYTES = 64
_SIGNATURES = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
)
KINDS = frozenset(("jpeg", "png", "gif", "bmp", "tiff", "webp"))
ENDINGS = {
    "jpeg": (".jpg", ".jpeg"),
    "png": (".png",),
    "gif": (".gif",),
    "bmp": (".bmp",),
    "tiff": (".tif", ".tiff"),
    "webp": (".webp",),
}


def kind_of(head: bytes) -> str:
    """Kind of picture with these first bytes; "" if none.

    Examples
    --------
    >>> kind_of(b"GIF89a..."), kind_of(b"<!doctype html>")
    ('gif', '')
    """
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    is_webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    return "webp" if is_webp else ""


def reason_of_header(path: str) -> str:
    """Code of why a file does not start like a picture; "" if it does."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError as problem:
        return reason_of_error(problem)
    try:
        head = os.read(descriptor, N_BYTES)
    except OSError as problem:
        return reason_of_error(problem)
    finally:
        os.close(descriptor)
    if not head:
        return "empty"
    return "" if kind_of(head) else "not_a_picture"
