"""Forms made of commands, and command lines made of forms."""

import shlex
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bioloom
from bioloom.app.arguments import checked_arguments, command_text
from bioloom.app.commands import HELPERS
from bioloom.app.errors import BadValue
from bioloom.app.forms import fields_of
from bioloom.app.roots import Roots
from bioloom.run.language import use_language
from tests.app.serving import LINE

OFFERS = [offer for offers in LINE.rooms().values() for offer in offers]


@pytest.fixture
def roots(tmp_path):
    return Roots({"work": tmp_path.resolve()})


def named(title):
    return LINE.offer(tuple(title.split()))


def test_every_command_but_parts_of_workflows_is_offered():
    assert len(OFFERS) > 40
    titles = {offer.title for offer in OFFERS}
    assert {"lincrna run", "mirna predict", "images train", "lesson"} <= titles
    assert {offer.words[0] for offer in OFFERS} == {*bioloom.ROOMS, *HELPERS}
    for words in (("lincrna", "step"), ("lincrna", "step", "reads"), ("app",), ("",)):
        with pytest.raises(KeyError):
            LINE.offer(words)
    with pytest.raises(KeyError):
        LINE.offer(("lincrna",))


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.title)
def test_a_form_has_each_parameter_once_the_needed_first(offer):
    fields = fields_of(offer)
    names = [field.name for field in fields]
    params = [param for param in offer.command.params if param.name != "json"]
    assert len(names) == len(set(names)) == len(params)
    assert not {"csrf", "job", "replace", "back"} & set(names)
    needed = [field.is_required for field in fields]
    assert needed == sorted(needed, reverse=True)
    assert offer.sentence
    for field in fields:
        is_argument = isinstance(field.param, click.Argument)
        assert field.help or is_argument


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.title)
def test_no_value_becomes_an_option(offer, roots):
    """Whatever is typed into a field reaches the command as that field's value."""
    evil = "--force"
    for field in fields_of(offer):
        if field.kind in ("flag", "switch", "choice"):
            continue
        values = {field.name: f"{evil} {evil}" if field.param.nargs == 2 else evil}
        values |= needed_values(offer, but=field.name)
        try:
            arguments = checked_arguments(offer, values, roots)
        except BadValue as problem:
            assert "No such option" not in str(problem), field.name
            continue
        context = parsed(offer, arguments)
        got = context.params.get(field.param.name)
        if got is not None:
            assert evil in str(got)
        for param in offer.command.params:
            if param.name == "force" and field.name != "force":
                assert context.params["force"] is False


def needed_values(offer, but=""):
    values = {}
    for field in fields_of(offer):
        if field.is_required and field.name != but:
            values[field.name] = field.choices[0] if field.choices else "3"
    return values


def parsed(offer, arguments):
    with offer.context() as above:
        return offer.command.make_context(
            offer.words[-1], list(arguments), parent=above, resilient_parsing=True
        )


@given(st.text(min_size=1, max_size=30))
def test_any_text_is_one_value_or_refused(text):
    offer, roots = named("debruijn sequence"), Roots({"work": Path("/nowhere")})
    values = {"order": "2", "alphabet": text}
    try:
        arguments = checked_arguments(offer, values, roots)
    except BadValue:
        return
    stripped = text.strip()
    shown = shlex.split(command_text(offer.words, arguments))
    assert shown == ["bioloom", "debruijn", "sequence", *arguments]
    if stripped:
        assert parsed(offer, arguments).params["alphabet"] == stripped
    else:
        assert not any("alphabet" in word for word in arguments)


def test_the_command_line_is_as_it_would_be_typed(roots):
    (roots.first / "my losses.tsv").write_text("x")
    values = {"losses": "my losses.tsv", "tolerance": "0.05", "sample": ""}
    arguments = checked_arguments(named("bounds check"), values, roots)
    assert arguments == ["--tolerance=0.05", "--", "my losses.tsv"]
    text = command_text(("bounds", "check"), arguments)
    assert text == "bioloom bounds check --tolerance=0.05 -- 'my losses.tsv'"


def test_flags_switches_lists_and_pairs(roots):
    offer = named("mirna predict")
    values = {"mirnas": "a.fa", "targets": "b.fa", "circular": "yes", "gu": "no"}
    arguments = checked_arguments(offer, values, roots)
    assert arguments == ["--circular", "--no-gu", "--", "a.fa", "b.fa"]
    arguments = checked_arguments(
        named("debruijn graph"),
        {"sample": "mother m.fq\nchild c 1.fq\n", "out": "trio", "force": "yes"},
        roots,
    )
    assert arguments == [
        *("--sample=mother", "m.fq", "--sample=child", "c 1.fq"),
        *("--out=trio", "--force"),
    ]


@pytest.mark.parametrize(
    ("title", "values", "words"),
    [
        ("debruijn sequence", {}, "Missing option '--order'"),
        ("debruijn sequence", {"order": "many"}, "not a valid integer"),
        ("debruijn sequence", {"order": "2", "method": "x"}, "is not one of"),
        ("bounds check", {"losses": "x", "tolerance": "2"}, "not in the range"),
        ("bounds check", {}, "Missing argument 'LOSSES'"),
    ],
)
def test_mistakes_are_told_in_the_words_of_the_command(roots, title, values, words):
    with pytest.raises(BadValue, match=words):
        checked_arguments(named(title), values, roots)


