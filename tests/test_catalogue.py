"""The catalogues: every message of the code translated, whole, and compiled."""

import ast
import re
from dataclasses import is_dataclass
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import bioloom
from bioloom.backprop.losses import Name as LossName
from bioloom.lincrna.settings import CriterionName, RunConfig
from bioloom.run.language import CATALOGUES, LANGUAGES
from bioloom.run.settings import settings_of
from tests.chinese import english_words
from tests.untranslated import makes_explanations, untranslated

SOURCE = Path(bioloom.__file__).parent
TRANSLATED = [language for language in LANGUAGES if language != "en"]
MARKS = {"tr": None, "mark": None, "trn": (1, 2)}


def words_of(kind):
    """Names of settings and the words that they may be."""
    for each in settings_of(kind):
        yield from (each.name, *each.choices)
        if is_dataclass(each.kind):
            yield from words_of(each.kind)


# keys of tables and options that a translation shows beside its own word
KEYS = {
    *words_of(RunConfig),
    *("packaged", "adapted", "cell", "nucleus"),
    *("WebGL", "Escape", "minimap2"),
    *(
        "MultiQC",
        "FastQC",
        "StringTie",
        "Trim",
        "Galore",
        "FEELnc",
        "RNAsamba",
        "Genomics",
    ),
    *("Phred", "Pfam", "Rfam", "RepeatMasker", "PyDESeq2", "bigWig", "gzip", "mm39"),
    *("MMseqs2", "Swiss", "Prot", "Alu"),
    *("batch", "condition", "LNCipedia", "gseapy", "tsv", "half"),
    *("dropseq", "smartseq2", "bulk", "nucleus", "ont_cdna", "ont_drna", "pacbio"),
    *("sgd", "momentum", "adam"),
    *("lite", "ensemble", "sRGB", "efficientnet", "lite0", "lite1", "lite2"),
    *("resnet18", "torchvision", "timm", "NAME"),
    *("mirna", "calibrate", "plant", "app", "config", "yaml"),
    *get_args(CriterionName),
    *("offset", "bulged", "BibTeX", "IsoQuant", "cDNA", "Salmon", "FASTA"),
    *("pcs109", "pcs110", "pcs114", "isoseq_neb", "isoseq_clontech", "none", "poly"),
    *("layer", "balanced", "heads", "hidden", "Hits", "Adamic", "Adar"),
    *("train", "val", "validation", "test", "rng_seed", "failure_prob"),
    *get_args(LossName),
    *("AnnData", "DESeq2", "FastQC", "Turner", "Wald", "bgzip", "bigBed", "tbi"),
    *("csi", "UCSC", "Browser", "gene_id", "hid", "igv", "js", "log2", "mfe"),
    *("colours", "reference", "graph", "gfa"),
    *("perfect_mfe", "tau", "tximport", "unitig", "Genome", "Grad"),
    *("auto", "scratch", "download", "resnet18", "bf16", "Adam", "head", "all"),
}

CODE = re.compile("`[^`]*`")


def path_of(language, ending):
    return CATALOGUES / language / "LC_MESSAGES" / f"bioloom.{ending}"


def read_catalogue(language):
    return read_po(BytesIO(path_of(language, "po").read_bytes()), locale=language)


def messages(catalogue):
    # a compiled catalogue has lists for plurals
    return {
        message.id if isinstance(message.id, str) else tuple(message.id): message
        for message in catalogue
        if message.id
    }


def texts(message):
    """Its translations: one, or one for each plural form."""
    return [message.string] if isinstance(message.string, str) else message.string


