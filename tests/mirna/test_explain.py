"""Explanations of sites, in English and Chinese."""

from pathlib import Path

import numpy as np
import pytest

from bioloom.explain import width_of
from bioloom.mirna.chance.composition import composition_of
from bioloom.mirna.chance.evd import PresetLaw, TailLaw
from bioloom.mirna.chance.laws import surface_laws
from bioloom.mirna.inputs.records import Mirna, Target
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.output.explain import explain
from bioloom.mirna.ranking.features import FEATURES
from bioloom.mirna.sites.seeds import KINDS
from bioloom.run.language import LANGUAGES, use_language
from bioloom.seq.alphabet import encode, reverse_complement
from tests.chinese import english_words

DATA = Path(__file__).parents[1] / "data"
LET7 = "TGAGGTAGTAGGTTGTATAGTT"
ANCHOR = reverse_complement(LET7[11:21])
SITES = {
    "8mer": "CTACCTCA",
    "7mer-m8": "CTACCTCC",
    "7mer-A1": "ATACCTCA",
    "6mer": "ATACCTCC",
    "offset 6mer": "CTACCTAC",
    "GU": "CTATCTCC",
    "bulged": "CTACGCTCC",
    "none": "",
}


def surface_law():
    """The law of let-7 on targets of one composition."""
    codes = np.random.default_rng(1).integers(0, 4, 5000).astype(np.uint8)
    mirnas = [Mirna("let-7", encode(LET7))]
    laws = surface_laws(mirnas, composition_of([codes]), SearchOptions())
    return laws.law(0, codes)


LAWS = {
    "none": None,
    "surface": surface_law(),
    "preset": PresetLaw(1.9, 0.3, 22),
    "fitted": TailLaw(limit=15.0, level=-12.0, slope=0.5, curve=0.01, most=0.01),
}
# names of RNAs, of seed classes and of features, symbols
KEPT = ("lnN", "let", "offset", "bulged", "hid", *FEATURES)


def target(site):
    return Target("hid", encode(f"CCCC{ANCHOR}CCC{SITES[site]}CCCC"))


def told(language, site="bulged", options=None, **more):
    with use_language(language):
        return explain(Mirna("let-7", encode(LET7)), target(site), options, **more)


@pytest.mark.parametrize(("language", "ending"), [("en", "txt"), ("zh", "zh.txt")])
def test_the_text_is_the_golden_one(language, ending):
    found = told(language, law=LAWS["preset"]).to_text()
    assert found == (DATA / f"explain_let7.{ending}").read_text("utf-8")


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("site", KINDS)
def test_no_english_word_is_left_in_chinese(site, law):
    text = told("zh", site, law=LAWS[law]).to_text()
    assert english_words(text, KEPT) == set()
    assert ("无" in text.splitlines()[0]) is (site == "none")


@pytest.mark.parametrize("number", [1, 9])
@pytest.mark.parametrize("helix", [None, (2, 8)])
@pytest.mark.parametrize("max_mfe", [0.0, -90.0])
def test_that_there_is_no_site_is_said_in_chinese(number, helix, max_mfe):
    options = SearchOptions(seed_region=helix, max_mfe=max_mfe)
    found = told("zh", "none", options, number=number)
    if found.title.endswith("无结合位点"):
        assert found.steps[0].claim.startswith("不存在")
        assert found.steps[0].claim.endswith("结合位点。")
    assert english_words(found.to_text(), KEPT) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_are_aligned_on_a_terminal(language):
    drawing, energies, bases, *_ = told(language).steps
    assert {width_of(line) for line in energies.detail} == {56}
    ends = (drawing.detail[0], drawing.detail[-1])
    assert len({width_of(line.partition("'")[0]) for line in ends}) == 1
    assert len({width_of(line) for line in bases.detail[2:]}) == 1
    assert width_of(bases.detail[0].rpartition(" ")[0]) == 23


def test_the_opening_energy_is_that_of_the_table(tmp_path):
    pytest.importorskip("RNA")
    import bioloom as bl

    rng = np.random.default_rng(2)
    target = "".join(rng.choice(list("ACGU"), 300))
    mirna = "UGAGGUAGUAGGUUGUAUAGUU"
    row = bl.mirna.predict(mirna, target, accessibility=True).to_frame().iloc[0]
    found = bl.mirna.explain(mirna, target, accessibility=True, p_values="none")
    step = found.steps[-1]
    assert step.value.number == pytest.approx(row["opening_energy"], abs=5e-3)
    assert f"{row['mfe_and_opening']:.2f} kcal/mol" in step.detail[0]
    # the probability that is put in gives the energy
    chance = float(step.substitution.split(r"\ln ")[1].split(" =")[0])
    assert -0.61632 * np.log(chance) == pytest.approx(step.value.number, abs=0.01)
