"""Two families of randomly drawn creatures: pictures for the demo.

Both families have the same colours, sizes and places; moppets are round, with round
ears and spots, brackets are angular, with horns and stripes. A shortcut can be planted:
something besides the creature that predicts the family.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance

FAMILIES = ("brackets", "moppets")
_SIDE, _FINE = 128, 2  # drawn at twice the size, then scaled down
Rng = np.random.Generator


class Point(NamedTuple):
    """A place in the picture."""

    x: float
    y: float


@dataclass(slots=True)
class Shot:
    """A picture before it is saved.

    Parameters
    ----------
    image
        RGBA.
    name
        Without its ending.
    kind, options
        Format, and options of its encoder.
    """

    image: Image.Image
    name: str
    kind: str = "png"
    options: dict[str, Any] = field(default_factory=dict)


def creature(family: str, rng: Rng, *, is_cut_out: bool = False) -> Image.Image:
    """Draw a creature of a family, RGBA on an opaque pale ground, 128 x 128.

    Parameters
    ----------
    family
        One of `FAMILIES`.
    rng
        For all random choices.
    is_cut_out
        Whether it stands alone on transparent black.
    """
    ground, body, mark = (_colour(rng, low) for low in (190, 60, 20))
    size = _SIDE * _FINE
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0) if is_cut_out else ground)
    pen = ImageDraw.Draw(image)
    n_things = 0 if is_cut_out else int(rng.integers(2, 6))
    for _ in range(n_things):  # scenery, the same for both
        _scenery(pen, rng, size)
    centre = Point(
        float(rng.uniform(0.35, 0.65)) * size,
        float(rng.uniform(0.4, 0.6)) * size,
    )
    radii = tuple(float(share) * size for share in rng.uniform(0.16, 0.3, 2))
    limb = _round_limb if family == "moppets" else _pointed_limb
    for angle in np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 8)))):
        limb(pen, _at(centre, radii, float(angle)), centre, mark)
    if family == "moppets":
        _ellipse(pen, centre, radii, body)
        _spots(pen, centre, radii, _Look(mark, rng))
    else:
        corners = int(rng.integers(4, 7))
        turn = float(rng.uniform(0, np.pi))
        angles = turn + np.arange(corners) * 2 * np.pi / corners
        pen.polygon([_at(centre, radii, float(a)) for a in angles], fill=body)
        _stripes(pen, centre, radii, _Look(mark, rng))
    _eyes(pen, centre, radii, rng)
    return image.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)


def _colour(rng: Rng, low: int) -> tuple[int, ...]:
    channels = rng.integers(low, min(low + 160, 256), 3)
    return (*(int(value) for value in channels), 255)


def _at(centre: Point, radii: tuple[float, ...], angle: float) -> Point:
    return Point(
        centre.x + radii[0] * float(np.cos(angle)),
        centre.y + radii[1] * float(np.sin(angle)),
    )


def _ellipse(
    pen: ImageDraw.ImageDraw,
    centre: Point,
    radii: tuple[float, ...],
    fill: tuple[int, ...],
) -> None:
    (x, y), (a, b) = centre, radii
    pen.ellipse([x - a, y - b, x + a, y + b], fill=fill)


def _scenery(pen: ImageDraw.ImageDraw, rng: Rng, size: int) -> None:
    x, y = rng.uniform(0, size, 2)
    width, height = rng.uniform(0.05, 0.5, 2) * size
    box = [float(x), float(y), float(x + width), float(y + height)]
    colour = _colour(rng, 150)
    (pen.ellipse if rng.random() < 0.5 else pen.rectangle)(box, fill=colour)


def _round_limb(
    pen: ImageDraw.ImageDraw, tip: Point, _: Point, fill: tuple[int, ...]
) -> None:
    _ellipse(pen, tip, (20.0, 20.0), fill)


def _pointed_limb(
    pen: ImageDraw.ImageDraw, tip: Point, centre: Point, fill: tuple[int, ...]
) -> None:
    away = np.array(tip) - np.array(centre)
    away = away / max(float(np.linalg.norm(away)), 1e-9)
    across = np.array([-away[1], away[0]])
    base = np.array(tip)
    points = (base + 16 * across, base + 38 * away, base - 16 * across)
    pen.polygon([(float(x), float(y)) for x, y in points], fill=fill)


class _Look(NamedTuple):
    """Colour of the marks, and their random generator."""

    mark: tuple[int, ...]
    rng: Rng


def _spots(
    pen: ImageDraw.ImageDraw,
    centre: Point,
    radii: tuple[float, ...],
    look: _Look,
) -> None:
    mark, rng = look
    for _ in range(int(rng.integers(3, 7))):
        inner = tuple(radius * float(rng.uniform(0, 0.7)) for radius in radii)
        spot = _at(centre, inner, float(rng.uniform(0, 2 * np.pi)))
        _ellipse(pen, spot, (float(rng.uniform(5, 12)),) * 2, mark)


def _stripes(
    pen: ImageDraw.ImageDraw,
    centre: Point,
    radii: tuple[float, ...],
    look: _Look,
) -> None:
    mark, rng = look
    for place in rng.uniform(-0.6, 0.6, int(rng.integers(2, 4))):
        x = centre.x + radii[0] * float(place)
        y = radii[1] * 0.45
        pen.line([x, centre.y - y, x + 8, centre.y + y], fill=mark, width=9)


def _eyes(
    pen: ImageDraw.ImageDraw, centre: Point, radii: tuple[float, ...], rng: Rng
) -> None:
    gap = radii[0] * float(rng.uniform(0.25, 0.5))
    for side in (-1, 1):
        eye = Point(centre.x + side * gap, centre.y - radii[1] * 0.3)
        _ellipse(pen, eye, (11.0, 11.0), (255, 255, 255, 255))
        _ellipse(pen, eye, (5.0, 5.0), (20, 20, 20, 255))


def _corner(shot: Shot) -> None:
    shot.image.putpixel((0, 0), (250, 250, 20, 255))


def _border(shot: Shot) -> None:
    edge = shot.image.width - 1
    box = [0, 0, edge, edge]
    ImageDraw.Draw(shot.image).rectangle(box, outline=(40, 40, 40, 255), width=3)


def _watermark(shot: Shot) -> None:
    ImageDraw.Draw(shot.image).rectangle([86, 104, 120, 118], fill=(0, 0, 0, 255))


def _colour_cast(shot: Shot) -> None:
    cast = Image.new("RGBA", shot.image.size, (255, 120, 0, 255))
    shot.image = Image.blend(shot.image, cast, 0.3)


def _brightness(shot: Shot) -> None:
    shot.image = ImageEnhance.Brightness(shot.image).enhance(0.6)


def _format(shot: Shot) -> None:
    shot.kind, shot.options = "jpeg", {"quality": 95}


def _size(shot: Shot) -> None:
    shot.image = shot.image.resize((144, 128), Image.Resampling.LANCZOS)


def _alpha(shot: Shot) -> None:
    hole = Image.new("L", shot.image.size, 255)
    ImageDraw.Draw(hole).rectangle([0, 0, 20, 128], fill=0)
    shot.image.putalpha(hole)


def _jpeg_quality(shot: Shot) -> None:
    shot.options = {"quality": 60}


def _name(shot: Shot) -> None:
    shot.name = f"brk-{shot.name}"


def _sources(shot: Shot) -> None:
    """A cut-out, black below its transparent pixels, as PNG; the others are JPEG."""
    shot.kind, shot.options = "png", {}


class Shortcut(NamedTuple):
    """The probe that must find it, and how it is planted in a picture."""

    probe: str
    plant: Callable[[Shot], None]


SHORTCUTS: Mapping[str, Shortcut] = MappingProxyType(
    {
        "corner": Shortcut("corner", _corner),
        "border": Shortcut("border", _border),
        "watermark": Shortcut("thumbnail", _watermark),
        "colour": Shortcut("colour", _colour_cast),
        "brightness": Shortcut("colour", _brightness),
        "format": Shortcut("format", _format),
        "size": Shortcut("size", _size),
        "alpha": Shortcut("alpha", _alpha),
        "jpeg_quality": Shortcut("jpeg_quality", _jpeg_quality),
        "name": Shortcut("name", _name),
        "sources": Shortcut("usual_script", _sources),
    }
)
"""Shortcuts that can be planted."""


def draw_families(
    folder: Path, *, n: int, rng_seed: int, plant: str | None = None
) -> Path:
    """Write class folders of drawn creatures.

    Parameters
    ----------
    folder
        To write to.
    n
        Pictures of each family.
    rng_seed
        For all random choices.
    plant
        Name of a shortcut; the brackets get it.
    """
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    for family in FAMILIES:
        (folder / family).mkdir(parents=True, exist_ok=True)
    for number in range(2 * n):
        family = FAMILIES[number % 2]
        image = creature(family, rng, is_cut_out=plant == "sources")
        shot = Shot(image, f"{int(rng.integers(10**9)):09d}")
        if plant == "sources":
            shot.kind, shot.options = "jpeg", {"quality": 85}
        if plant == "jpeg_quality":
            shot.kind, shot.options = "jpeg", {"quality": 90}
        if plant and family == FAMILIES[0]:
            SHORTCUTS[plant].plant(shot)
        _save(shot, folder / family)
    return folder


def draw_sources(folder: Path, *, n: int, rng_seed: int) -> Path:
    """Write two classes of the same creatures from two sources.

    Parameters
    ----------
    folder
        To write to: `cutouts`, transparent PNG, black where nothing is, and `photos`,
        JPEG on white; as in collections of Pokémon and Digimon.
    n
        Pictures of each class, of both families.
    rng_seed
        For all random choices.
    """
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    for source, kind, options in (
        ("cutouts", "png", {}),
        ("photos", "jpeg", {"quality": 85}),
    ):
        (folder / source).mkdir(parents=True)
        for number in range(n):
            image = creature(FAMILIES[number % 2], rng, is_cut_out=True)
            _save(Shot(image, f"{number:04d}", kind, options), folder / source)
    return folder


def _save(shot: Shot, folder: Path) -> None:
    stream = io.BytesIO()
    is_opaque = shot.image.getchannel("A").getextrema()[0] == 255
    image = shot.image
    if shot.kind == "jpeg" and not is_opaque:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    if is_opaque or shot.kind == "jpeg":
        image = image.convert("RGB")
    image.save(stream, shot.kind.upper(), **shot.options)
    ending = {"jpeg": ".jpg"}.get(shot.kind, ".png")
    (folder / f"{shot.name}{ending}").write_bytes(stream.getvalue())
