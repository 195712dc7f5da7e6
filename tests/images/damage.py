"""Pictures as they come: of every kind, and damaged in every way."""

import io
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import Image

COLOURS = ((200, 40, 30), (30, 190, 60), (40, 50, 210))
SIZE = (24, 18)


@dataclass(frozen=True)
class Case:
    """A file; what is known of it: its colour, its reasons, or nothing."""

    name: str
    content: bytes
    colour: tuple[int, int, int] | None = None
    reasons: frozenset[str] | None = None
    atol: int = 0


def saved(image, form, **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def plain(colour, size=SIZE):
    return Image.new("RGB", size, colour)


def drawn(colour, rng):
    """Of one colour on the whole, with enough noise to fill a file."""
    noise = rng.integers(-20, 20, (SIZE[1], SIZE[0], 3))
    return Image.fromarray((np.array(colour) + noise).clip(0, 255).astype(np.uint8))


FORMS = {
    "png": {},
    "jpeg": {"quality": 95, "subsampling": 0},
    "gif": {},
    "bmp": {},
    "tiff": {},
    "webp": {"lossless": True},
}
UNREADABLE = frozenset({"truncated", "damaged", "not_a_picture", "unsupported"})
ANY = UNREADABLE | {"", "too_large"}


def whole(colour, rng, form):
    content = saved(plain(colour), form, **FORMS[form])
    return Case(f"whole.{form}", content, colour, atol=3 if form == "jpeg" else 0)


def renamed(colour, rng):
    """The ending of another kind."""
    form, ending = rng.permutation(list(FORMS))[:2]
    content = saved(plain(colour), form, **FORMS[form])
    return Case(f"renamed.{ending}", content, colour, atol=3)


def cut(colour, rng, form):
    content = saved(drawn(colour, rng), form, **FORMS[form])
    n = int(rng.integers(1, len(content)))
    return Case(f"cut.{form}", content[:n], reasons=UNREADABLE)


def flipped(colour, rng, form):
    """One to four bits changed: PNG's checksums tell, other kinds may not."""
    content = bytearray(saved(drawn(colour, rng), form, **FORMS[form]))
    for place in rng.choice(len(content), int(rng.integers(1, 5)), replace=False):
        content[place] ^= 1 << int(rng.integers(8))
    reasons = UNREADABLE if form == "png" else ANY
    return Case(f"flipped.{form}", bytes(content), reasons=reasons)


def html(colour, rng):
    page = b"<!DOCTYPE html><html><body>404 Not Found</body></html>"
    return Case("page.jpg", page, reasons=frozenset({"not_a_picture"}))


def empty(colour, rng):
    return Case("empty.png", b"", reasons=frozenset({"empty"}))


def cmyk(colour, rng):
    content = saved(plain(colour).convert("CMYK"), "jpeg", quality=95)
    return Case("cmyk.jpg", content, colour, atol=4)


def chunk(kind, content):
    whole = kind + content
    return (
        struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))
    )


def png(width, height, depth, kind, rows, extra=b""):
    """A PNG by hand, for what Pillow does not write."""
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    parts = chunk(b"IHDR", head) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def deep(colour, rng):
    """16 bits a channel."""
    width, height = SIZE
    row = np.array([np.array(colour) * 257] * width, dtype=">u2").tobytes()
    return Case("deep.png", png(width, height, 16, 2, [row] * height), colour, atol=1)


def deep_grey(colour, rng):
    """16 bits of grey, in two kinds of file."""
    grey = np.full(SIZE[::-1], colour[0] * 257, dtype=np.uint16)
    form = ("png", "tiff")[int(rng.integers(2))]
    content = saved(Image.fromarray(grey), form)
    return Case(f"deep_grey.{form}", content, (colour[0],) * 3)


