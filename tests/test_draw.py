"""Figures that repeat byte for byte."""

from xml.etree import ElementTree

from bioloom.draw import PALETTE, new_figure, save, style, to_svg


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
