"""Colours of figures on a dark page: what they become, and that they can be seen."""

import colorsys
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.draw import INK, ON_DARK, ON_LIGHT, PALETTE, new_figure, style, to_svg
from bioloom.evaluation_figures import confusion_figure
from bioloom.report import figure_colours
from bioloom.report.figure_colours import (
    CARD,
    LEAST_CONTRAST,
    contrast,
    dark_colour,
    follow_page,
)
from bioloom.report.page import page_style
from bioloom.report.parts import inline_svg

channels = st.integers(0, 255)


def hexed(*parts):
    return "#" + "".join(f"{part:02x}" for part in parts)


def test_the_ends_are_the_dark_page_s_card_and_ink():
    dark = re.findall(r":root \{(.*?)\}", page_style(), re.DOTALL)[1]
    assert f"--card: {CARD};" in dark
    assert f"--ink: {figure_colours.INK};" in dark


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    # as the W3C's formula has it: white on black, and the greys of its examples
    [("#ffffff", "#000000", 21), ("#767676", "#ffffff", 4.54), ("#949494", "#fff", 0)],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    other = "#ffffff" if other == "#fff" else other
    assert contrast(one, other) == pytest.approx(ratio or 3.03, abs=0.01)


@pytest.mark.parametrize("name", PALETTE)
def test_colours_of_data_are_seen_on_a_dark_page(name):
    assert contrast(dark_colour(PALETTE[name].lower()), CARD) >= 3
    assert name == "grey" or contrast(dark_colour(PALETTE[name].lower()), CARD) >= 4.5


def test_ink_can_be_read_on_a_dark_page():
    assert contrast(dark_colour(INK), CARD) > 7


@given(channels, channels, channels)
def test_a_colour_stays_or_gets_lighter_and_keeps_its_hue(red, green, blue):
    colour = hexed(red, green, blue)
    if red == green == blue or colour in (ON_LIGHT, ON_DARK):
        return
    dark = dark_colour(colour)
    assert contrast(dark, CARD) >= LEAST_CONTRAST
    if contrast(colour, CARD) >= LEAST_CONTRAST:
        assert dark == colour
    before, after = (
        colorsys.rgb_to_hls(*(int(one[i : i + 2], 16) / 255 for i in (1, 3, 5)))
        for one in (colour, dark)
    )
    assert after[1] >= before[1]
    if before[2] > 0.3 and 0.1 < before[1] < 0.9:
        apart = abs(after[0] - before[0])
        assert min(apart, 1 - apart) < 0.05


@given(channels, channels)
def test_greys_keep_their_order_from_the_ground(one, other):
    near, far = sorted((one, other), reverse=True)  # to white, which is the ground
    seen = [contrast(dark_colour(hexed(x, x, x)), CARD) for x in (near, far)]
    assert seen[0] <= seen[1]


def drawn():
    with style():
        figure = new_figure(3, 2)
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=PALETTE["blue"])
        axes.text(0, 0, "a", color=ON_LIGHT)
        axes.text(1, 0, "b", color=ON_DARK)
    return to_svg(figure)


def test_a_figure_is_the_same_where_the_page_is_light():
    svg = drawn()
    followed = follow_page(svg)
    style_sheet = r"<style>@media screen and \(prefers-color-scheme:dark\).*?</style>"
    plain, n_styles = re.subn(style_sheet, "", followed)
    assert n_styles == 1
    assert re.sub(r"var\(--d\w+,(#\w+)\)", r"\1", plain).lower() == svg.lower()
    for label in (ON_LIGHT, ON_DARK):
        assert f"fill: {label}" in followed
    assert "fill: var(--d222222,#222222)" in followed


def test_every_variable_has_its_dark_value():
    followed = follow_page(drawn())
    used = set(re.findall(r"var\((--d\w+),", followed))
    assert used == set(re.findall(r"(--d\w+):#[0-9a-f]{6};", followed))
    assert "--dffffff" in used


def test_cells_of_a_heat_map_and_their_labels_stay():
    svg = to_svg(confusion_figure([0, 0, 1, 1], [0, 1, 1, 1], ["a", "b"], of="things"))
    cells = r'<g id="[^"]*QuadMesh_1">.*?</g>'
    inlined = inline_svg(svg, name="x", title="t", description="d")
    one, other = (re.search(cells, text, re.DOTALL)[0] for text in (svg, inlined))
    assert "fill: #" in one
    assert re.findall(r"fill: #\w+", one) == re.findall(r"fill: #\w+", other)
    assert f"fill: {ON_LIGHT}" in inlined


def test_a_figure_without_colours_is_left_alone():
    assert follow_page("<svg><path/></svg>") == "<svg><path/></svg>"