def deep_with_hole(colour, rng):
    """16 bits of grey of which one value is transparent, on the left half."""
    width, height = SIZE
    values = [0] * (width // 2) + [colour[0] * 257] * (width - width // 2)
    row = np.array(values, dtype=">u2").tobytes()
    hole = chunk(b"tRNS", struct.pack(">H", 0))
    content = png(width, height, 16, 0, [row] * height, hole)
    mean = round((255 + colour[0]) / 2)
    return Case("hole.png", content, (mean,) * 3, atol=1)


def deep_colour_with_hole(colour, rng):
    """16 bits of each colour, all of it transparent."""
    width, height = SIZE
    values = (np.array(colour) * 257).astype(">u2")
    hole = chunk(b"tRNS", values.tobytes())
    row = np.tile(values, (width, 1)).tobytes()
    content = png(width, height, 16, 2, [row] * height, hole)
    return Case("hole.png", content, (255, 255, 255))


def palette(colour, rng):
    """A palette whose second colour is half transparent."""
    image = Image.new("P", SIZE, 1)
    image.putpalette([0, 0, 0, *colour])
    alpha = int(rng.choice([10, rng.integers(1, 255)]))  # 10: Pillow errs
    content = saved(image, "png", transparency=bytes([0, alpha]))
    share = alpha / 255
    mixed = tuple(round(share * one + (1 - share) * 255) for one in colour)
    return Case("palette.png", content, mixed, atol=1)


def see_through(colour, rng):
    """Wholly transparent red is white."""
    content = saved(Image.new("RGBA", SIZE, (*colour, 0)), "png")
    return Case("clear.png", content, (255, 255, 255))


def grey_alpha(colour, rng):
    content = saved(Image.new("LA", SIZE, (colour[0], 255)), "png")
    return Case("grey_alpha.png", content, (colour[0],) * 3)


def one_bit(colour, rng):
    content = saved(Image.new("1", SIZE, 1), "png")
    return Case("bit.png", content, (255, 255, 255))


def turned(colour, rng):
    """EXIF says which way is up; pixels are tested in another test."""
    exif = Image.Exif()
    exif[0x0112] = int(rng.integers(0, 10))
    content = saved(plain(colour), "jpeg", quality=95, exif=exif)
    return Case("turned.jpg", content, colour, atol=3)


def animated(colour, rng):
    """The first frame counts."""
    form = ("gif", "png", "webp")[int(rng.integers(3))]
    others = [Image.new("RGB", SIZE, one) for one in ("white", "black")]
    options = {**FORMS[form], "save_all": True, "append_images": others}
    content = saved(plain(colour), form, **options)
    return Case(f"animated.{form}", content, colour, atol=2)


def bomb(colour, rng):
    """Small files that say they are huge."""
    width, height = [(60_000, 60_000), (12_500, 10_000)][int(rng.integers(2))]
    kind = int(rng.integers(3))
    if kind == 0:
        content, name = png(width, height, 8, 2, [b"\0" * 99]), "bomb.png"
    elif kind == 1:
        head = struct.pack("<2sIHHI", b"BM", 99, 0, 0, 54)
        head += struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
        content, name = head + b"\0" * 99, "bomb.bmp"
    else:
        head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0)
        frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0)
        content, name = head + frame + b"\x02\x02D\x01\x00;", "bomb.gif"
    return Case(name, content, reasons=frozenset({"too_large"}))


def with_video(colour, rng):
    """A phone's picture with its film behind, longer than any tail one looks at."""
    content = saved(plain(colour), "jpeg", **FORMS["jpeg"])
    return Case("moving.jpg", content + b"\0\0\0\x18ftypmp42" * 6000, colour, atol=3)


def two_in_one(colour, rng):
    """Multi-picture JPEG, as phones write."""
    other = [Image.new("RGB", SIZE, "white")]
    options = {**FORMS["jpeg"], "save_all": True, "append_images": other}
    content = saved(plain(colour), "mpo", **options)
    return Case("pair.jpg", content, colour, atol=3)


KINDS = (
    *((whole, form) for form in FORMS),
    *((cut, form) for form in FORMS for _ in range(2)),
    *((flipped, form) for form in FORMS for _ in range(3)),
    *((one,) for one in (renamed, html, empty, cmyk, deep, deep_grey, deep_with_hole)),
    (deep_colour_with_hole,),
    *((one,) for one in (palette, see_through, grey_alpha, one_bit, turned, animated)),
    *((one,) for one in (bomb, with_video, two_in_one)),
)


def cases(n, rng_seed=1):
    """n files, kinds and colours in turn."""
    rng = np.random.default_rng(rng_seed)
    for number in range(n):
        make, *form = KINDS[number % len(KINDS)]
        yield make(COLOURS[int(rng.integers(3))], rng, *form)
