"""Steps of commands in Chinese."""

import ast
import re
from pathlib import Path

import bioloom
from bioloom.app.steps import STEPS, step_name
from bioloom.run.language import use_language
from tests.chinese import english_words

SOURCE = Path(bioloom.__file__).parent


def rules():
    for path in (*SOURCE.rglob("*.smk"), *SOURCE.rglob("Snakefile")):
        for name in re.findall(
            r"^ *rule (\w+):", path.read_text("utf-8"), re.MULTILINE
        ):
            yield name.replace("_", " ")


def told_steps():
    """First arguments of calls of `on_step` that are words of the code."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="on_step") | ast.Attribute(attr="on_step"),
                    args=[ast.Constant(value=str(name)), *_],
                ) if name:
                    yield name


def test_every_step_has_a_chinese_name():
    known = {one.removeprefix("step: ") for one in STEPS}
    found = {*rules(), *told_steps()}
    assert len(found) > 50
    assert found - known == set()
    names = {"miRNA", "FastQC", "IsoQuant", "MultiQC", "Salmon", "minimap2", "BAM"}
    with use_language("zh"):
        told = " ".join(map(step_name, known))
        assert english_words(told, {*names, "bulk", "Rfam"}) == set()
    assert step_name("align") == "align"


def test_a_name_of_the_users_stays():
    with use_language("zh"):
        assert step_name("seed 1: links") == "seed 1: links"