def calls():
    """Calls of `tr` and `mark` in the code: file and line, function, call."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", "")
            if name in MARKS:
                yield f"{path.name}:{node.lineno}", name, node


def extracted():
    found = extract_from_dir(SOURCE, keywords=MARKS)
    return {message for _, _, message, *_ in found}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_and_none_is_left_over(language):
    held = messages(read_catalogue(language))
    assert extracted() == held.keys(), "run `make messages`"
    assert [one for one, found in held.items() if not all(texts(found))] == []
    assert [one for one, found in held.items() if found.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_gaps_are_the_same_on_both_sides(language):
    for english, message in messages(read_catalogue(language)).items():
        plural = english if isinstance(english, str) else english[-1]
        for text in texts(message):
            assert gaps(plural) == gaps(text), english


def gaps(text):
    return sorted(part[1:] for part in Formatter().parse(text) if part[1] is not None)


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_what_babel_makes_of_it(language):
    made = BytesIO()
    write_mo(made, read_catalogue(language))
    made.seek(0)
    with path_of(language, "mo").open("rb") as stream:
        kept = read_mo(stream)
    # the header alone may differ: it names Babel's version
    ours, theirs = (
        {key: list(texts(one)) for key, one in messages(side).items()}
        for side in (kept, read_mo(made))
    )
    assert ours == theirs, "run `make messages`"
    assert len(ours) > 100


def test_babel_sees_every_message_of_the_code():
    """None hides in an f-string, and none is put together before it is looked up."""
    written = set()
    for place, name, node in calls():
        first, *more = node.args[: len(MARKS[name] or (1,))]
        assert not isinstance(first, ast.JoinedStr | ast.BinOp), place
        if isinstance(first, ast.Constant):
            words = tuple(part.value for part in (first, *more))
            written.add(words if more else words[0])
        else:
            assert name == "tr", f"{place}: mark() needs the words themselves"
    assert written == extracted()


def test_every_gap_is_filled_and_nothing_else_is_given():
    for place, name, node in calls():
        if name == "tr" and isinstance(node.args[0], ast.Constant):
            named = {word.arg for word in node.keywords}
            wanted = {name for name, *_ in gaps(node.args[0].value)}
            assert named == wanted, place


def test_chinese_holds_no_english_word_but_names_units_and_keys():
    held = messages(read_catalogue("zh"))
    left = {
        one: words
        for one, found in held.items()
        if (words := english_words(CODE.sub(" ", " ".join(texts(found))), KEYS))
    }
    assert left == {}


def test_chinese_has_chinese_punctuation():
    for message in messages(read_catalogue("zh")).values():
        *_, text = texts(message)
        english = message.id if isinstance(message.id, str) else message.id[-1]
        told = "".join(part[0] for part in Formatter().parse(text))
        for kept in ("（读码框:起点）", "G:U", "w1[2,3]", "|N(i)|", "-ln(1 - p)"):
            told = told.replace(kept, "")
        told = re.sub(r"(?<=\d),(?=\d{3})", "", told)  # 10,000
        assert not set(told) & set(",;:?!()"), text
        assert english.endswith(".") is text.endswith("。"), english


def test_every_word_of_an_explanation_goes_through_the_catalogue():
    left, n_modules = {}, 0
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        if makes_explanations(tree):
            n_modules += 1
            left |= {f"{path.name}:{line}": text for line, text in untranslated(tree)}
    assert left == {}
    assert n_modules > 15


@pytest.mark.parametrize(
    "line",
    [
        'Step(claim="Novel.")',
        'Step("Novel.")',
        'Step(tr("a") if good else "bad")',
        'Step(tr("a") + " more")',
        'Explanation(title, steps, {"order": "2"})',
        'Explanation(title="Wheel", steps=steps)',
        'Verdict("note", text="so")',
        'Verdict("note", None, "so")',
        'Quantity(3, "sectors")',
        'f"turn {number}: {window}"',
        'words = "not a test node"',
        'lines = [f"{n:>5} of {total}"]',
        'TABLE = {"gcn": "the entry of the matrix"}',
    ],
)
def test_words_that_bypass_the_catalogue_are_found(line):
    assert len(list(untranslated(ast.parse(line)))) == 1


@pytest.mark.parametrize(
    "line",
    [
        'Step(claim=tr("Novel."), detail=tuple(lines), source="doi:10.1/one two")',
        'Step(claim=tr("a"), formula=r"\\frac{a}{b} \\mathrm{if so}")',
        'Verdict("pass", Quantity(3, "aa"))',
        'f"{name:>12} {value:.4f}"',
        'MESSAGE = mark("the entry of the matrix")',
        'raise BadRunFolder(where=run, found="no such run here")',
        '"""A docstring of some words."""',
        'loop.kind == "interior loop"',
        'SOURCE = "Rumelhart, Hinton & Williams 1986"',
    ],
)
def test_what_is_not_told_may_be_english(line):
    assert list(untranslated(ast.parse(line))) == []
