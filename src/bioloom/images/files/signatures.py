"""Kind of a picture file by its first bytes."""

import os

from bioloom.images.files.opening import opened, reason_of_error

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
    (b"\xff\x0a", "jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "jxl"),
    (b"\xff\x4f\xff\x51", "jp2"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "jp2"),
)
# brands of ISO base media files; the first that is known counts
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "heic"),
}
_GENERAL_BRANDS = (b"mif1", b"msf1", b"mif2", b"miaf")


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
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    return _kind_by_brand(head) if head[4:8] == b"ftyp" else ""


def _kind_by_brand(head: bytes) -> str:
    """Kind of an ISO base media file; "" of a film."""
    length = min(int.from_bytes(head[:4]), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length, 4))]
    if brands[0] not in _BRANDS and brands[0] not in _GENERAL_BRANDS:
        return ""
    return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), "heic")


def reason_of_header(path: str) -> str:
    """Code of why a file does not start like a picture; "" if it does."""
    try:
        head = head_of(path)
    except OSError as problem:
        return reason_of_error(problem)
    if not head:
        return "empty"
    return "" if kind_of(head) else "not_a_picture"


def kind_of_file(path: str) -> str:
    """Kind of a picture file by its first bytes; "" if none, or it cannot be read."""
    try:
        return kind_of(head_of(path))
    except OSError:
        return ""


def head_of(path: str) -> bytes:
    """First bytes of a file; raises `OSError` if it cannot be read."""
    descriptor = opened(path)
    try:
        return os.read(descriptor, N_BYTES)
    finally:
        os.close(descriptor)