def test_mistakes_are_told_in_chinese_too(roots):
    with LINE.speaking("zh"), pytest.raises(BadValue, match="不是"):
        checked_arguments(named("debruijn sequence"), {"order": "x"}, roots)
    with pytest.raises(BadValue, match="not a valid"):
        checked_arguments(named("debruijn sequence"), {"order": "x"}, roots)
    with use_language("zh"):
        assert "序列" in named("debruijn sequence").sentence


OUTSIDE = ["/etc/passwd", "../x", "a/../../x", "~/.ssh/id_rsa", "link/x"]


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_value_names_a_file_outside_the_roots(roots, path):
    (roots.first / "link").symlink_to("/etc")
    for title, name in [("bounds check", "losses"), ("bounds check", "out")]:
        values = {"losses": "x", name: path}
        with pytest.raises(BadValue, match="outside"):
            checked_arguments(named(title), values, roots)
    # nor where a text may be a path: a file with a column, a list, a model
    for text in (path, f"{path}:cluster", f"a,{path}", f"x={path}"):
        values = {"cells": "c.h5ad", "out": "o", "labels": text}
        with pytest.raises(BadValue, match="outside"):
            checked_arguments(named("lincrna mark"), values, roots)


def test_words_that_look_a_little_like_paths_are_taken(roots):
    values = {
        "counts": "c",
        "samples": "s",
        "out": "o",
        "design": "~ batch + condition",
    }
    assert "--design=~ batch + condition" in checked_arguments(
        named("lincrna compare"), values, roots
    )
    licence = "https://spdx.org/licenses/CC-BY-4.0"
    values = {"run": "run", "license": licence}
    assert f"--license={licence}" in checked_arguments(named("crate"), values, roots)


@pytest.mark.parametrize("text", ["a\0b", "a\nb", "a\x1bb", "a" * 30_000])
def test_control_characters_and_long_values_are_refused(roots, text):
    with pytest.raises(BadValue, match="control character"):
        checked_arguments(named("bounds check"), {"losses": text}, roots)


def test_there_is_no_standard_input_but_standard_output(roots):
    with pytest.raises(BadValue, match="standard input"):
        checked_arguments(named("bounds check"), {"losses": "-"}, roots)
    values = {"losses": "x", "out": "-"}
    assert "--out=-" in checked_arguments(named("bounds check"), values, roots)


@pytest.mark.parametrize("line", ["s1", "s1 a.fa b.fa --out=x"])
def test_each_line_of_an_option_has_as_many_values_as_it_takes(roots, line):
    offer = named("debruijn graph")
    values = {"sample": line, "reads": "--out=evil.gfa\na.fa", "out": "o", "k": "15"}
    if len(line.split(None, 1)) == 2:
        values["sample"] = "s1 a.fa"
        arguments = checked_arguments(offer, values, roots)
        assert arguments.index("--") < arguments.index("--out=evil.gfa")
        return
    with pytest.raises(BadValue, match="2 values"):
        checked_arguments(offer, values, roots)


def test_a_file_is_replaced_only_if_that_is_allowed(roots):
    (roots.first / "page.html").write_text("mine")
    values = {"report": "page.html"}
    with pytest.raises(BadValue, match="exists"):
        checked_arguments(named("backprop trace"), values, roots)
    values |= {"replace": "yes"}
    assert checked_arguments(named("backprop trace"), values, roots)


def test_so_is_a_picture_by_its_stem(roots):
    (roots.first / "wheel.png").write_text("mine")
    with pytest.raises(BadValue, match="exists"):
        checked_arguments(named("backprop trace"), {"draw": "wheel"}, roots)


def test_no_job_writes_among_the_records_of_jobs(roots):
    values = {"report": "bioloom_jobs/x.html"}
    with pytest.raises(BadValue, match="keeps its jobs"):
        checked_arguments(named("backprop trace"), values, roots)


WRITTEN = {
    "backprop trace": {"draw", "report", "forward", "gradients", "out"},
    "bounds report": {"table", "page", "draw", "sentences", "out"},
    "bounds check": {"table", "sentences", "out"},
    "mirna predict": {"out", "bad_records", "report", "gene_table"},
    "mirna sponge": {"out", "pairs", "edges", "bad_records"},
    "graph train": {"out"},
    "graph draw": {"out"},
    "graph explain": {"stem", "out"},
    "images audit": {"figures", "out"},
    "images merge": {"into", "plan_path", "near_path"},
    "images explain": {"map_path", "out"},
    "lincrna filter": {"out"},
    "lincrna methods": {"bibtex", "ris"},
    "lincrna inspect": {"out"},
    "debruijn assemble": {"out"},
    "lesson": {"out"},
}


@pytest.mark.parametrize("title", WRITTEN)
def test_what_a_command_writes_is_known(title):
    fields = fields_of(named(title))
    written = {field.param.name for field in fields if field.is_output}
    assert written == WRITTEN[title]
