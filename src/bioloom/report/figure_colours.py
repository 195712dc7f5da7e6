"""Colours of figures on a dark page: a figure's file is white, its copy in a page not.

Each colour of an SVG becomes a CSS variable with the colour itself as what holds on a
light page and on paper; a style sheet in the SVG gives the variables their dark values.
"""

import re
from functools import cache

from bioloom.draw import ON_DARK, ON_LIGHT

CARD = "#1f2226"
"""What is white becomes the ground of cards on a dark page."""
INK = "#e9e7e3"
"""What is black becomes the ink of a dark page."""
LEAST_CONTRAST = 4.5
"""With the ground, of what may be a label: WCAG 2.2, success criterion 1.4.3."""
_COLOUR = re.compile(r"\b(fill|stroke): (#[0-9a-fA-F]{6})\b")
# cells of a heat map are a scale, with their own legend: they stay as they are
_HEAT_MAP = re.compile(r'(<g id="[^"]*QuadMesh_\d+">.*?</g>)', re.DOTALL)
_SHADES = 50


def follow_page(svg: str) -> str:
    """An SVG whose colours follow the page, light or dark.

    Greys keep their contrast to the ground: white becomes the card and black the ink.
    Colours stay, made lighter where they would be too near to the dark ground. Cells of
    a heat map stay too, and raster parts, and labels on them, which are drawn in
    `bioloom.draw.ON_LIGHT` and `ON_DARK`.

    Parameters
    ----------
    svg
        As `bioloom.draw.to_svg` makes it, or with other ids.
    """
    parts = _HEAT_MAP.split(svg)
    used: dict[str, str] = {}
    parts[::2] = [
        _COLOUR.sub(lambda m: _variable(m, used), part) for part in parts[::2]
    ]
    if not used:
        return svg
    values = "".join(f"{name}:{value};" for name, value in sorted(used.items()))
    query = "@media screen and (prefers-color-scheme:dark)"
    style = f"<style>{query}{{:root{{{values}}}}}</style>"
    text = "".join(parts)
    end = text.index(">") + 1
    return text[:end] + style + text[end:]


def _variable(match: re.Match[str], used: dict[str, str]) -> str:
    colour = match[2].lower()
    dark = dark_colour(colour)
    if dark == colour:
        return match[0]
    name = f"--d{colour[1:]}"
    used[name] = dark
    return f"{match[1]}: var({name},{colour})"


@cache
def dark_colour(colour: str) -> str:
    """A colour, ``#rrggbb``, as it is on a dark page.

    Examples
    --------
    >>> dark_colour("#ffffff"), dark_colour("#000000"), dark_colour("#d55e00")
    ('#1f2226', '#e9e7e3', '#d86b14')
    """
    if colour in (ON_LIGHT, ON_DARK):
        return colour
    if colour[1:3] == colour[3:5] == colour[5:7]:
        return _mixed(INK, CARD, int(colour[1:3], 16) / 255)
    shades = (_mixed(colour, "#ffffff", n / _SHADES) for n in range(_SHADES))
    return next(shade for shade in shades if contrast(shade, CARD) >= LEAST_CONTRAST)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21.

    References
    ----------
    Web Content Accessibility Guidelines 2.2, W3C (2023), "contrast ratio".
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + share * (b - a)):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    parts = [value / 255 for value in _channels(colour)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
