"""Figures that repeat byte for byte."""

from xml.etree import ElementTree

import numpy as np
import pytest

from bioloom import draw
from bioloom.draw import PALETTE, distinct_colours, new_figure, save, style, to_svg
from bioloom.errors import InputWarning


def drawn():
    with style():
        figure = new_figure(3, 2)
        axes = figure.subplots()
        axes.bar(["a", "b"], [1, 2], color=list(PALETTE.values())[:2])
        axes.set_title("<title> & é")
    return figure


def test_the_same_content_gives_the_same_bytes(tmp_path):
    first, second = (
        save(drawn(), tmp_path / "a" / "f"),
        save(drawn(), tmp_path / "b" / "f"),
    )
    assert first == second
    for suffix in (".svg", ".png"):
        one, two = (tmp_path / name / f"f{suffix}" for name in "ab")
        assert one.read_bytes() == two.read_bytes()
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        "f.png",
        "f.svg",
    ]


def test_svg_is_well_formed_without_date_or_outside_picture():
    text = to_svg(drawn())
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert "<dc:date>" not in text
    assert "<image" not in text


def test_the_size_is_the_one_asked_for():
    assert new_figure(5, 3).get_size_inches().tolist() == [5.0, 3.0]


def test_colours_are_distinct():
    assert len(set(PALETTE.values())) == len(PALETTE) >= 8


@pytest.mark.parametrize("n", [12, 25, 40])
def test_colours_of_many_classes_stay_apart(n):
    """All pairs, in Oklab, where 0.02 is about the smallest difference one sees."""
    start = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd"]
    colours = distinct_colours(start, n)
    assert colours[:5] == tuple(start)
    assert len(set(colours)) == n
    rgb = np.array([[int(c[k : k + 2], 16) / 255 for k in (1, 3, 5)] for c in colours])
    places = draw._oklab(rgb)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    assert apart[~np.eye(n, dtype=bool)].min() > 0.06


def test_oklab_has_its_authors_values():
    """Ottosson's table: the white of D65, and sRGB's red."""
    white, red = draw._oklab(np.array([[1.0, 1, 1], [1, 0, 0]]))
    assert white == pytest.approx([1, 0, 0], abs=1e-4)
    assert red == pytest.approx([0.62796, 0.22486, 0.12585], abs=1e-4)


def test_characters_without_a_font_are_said_once(tmp_path, monkeypatch):
    monkeypatch.setattr(draw, "_installed_cjk", lambda: ())
    with style():
        figure = new_figure(2, 2)
        figure.suptitle("行列基因")
    with pytest.warns(InputWarning, match="no installed font") as said:
        save(figure, tmp_path / "f")
    assert len(said) == 1
