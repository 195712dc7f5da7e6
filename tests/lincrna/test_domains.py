"""Protein domains in translated frames, with real models."""

import math
import random

import pytest

from bioloom.errors import BadModel, MissingFile
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.domains import DomainLibrary

pytestmark = pytest.mark.data
MANY = "mini_Pfam-A.hmm.gz"


@pytest.fixture(scope="module")
def pfam(data_dir):
    return data_dir / "lincrna" / "pfam"


def library(path, **settings):
    return DomainLibrary(path, FilterSettings(**settings))


def consensuses(path):
    import pyhmmer

    with pyhmmer.plan7.HMMFile(path) as stream:
        return {hmm.name: hmm.consensus.upper() for hmm in stream}


def consensus(path):
    return next(iter(consensuses(path).values()))


def shuffled(protein, rng_seed=1):
    return "".join(random.Random(rng_seed).sample(protein, len(protein)))


def test_a_consensus_is_a_member_and_its_letters_shuffled_are_not(pfam):
    models = library(pfam / "RRM_1.hmm")
    protein = consensus(pfam / "RRM_1.hmm")
    found = models.search(
        {"a": {"+1:0": "A" * 20 + protein + "G" * 20}, "b": {"+1:0": shuffled(protein)}}
    )
    hit = found["a"]
    assert hit.is_member
    assert hit.model == "RRM_1"
    assert hit.threshold_bits == pytest.approx(17.7)  # the file's own GA line
    assert hit.margin_bits == pytest.approx(hit.score_bits - 17.7)
    assert hit.segment == "+1:0"
    assert 15 <= hit.start_aa <= 25
    assert 20 + len(protein) - 5 <= hit.end_aa <= 20 + len(protein) + 5
    assert "b" not in found or not found["b"].is_member


def test_the_cutoff_is_the_models_own_or_the_evalue(pfam):
    protein = {"a": {"+1:0": consensus(pfam / "RRM_1.hmm")}}
    by_evalue = library(pfam / "RRM_1.hmm", domain_cutoff="evalue")
    [hit] = by_evalue.search(protein).values()
    assert hit.is_member
    assert math.isnan(hit.threshold_bits)
    assert by_evalue.n_by_evalue == 0
    strict = library(
        pfam / "RRM_1.hmm", domain_cutoff="evalue", domain_max_evalue=1e-99
    )
    [hit] = strict.search(protein).values()
    assert not hit.is_member


@pytest.mark.parametrize("line", ["GA    -17.70 -17.70;\n", ""])
def test_a_model_without_a_usable_threshold_is_judged_by_evalue(pfam, tmp_path, line):
    lines = (pfam / "RRM_1.hmm").read_text().splitlines(keepends=True)
    path = tmp_path / "old.hmm"
    path.write_text("".join(line if one.startswith("GA ") else one for one in lines))
    models = library(path)
    assert (models.n_models, models.n_by_evalue) == (1, 1)
    [hit] = models.search({"a": {"+1:0": consensus(path)}}).values()
    assert hit.is_member
    assert math.isnan(hit.threshold_bits)


def test_blocks_threads_and_company_change_nothing(pfam):
    models = library(pfam / MANY)
    assert models.n_models > 100
    rng = random.Random(4)
    proteins = {
        f"noise{i}": {"+1:0": "".join(rng.choices("ACDEFGHIKLMNPQRSTVWY", k=120))}
        for i in range(20)
    }
    families = dict(list(consensuses(pfam / MANY).items())[:6])
    for name, protein in families.items():
        proteins[name] = {"+2:1": protein, "+1:0": "MKKLAAA" * 5}
    together = models.search(proteins)
    assert {name: hit.model for name, hit in together.items() if hit.is_member} == {
        name: name for name in families
    }
    assert models.search(proteins, threads=2) == together
    alone = {}
    for name, segments in proteins.items():
        alone |= models.search({name: segments})
    assert alone == together
    backwards = dict(reversed(proteins.items()))
    assert models.search(backwards) == together


def test_nothing_to_search_finds_nothing(pfam):
    models = library(pfam / "RRM_1.hmm")
    assert models.search({}) == {}
    assert models.search({"a": {}}) == {}


def test_unknown_amino_acids_are_no_error(pfam):
    protein = "X" * 30 + consensus(pfam / "RRM_1.hmm") + "XX"
    assert library(pfam / "RRM_1.hmm").search({"a": {"+1:0": protein}})["a"].is_member


@pytest.mark.parametrize("content", [b"", b"hello\n", b"HMMER3/f [3.1]\nNAME x\n"])
def test_a_file_without_models_is_told(tmp_path, content):
    path = tmp_path / "x.hmm"
    path.write_bytes(content)
    with pytest.raises(BadModel) as caught:
        library(path)
    assert str(caught.value).startswith(f"{path}: found ")
    assert "expected protein HMMs in HMMER3 format" in str(caught.value)


def test_a_cut_file_is_told(pfam, tmp_path):
    text = (pfam / "RRM_1.hmm").read_text()
    (tmp_path / "cut.hmm").write_text(text[: len(text) // 2])
    with pytest.raises(BadModel, match=r"cut\.hmm"):
        library(tmp_path / "cut.hmm")
    packed = (pfam / MANY).read_bytes()
    (tmp_path / "cut.hmm.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(BadModel, match=r"cut\.hmm\.gz"):
        library(tmp_path / "cut.hmm.gz")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingFile, match="expected profile HMMs such as Pfam"):
        library(tmp_path / "none.hmm")


@pytest.mark.parametrize("name", ["models.dat", "models.hmm.gz", "models.hmm"])
def test_a_packed_file_is_known_by_its_content(pfam, tmp_path, name):
    (tmp_path / name).write_bytes((pfam / MANY).read_bytes())
    protein = consensus(pfam / "RRM_1.hmm")
    expected = library(pfam / MANY).search({"a": {"+1:0": protein}})
    assert library(tmp_path / name).search({"a": {"+1:0": protein}}) == expected
