"""What a picture looks like: greys, colours, formats; and JPEGs that are not whole."""

import base64
import io
import re
import shutil
import struct
import subprocess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bioloom.errors import InputWarning
from bioloom.images.dataset.scan import scan
from bioloom.images.errors import UnreadablePicture
from bioloom.images.files import formats
from bioloom.images.files.greys import grey_scale
from bioloom.images.files.reading import REASONS, read_picture, reason_of
from bioloom.images.files.signatures import kind_of
from bioloom.images.files.structure import jxl_size
from bioloom.images.files.view import Conversion
from tests.images import damage, profiles

SIDE = 64
RAMP = np.linspace(0, 1, SIDE * SIDE).reshape(SIDE, SIDE)


def read(folder, content, name="picture"):
    path = folder / name
    path.write_bytes(content)
    return read_picture(str(path))


def saved(image, form="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def noisy(side=200, rng_seed=3):
    rng = np.random.default_rng(rng_seed)
    y, x = np.mgrid[:side, :side] / side
    colours = np.stack([x, y, 1 - x], axis=-1) * 200 + rng.normal(
        25, 8, (side, side, 3)
    )
    return Image.fromarray(colours.clip(0, 255).astype(np.uint8))


# -- greys of more than 8 bits ---------------------------------------------------


def tiff(values, *, bits, sample=1, photometric=1):
    """An uncompressed TIFF by hand, with tags that Pillow does not write."""
    height, width = values.shape
    data = values.tobytes()
    tags = [(256, width), (257, height), (258, bits), (259, 1), (262, photometric)]
    tags += [(273, 8), (277, 1), (278, height), (279, len(data)), (339, sample)]
    head = b"II*\0" + struct.pack("<I", 8 + len(data)) + data
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return head + struct.pack("<H", len(tags)) + rows + bytes(4)


def with_pixel(values, value):
    values = values.copy()
    values[0, 0] = value
    return values


FLOATS = RAMP.astype("<f4")
DEEP = {
    "12 bits": (tiff((RAMP * 4095).astype("<u2"), bits=16), True),
    "full 16 bits": (tiff((RAMP * 65535).astype("<u2"), bits=16), False),
    "dark white": (
        tiff(((1 - RAMP) * 4095).astype("<u2"), bits=16, photometric=0),
        True,
    ),
    "signed 16": (tiff((RAMP * 3000 - 1500).astype("<i2"), bits=16, sample=2), True),
    "signed 8": (tiff(np.round(RAMP * 200 - 100).astype("i1"), bits=8, sample=2), True),
    "unsigned 32": (tiff((RAMP * 4.2e9).astype("<u4"), bits=32), True),
    "signed 32": (tiff((RAMP * 65535).astype("<i4"), bits=32, sample=2), False),
    "bytes in 32": (tiff((RAMP * 255).astype("<i4"), bits=32, sample=2), False),
    "float": (tiff(FLOATS, bits=32, sample=3), False),
    "float of bytes": (tiff(FLOATS * 255, bits=32, sample=3), False),
    "negative": (tiff(FLOATS * 2 - 1, bits=32, sample=3), True),
    "infinite": (tiff(with_pixel(FLOATS, np.inf), bits=32, sample=3), False),
    "not a number": (tiff(with_pixel(FLOATS, np.nan), bits=32, sample=3), False),
    "hot": (tiff(with_pixel(FLOATS, 1e6), bits=32, sample=3), False),
    "hot 12 bits": (
        tiff(with_pixel((RAMP * 4095).astype("<u2"), 65535), bits=16),
        True,
    ),
}


@pytest.mark.parametrize("case", DEEP)
def test_deep_greys_are_visible(tmp_path, case):
    """A ramp from the least to the greatest value is one from black to white."""
    content, is_stretched = DEEP[case]
    picture, facts = read(tmp_path, content)
    found = np.asarray(picture)[..., 0].astype(float)
    assert np.abs(found - RAMP * 255).ravel()[1:].max() <= 1.5
    assert facts.grey_scale.is_stretched == is_stretched
    assert facts.is_deep == (case != "signed 8")


def test_bytes_widened_to_16_bits_are_the_same_bytes(tmp_path):
    for low, high in ((0, 255), (10, 60), (200, 201)):
        grey = (low + RAMP * (high - low)).astype(np.uint8)
        wide = Image.fromarray(grey.astype(np.uint16) * 257)
        picture, facts = read(tmp_path, saved(wide))
        assert (np.asarray(picture)[..., 0] == grey).all()
        assert not facts.grey_scale.is_stretched


@given(st.integers(9, 15), st.integers(0, 2**16 - 1))
def test_a_hot_pixel_or_a_dead_one_does_not_matter(n_bits, odd):
    values = (RAMP * (2**n_bits - 1)).astype(np.uint16)
    plain, other = grey_scale(values), grey_scale(with_pixel(values, odd))
    assert other.is_stretched
    assert abs(other.white - plain.white) <= 2**n_bits / 500
    assert abs(other.black - plain.black) <= 2**n_bits / 500


def test_few_values_besides_the_background_are_seen():
    sparse = np.zeros((100, 100), np.uint16)
    sparse[5, 5] = 900
    assert grey_scale(sparse) == (0, 900, True)
    assert grey_scale(np.full((4, 4), 40, np.int32)) == (0, 255, False)
    assert grey_scale(np.full((4, 4), np.nan, np.float32)).white == 1


def test_what_was_done_to_the_pictures_is_counted(tmp_path):
    dim = (RAMP * 4095).astype(np.uint16)
    broken = {"icc_profile": b"no profile"}
    Image.fromarray(dim).save(tmp_path / "1.png")
    Image.fromarray(dim * 16).save(tmp_path / "2.png")
    Image.fromarray(dim.astype(np.uint8)).save(tmp_path / "3.png", **broken)
    rows = [np.full((4, 3), n, ">u2").tobytes() for n in (100, 4095)]
    for name, row in zip("45", rows, strict=True):
        whole = damage.png(4, 4, 16, 2, [row] * 4)
        (tmp_path / f"{name}.png").write_bytes(whole)
    full = damage.png(4, 4, 16, 2, [np.full((4, 3), 4096, ">u2").tobytes()] * 4)
    (tmp_path / "6.png").write_bytes(full)
    paths = [str(path) for path in sorted(tmp_path.iterdir())]
    pixels = np.zeros((6, 64, 64, 3), np.uint8)
    with pytest.warns(InputWarning) as notes:
        scan(paths, pixels, conversion=Conversion(side=64))
    assert [str(note.message) for note in notes] == [
        "2 pictures with greys of more than 8 bits: of 1, the 0.1 to 99.9 percentiles "
        "of the values are shown as black to white",
        "2 pictures with 16-bit colours of 12 bits or fewer: read as almost black; "
        "scale them to 16 bits",
        "1 picture with a colour profile that cannot be used: read as sRGB",
    ]


# -- colours ---------------------------------------------------------------------


def test_a_colour_profile_is_converted_by_its_definition(tmp_path):
    colours = np.random.default_rng(1).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    wide = {"icc_profile": profiles.profile()}
    image = Image.fromarray(colours)
    expected = profiles.in_srgb(colours)
    for form in ("PNG", "TIFF"):
        picture, facts = read(tmp_path, saved(image, form, **wide))
        assert facts.profile == "converted"
        assert np.abs(np.asarray(picture) - expected).max() <= 2
    lossy = {"quality": 100, "subsampling": 0}
    as_stored = np.asarray(Image.open(io.BytesIO(saved(image, "JPEG", **lossy))))
    picture, _ = read(tmp_path, saved(image, "JPEG", **lossy, **wide))
    assert np.abs(np.asarray(picture) - profiles.in_srgb(as_stored)).max() <= 2


def test_a_profile_keeps_transparency_and_greys(tmp_path):
    wide = {"icc_profile": profiles.profile()}
    image = Image.new("RGBA", (8, 8), (60, 200, 30, 128))
    picture, facts = read(tmp_path, saved(image, **wide))
    expected = 255 + (profiles.in_srgb([60, 200, 30]) - 255) * 128 / 255
    assert np.abs(np.asarray(picture)[0, 0] - expected).max() <= 2
    assert facts.has_alpha
    palette = image.convert("RGB").quantize(2)
    picture, _ = read(tmp_path, saved(palette, **wide))
    assert (
        np.abs(np.asarray(picture)[0, 0] - profiles.in_srgb([60, 200, 30])).max() <= 2
    )
    grey = Image.new("L", (8, 8), 20)
    for content in (profiles.profile(b"GRAY"), profiles.profile()):
        picture, facts = read(tmp_path, saved(grey, icc_profile=content))
        assert facts.profile == "converted"
        assert np.abs(np.asarray(picture)[0, 0] - profiles.in_srgb([20] * 3)).max() <= 2


def test_a_profile_that_cannot_be_used_is_ignored_and_said(tmp_path):
    from PIL import ImageCms

    image = noisy(32)
    whole = profiles.profile()
    for content in (b"", b"junk" * 50, whole[:200], profiles.profile(b"GRAY")):
        picture, facts = read(tmp_path, saved(image, icc_profile=content))
        assert (np.asarray(picture) == np.asarray(image)).all()
        assert facts.profile == ("ignored" if content else "")
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture, facts = read(tmp_path, saved(image, icc_profile=plain))
    assert facts.profile == "srgb"
    assert (np.asarray(picture) == np.asarray(image)).all()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_rotates_every_kind(tmp_path, form):
    stored = noisy(48).crop((0, 0, 48, 24))
    exif = Image.Exif()
    exif[0x0112] = 6
    picture, facts = read(tmp_path, saved(stored, form, exif=exif))
    upright = np.rot90(np.asarray(stored), -1)
    assert picture.size == (facts.width, facts.height) == (24, 48)
    assert facts.is_rotated
    assert np.abs(np.asarray(picture) - upright.astype(int)).mean() < 10


def test_broken_exif_is_no_broken_picture(tmp_path):
    content = saved(noisy(48), "JPEG")
    for exif in (b"Exif\0\0junk", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0"):
        part = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
        assert not read(tmp_path, content[:2] + part + content[2:])[1].is_rotated


def test_transparency_of_a_film_is_what_its_file_says(tmp_path):
    frames = [noisy(16), noisy(16, 4)]
    film = {"save_all": True, "append_images": frames[1:], "lossless": True}
    picture, facts = read(tmp_path, saved(frames[0], "WEBP", **film))
    assert (facts.is_animated, facts.has_alpha) == (True, False)
    assert (np.asarray(picture) == np.asarray(frames[0])).all()
    clear = Image.new("RGBA", (16, 16), (9, 9, 9, 0))
    picture, facts = read(tmp_path, saved(clear, "WEBP", **film))
    assert facts.has_alpha
    assert np.asarray(picture).min() == 255


# -- JPEG ------------------------------------------------------------------------

JPEG = saved(noisy(), "JPEG", quality=85)
PROGRESSIVE = saved(noisy(), "JPEG", quality=85, progressive=True)
RESTARTS = saved(noisy(), "JPEG", quality=85, restart_marker_blocks=5)


def places(pattern, content):
    return [match.start() for match in re.finditer(pattern, content)]


def damaged_jpegs():
    """Each kind of damage, and the reason."""
    for kind, content in (("sequential", JPEG), ("progressive", PROGRESSIVE)):
        half = len(content) // 2
        other = saved(noisy(rng_seed=9), "JPEG", progressive=content is PROGRESSIVE)
        rng = np.random.default_rng(1)
        zeros, noise = bytes(1000), rng.integers(0, 255, 1000, np.uint8).tobytes()
        yield f"{kind}, zeros inside", content[:half] + zeros + content[half + 1000 :]
        yield f"{kind}, noise inside", content[:half] + noise + content[half + 1000 :]
        yield f"{kind}, spliced", content[:half] + other[len(other) // 2 :]
        yield f"{kind}, cut and ended", content[:half] + b"\xff\xd9"
        yield f"{kind}, cut", content[:half]
        yield f"{kind}, zeros to the end", content[:half].ljust(len(content), b"\0")
    marks = places(rb"\xff[\xd0-\xd7]", RESTARTS)
    swapped = bytearray(RESTARTS)
    swapped[marks[3] + 1], swapped[marks[4] + 1] = (
        swapped[marks[4] + 1],
        swapped[marks[3] + 1],
    )
    yield "restart markers exchanged", bytes(swapped)
    yield "an interval lost", RESTARTS[: marks[3]] + RESTARTS[marks[4] :]
    yield "eight intervals lost", RESTARTS[: marks[3]] + RESTARTS[marks[11] :]
    for n in range(1, len(places(rb"\xff\xda", PROGRESSIVE))):
        scans = places(rb"\xff\xda", PROGRESSIVE)
        yield f"{n} scans, ended", PROGRESSIVE[: scans[n]] + b"\xff\xd9"


DAMAGED = dict(damaged_jpegs())


@pytest.mark.parametrize("case", DAMAGED)
def test_a_jpeg_that_is_not_whole_has_a_reason(tmp_path, case):
    with pytest.raises(UnreadablePicture) as problem:
        read(tmp_path, DAMAGED[case])
    assert problem.value.code in ("damaged", "truncated")


def jfif(content, version):
    at = content.index(b"JFIF\0")
    return content[: at + 5] + bytes([version, 9]) + content[at + 7 :]


def part(marker, content):
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


WHOLE = {
    "of another JFIF": jfif(JPEG, 3),
    "with a film behind": JPEG + b"\0\0\0\x18ftypmp42" * 99,
    "with zeros before its end": JPEG[:-2] + bytes(40) + b"\xff\xd9",
    "with a broken profile": JPEG[:2] + part(0xE2, b"ICC_PROFILE\0\2\3xx") + JPEG[2:],
    "with another JPEG inside": JPEG[:2] + part(0xE1, b"x" + JPEG[:9000]) + JPEG[2:],
    "with filled markers": JPEG[:-2] + b"\xff" * 9 + b"\xff\xd9",
    "with restart markers": RESTARTS,
    "progressive": PROGRESSIVE,
    "grey": saved(noisy().convert("L"), "JPEG"),
    "grey, progressive": saved(noisy().convert("L"), "JPEG", progressive=True),
    "in CMYK": saved(noisy().convert("CMYK"), "JPEG"),
    "optimised": saved(noisy(), "JPEG", optimize=True, subsampling=1),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_whole_jpeg_has_pillows_pixels(tmp_path, case):
    picture, facts = read(tmp_path, WHOLE[case])
    with Image.open(io.BytesIO(WHOLE[case])) as image:
        quality = facts.jpeg_quality
        assert (np.asarray(picture) == np.asarray(image.convert("RGB"))).all()
    assert 60 < quality < 90
    for least in (20, 40, 90):
        small, _ = read_picture(str(tmp_path / "picture"), at_least=least)
        with Image.open(io.BytesIO(WHOLE[case])) as image:
            if image.mode != "CMYK":
                image.draft("RGB", (2 * least, 2 * least))
                assert (np.asarray(small) == np.asarray(image.convert("RGB"))).all()


def test_damage_behind_a_harmless_warning_is_seen(tmp_path):
    for name in ("sequential, zeros inside", "sequential, cut and ended"):
        with pytest.raises(UnreadablePicture):
            read(tmp_path, jfif(DAMAGED[name], 3))


@pytest.mark.tools
def test_jpeginfo_warns_of_the_same_files(tmp_path):
    """It warns of scans that end early as well, but not of whole scans that lack."""
    assert shutil.which("jpeginfo")
    for name, content in {**DAMAGED, **WHOLE}.items():
        path = tmp_path / "picture.jpg"
        path.write_bytes(content)
        told = subprocess.run(
            ["jpeginfo", "-c", path], capture_output=True, text=True, check=False
        ).stdout
        if "scans, ended" in name or name in ("in CMYK", "with zeros before its end"):
            continue
        if name == "of another JFIF":
            continue
        assert ("OK" in told) == (name in WHOLE), name


def harmed(content, rng):
    """A JPEG with bits flipped, bytes lost, or foreign ones put in."""
    changed = bytearray(content)
    place = int(rng.integers(2, len(changed) - 2))
    harm = int(rng.integers(3))
    if harm == 0:
        for one in rng.integers(2, len(changed), int(rng.integers(1, 5))):
            changed[int(one)] ^= 1 << int(rng.integers(8))
    elif harm == 1:
        del changed[place : place + int(rng.integers(1, 300))]
    else:
        n = int(rng.integers(1, 50))
        changed[place:place] = rng.integers(0, 256, n, np.uint8).tobytes()
    return bytes(changed)


@pytest.mark.tools
def test_harm_at_random_is_seen_where_jpeginfo_sees_it(tmp_path):
    rng = np.random.default_rng(5)
    kinds = (JPEG, PROGRESSIVE, RESTARTS, WHOLE["grey"])
    path, n_seen = tmp_path / "picture.jpg", 0
    for number in range(200):
        path.write_bytes(harmed(kinds[number % 4], rng))
        told = subprocess.run(
            ["jpeginfo", "-c", path], capture_output=True, text=True, check=False
        ).stdout
        reason = reason_of(str(path))
        assert bool(reason) == ("OK" not in told), (number, reason, told)
        n_seen += bool(reason)
    assert 100 < n_seen < 190


# -- formats that need a package -------------------------------------------------

# 16 x 16 pixels of (200, 40, 30) by heif-enc 1.15, lossless
RED_HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaW"
    "N0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAABAAEAAAADhpbG9jAQAAAERA"
    "AAIAAQAAAAAAAAHRAAEAAAAAAAAAdQACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAA"
    "AVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAAAADYaXBycAAAALZpcGNvAAAA"
    "dmh2Y0MBA3AAAAAAAAAAAAD/8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwD/ugJAIQ"
    "ABACpCAQEDcAAAAwCQAAADAAADAP+gIIEFluqumubgQEDAgAAAAwCAAAADAIQiAAEABkQBwXGLEgAA"
    "ABRpc3BlAAAAAAAAAEAAAABAAAAAFGlzcGUAAAAAAAAAEAAAABAAAAAQcGl4aQAAAAADCAgIAAAAGm"
    "lwbWEAAAAAAAAAAgABAoECAAICA4QAAAAaaXJlZgAAAAAAAAAOZGltZwACAAEAAQAAAH1tZGF0AAAA"
    "cSgBrwWyHpBw0C7tkc//+J/D+/z58+fPo0aNGjRo0f87X//yJ2v//xJgyrIeuuuxvvvvvvuHP/2PdA"
    "D/jP8X/D/f8/z/P8/0PQ9D0PQ9D0PQdFbEsQslxrgMk3Z0X+BhothaY0BivwX/IAtgT+Dr8icM"
)


def test_kinds_are_told_by_their_bytes():
    def boxed(*brands):
        return struct.pack(">I", 8 + 4 * len(brands)) + b"ftyp" + b"".join(brands)

    assert kind_of(boxed(b"avif", bytes(4), b"mif1", b"avif")) == "avif"
    assert kind_of(boxed(b"mif1", bytes(4), b"mif1", b"avif")) == "avif"
    assert kind_of(boxed(b"heic", bytes(4), b"mif1", b"heic")) == "heic"
    assert kind_of(boxed(b"mif1", bytes(4), b"mif1")) == "heic"
    assert kind_of(boxed(b"mp42", bytes(4), b"isom", b"avif")) == ""
    assert kind_of(boxed(b"qt  ", bytes(4))) == ""


def encoded(kind):
    """A picture of a kind and its pixels; the test is skipped where none is written."""
    image = noisy(65)
    forms = {"jp2": "JPEG2000", "avif": "AVIF", "jxl": "JXL"}
    if kind == "heic":
        pytest.importorskip("pi_heif")
        return RED_HEIC, np.full((16, 16, 3), (200, 40, 30))
    if kind == "jxl":
        pytest.importorskip("pillow_jxl")
    if formats.lack_of(kind):
        pytest.skip(f"Pillow reads no {kind} here")
    options = {"lossless": True} if kind == "jxl" else {}
    if kind == "avif":
        options = {"quality": 100, "subsampling": "4:4:4"}
    return saved(image, forms[kind], **options), np.asarray(image)


@pytest.mark.parametrize("kind", ["avif", "heic", "jxl", "jp2"])
def test_other_formats_are_read_where_their_package_is(tmp_path, kind):
    content, pixels = encoded(kind)
    picture, facts = read(tmp_path, content, "picture.jpg")
    assert (facts.kind, facts.has_own_ending) == (kind, False)
    assert np.abs(np.asarray(picture) - pixels.astype(int)).max() <= 4
    whole = len(content)
    for n in (*range(40, whole - 12, 1 + whole // 40), *range(whole - 12, whole)):
        (tmp_path / "cut").write_bytes(content[:n])
        assert reason_of(str(tmp_path / "cut")), n


@pytest.mark.parametrize(
    ("kind", "code", "command"),
    [
        ("heic", "needs_pi_heif", "`bioloom doctor images-formats`"),
        ("jxl", "needs_pillow_jxl", "`bioloom doctor images-formats`"),
        ("avif", "needs_avif", "pip install --upgrade pillow"),
        ("jp2", "needs_jp2", "pip install --upgrade pillow"),
    ],
)
def test_a_format_without_its_package_says_how_to_get_it(
    tmp_path, monkeypatch, kind, code, command
):
    content, _ = encoded(kind)

    def missing(module):
        raise ImportError(module)

    monkeypatch.setattr(formats, "import_module", missing)
    monkeypatch.setattr(formats.features, "check", lambda name: False)
    formats.lack_of.cache_clear()
    try:
        with pytest.raises(UnreadablePicture, match=command) as problem:
            read(tmp_path, content)
        assert problem.value.code == code
        assert code in REASONS
    finally:
        formats.lack_of.cache_clear()


def test_a_jpeg_xl_bomb_is_not_decoded(tmp_path):
    """60,000 x 60,000 pixels: its size stands in the first bytes."""
    pytest.importorskip("pillow_jxl")
    for size in ((8, 8), (300, 200), (1600, 900), (17, 4097), (2000, 1000)):
        assert jxl_size(saved(Image.new("RGB", size), "JXL")) == size
    side = 60_000 - 1
    bits = 0 | 2 << 1 | side << 3 | 1 << 21
    with pytest.raises(UnreadablePicture) as problem:
        read(tmp_path, b"\xff\x0a" + bits.to_bytes(12, "little"))
    assert problem.value.code == "too_large"
