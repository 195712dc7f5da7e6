"""Tables of partners of a run, computed again from the other tables of the run."""

import csv
import itertools
import math
import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata, spearmanr
from statsmodels.stats.multitest import multipletests

from bioloom.errors import BadRunFolder, UnknownName
from bioloom.lincrna.output.explaining import EXPLAINERS
from bioloom.lincrna.output.outputs import write_outputs
from bioloom.lincrna.output.partner_tables import PartnerPlan
from bioloom.lincrna.output.working import FOLDER, read_partners, read_working
from bioloom.lincrna.settings import PartnerSettings

explain_partner = EXPLAINERS["partners"]


def rows_of(run, name):
    with (run.out / f"tables/{name}.tsv").open() as stream:
        return [*csv.DictReader(stream, delimiter="\t")]


def tpm_of(run):
    return pd.read_csv(run.out / "tables/gene_tpm.tsv", sep="\t", index_col=0)


def groups_of(run):
    samples = pd.read_csv(run.out / "tables/samples.tsv", sep="\t")
    if not run.plan.design:
        return [[*samples["sample"]]]
    return [[*part["sample"]] for _, part in samples.groupby("condition")]


def centred(values, groups):
    parts = [rankdata(values[group]) for group in groups]
    return np.concatenate([part - part.mean() for part in parts])


def by_hand(run, ours, theirs):
    """rho and exact p of two genes from gene_tpm.tsv."""
    tpm, groups = tpm_of(run), groups_of(run)
    r, q = (centred(tpm.loc[gene], groups) for gene in (ours, theirs))
    norm = math.sqrt((r**2).sum() * (q**2).sum())
    ends = np.cumsum([len(group) for group in groups])[:-1]
    orders = itertools.product(
        *(itertools.permutations(part) for part in np.split(np.arange(len(r)), ends))
    )
    rhos = np.array([r[[*itertools.chain(*order)]] @ q for order in orders]) / norm
    return rhos[0], (np.abs(rhos) >= abs(rhos[0]) - 1e-9).mean()


def test_every_candidate_has_one_best_partner(eight):
    rows = rows_of(eight, "partners")
    best = [row["lncrna_transcript"] for row in rows if row["is_best"] == "True"]
    assert best == [row.transcript_id for row in eight.result.candidates]
    genes = {row["gene_id"]: row for row in rows_of(eight, "genes")}
    for row in rows:
        assert genes[row["partner_gene"]]["kind"] == "coding"
        assert genes[row["lncrna_gene"]]["is_candidate"] == "True"
        assert row["is_cis"] == str(int(row["distance_nt"]) <= 40_000)


def test_correlations_are_those_of_the_printed_tpm(eight):
    tested = [row for row in rows_of(eight, "partners") if row["rho"]]
    assert len(tested) > 20
    for row in tested[::5]:
        rho, p = by_hand(eight, row["lncrna_gene"], row["partner_gene"])
        assert float(row["rho"]) == pytest.approx(rho, rel=1e-5)
        assert float(row["p"]) == pytest.approx(p, rel=1e-5)


def test_genes_too_weak_or_constant_are_not_tested(eight):
    tpm, groups = tpm_of(eight), groups_of(eight)
    n_untested = 0
    for row in rows_of(eight, "partners"):
        genes = tpm.loc[[row["lncrna_gene"], row["partner_gene"]]]
        is_weak = (genes.mean(axis=1) < 0.1).any()
        is_constant = any(not centred(genes.iloc[n], groups).any() for n in range(2))
        is_tested = not (is_weak or is_constant) and row["is_cis"] == "True"
        assert bool(row["rho"]) == is_tested
        n_untested += not is_tested
    assert n_untested


def test_q_counts_each_pair_of_genes_once(eight):
    pairs = {
        (row["lncrna_gene"], row["partner_gene"]): (float(row["p"]), float(row["q"]))
        for row in rows_of(eight, "partners")
        if row["p"]
    }
    p, q = zip(*pairs.values(), strict=True)
    assert q == pytest.approx(multipletests(p, method="fdr_bh")[1], rel=1e-4)
    notes = eight.tables.partners.analysis.notes
    assert any(f"{len(pairs)} cis pairs" in note for note in notes)


def test_trans_pairs_lie_elsewhere_and_are_strong(eight):
    cis = {
        (row["lncrna_gene"], row["partner_gene"])
        for row in rows_of(eight, "partners")
        if row["is_cis"] == "True"
    }
    rows = rows_of(eight, "trans_partners")
    assert rows
    for row in rows:
        assert (row["lncrna_gene"], row["partner_gene"]) not in cis
        assert abs(float(row["rho"])) >= 0.8 - 1e-6
    rho, p = by_hand(eight, rows[0]["lncrna_gene"], rows[0]["partner_gene"])
    assert float(rows[0]["rho"]) == pytest.approx(rho, rel=1e-5)
    assert float(rows[0]["p"]) == pytest.approx(p, rel=1e-5)
    assert all(float(row["p"]) <= float(row["q"]) for row in rows)


def test_one_group_is_spearman(make_partners):
    run = make_partners("aaaaaa")
    tpm = tpm_of(run)
    tested = [row for row in rows_of(run, "partners") if row["rho"]]
    for row in tested:
        judge = spearmanr(tpm.loc[row["lncrna_gene"]], tpm.loc[row["partner_gene"]])
        assert float(row["rho"]) == pytest.approx(judge.statistic, abs=2e-6)


def test_four_samples_show_nothing_and_say_why(make_partners):
    run = make_partners("aaaa")
    rows = rows_of(run, "partners")
    assert any(row["rho"] for row in rows)
    assert not any(row["p"] or row["q"] for row in rows)
    assert not (run.out / "tables/trans_partners.tsv").exists()
    assert run.tables.partners.analysis.notes[-1] == (
        "4 samples have 24 permutations: the smallest p-value that could come out is "
        "0.083, so nothing can be shown about correlations. Trans partners are not "
        "listed."
    )
    row = next(row for row in rows if row["rho"])
    explanation = explain_partner(
        run.out, row["lncrna_transcript"], row["partner_gene"]
    )
    assert "4 samples have 24 permutations" in explanation.to_text()


def test_one_sample_correlates_nothing(make_partners):
    rows = rows_of(make_partners("a"), "partners")
    assert not any(row["rho"] for row in rows)


def test_without_samples_there_are_classes(assembly, tmp_path):
    (tmp_path / FOLDER).mkdir(parents=True)
    tables = write_outputs(assembly.result, tmp_path)
    assert "rho" not in tables.partners.partners
    assert len(tables.partners.partners)


def test_the_same_run_gives_the_same_tables(eight, make_partners):
    again = make_partners("ababbaab", design="~ condition", min_trans_rho=0.8)
    for name in ("partners", "trans_partners"):
        assert rows_of(again, name) == rows_of(eight, name)


def test_partners_are_read_back(eight):
    assert read_partners(eight.out) == eight.result.partners
    assert read_working(eight.out).partners == eight.result.partners


def test_every_column_is_described(eight):
    readme = (eight.out / "tables/README.md").read_text()
    for name in ("partners", "trans_partners"):
        assert f"## {name}.tsv" in readme
        for column in rows_of(eight, name)[0]:
            assert f"- `{column}`: " in readme


# ---- explanations


def value_of(explanation, formula):
    [step] = [step for step in explanation.steps if step.formula.startswith(formula)]
    return step.value.number


def test_the_working_of_each_pair_gives_the_numbers_of_the_table(eight):
    for row in rows_of(eight, "partners"):
        explanation = explain_partner(
            eight.out, row["lncrna_transcript"], row["partner_gene"]
        )
        classes = (row[name] for name in ("direction", "type", "subtype", "location"))
        assert explanation.title.endswith(f": {', '.join(classes)}")
        if row["type"] == "intergenic":
            assert value_of(explanation, "d = ") == int(row["distance_nt"])
        if row["rho"]:
            for formula, name in ((r"\rho", "rho"), ("p = ", "p"), ("q = ", "q")):
                value = value_of(explanation, formula)
                assert value == pytest.approx(float(row[name]), rel=1e-5), name
        elif row["is_cis"] == "True":
            assert "not tested" in explanation.to_text()
        else:
            assert "Beyond the window" in explanation.to_text()


def test_without_another_name_the_best_partner_is_explained(eight):
    best = next(row for row in rows_of(eight, "partners") if row["is_best"] == "True")
    explanation = explain_partner(eight.out, best["lncrna_transcript"])
    assert best["partner_gene"] in explanation.inputs["partner gene"]


def test_the_working_of_a_trans_pair(eight):
    row = rows_of(eight, "trans_partners")[0]
    tx2gene = rows_of(eight, "tx2gene")
    candidates = {row.transcript_id for row in eight.result.candidates}
    name = next(
        each["transcript_id"]
        for each in tx2gene
        if each["gene_id"] == row["lncrna_gene"] and each["transcript_id"] in candidates
    )
    explanation = explain_partner(eight.out, name, row["partner_gene"])
    assert "trans pair" in explanation.title
    assert value_of(explanation, r"\rho") == pytest.approx(float(row["rho"]), rel=1e-5)
    assert value_of(explanation, "p = ") == pytest.approx(float(row["p"]), rel=1e-5)
    [last] = explanation.steps[-1:]
    assert last.value.number == pytest.approx(float(row["q"]), rel=1e-5)


def test_the_substitution_of_rho_and_p_are_right(eight):
    row = next(row for row in rows_of(eight, "partners") if row["rho"])
    text = explain_partner(
        eight.out, row["lncrna_transcript"], row["partner_gene"]
    ).to_text()
    line = next(line for line in text.splitlines() if "√" in line)
    assert "∑" in line
    line = [line for line in text.splitlines() if "√" in line][1]
    top, a, b, shown = map(float, re.findall(r"-?\d+(?:\.\d+)?", line))
    assert top / math.sqrt(a * b) == pytest.approx(shown, abs=5e-5)
    assert shown == pytest.approx(float(row["rho"]), abs=5e-5)


def test_unknown_names(eight):
    candidate = eight.result.candidates[0].transcript_id
    with pytest.raises(UnknownName, match="nothing.1"):
        explain_partner(eight.out, "nothing.1")
    with pytest.raises(UnknownName, match="NOGENE"):
        explain_partner(eight.out, candidate, "NOGENE")


def test_a_run_of_an_older_version(eight, tmp_path):
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "judged.jsonl").touch()
    with pytest.raises(BadRunFolder, match="no partners"):
        explain_partner(tmp_path, "x")


# ---- gene sets


@pytest.fixture(scope="module")
def with_sets(make_partners, eight, tmp_path_factory):
    """Sets of coding genes: one of trans partners, others at random."""
    trans = {row["partner_gene"] for row in rows_of(eight, "trans_partners")}
    coding = [
        row["gene_id"] for row in rows_of(eight, "genes") if row["kind"] == "coding"
    ]
    rng = np.random.default_rng(3)
    path = tmp_path_factory.mktemp("sets") / "sets.gmt"
    lines = ["\t".join(["RHYTHM", "genes of a rhythm", *sorted(trans)[:12]])]
    lines += [
        "\t".join([f"RANDOM{n}", "na", *rng.choice(coding, 8, replace=False)])
        for n in range(9)
    ]
    path.write_text("\n".join(lines) + "\n")
    return make_partners(
        "ababbaab",
        design="~ condition",
        gene_sets=path,
        min_trans_rho=0.8,
        alpha=0.2,
    )


def test_gene_sets_are_tested_by_their_counts(with_sets):
    from scipy.stats import hypergeom

    rows = rows_of(with_sets, "partner_gene_sets")
    assert {row["partners"] for row in rows} >= {"best cis partners"}
    for row in rows:
        both, members, partners, background = (
            int(row[name])
            for name in ("n_both", "n_in_set", "n_partners", "n_background")
        )
        judge = hypergeom.sf(both - 1, background, members, partners)
        assert float(row["p"]) == pytest.approx(judge, rel=1e-5)
        assert len(row["genes"].split(",")) == both
        expected = partners * members / background
        assert float(row["expected"]) == pytest.approx(expected, rel=1e-5)


def test_best_cis_partners_are_those_of_the_table(with_sets):
    best = {
        row["partner_gene"]
        for row in rows_of(with_sets, "partners")
        if row["is_best"] == row["is_cis"] == "True"
    }
    n_coding = sum(row["kind"] == "coding" for row in rows_of(with_sets, "genes"))
    [counts] = {
        (row["n_partners"], row["n_background"])
        for row in rows_of(with_sets, "partner_gene_sets")
        if row["partners"] == "best cis partners"
    }
    assert counts == (str(len(best)), str(n_coding))


def test_the_working_of_a_gene_set(with_sets):
    for row in rows_of(with_sets, "partner_gene_sets")[:4]:
        explanation = explain_partner(
            with_sets.out, row["gene_set"], row["lncrna_gene"]
        )
        if explanation.inputs["partners"] != row["partners"]:
            continue
        assert value_of(explanation, "p = ") == pytest.approx(float(row["p"]), rel=1e-5)
        assert value_of(explanation, "q = ") == pytest.approx(float(row["q"]), rel=1e-5)
        table = explanation.steps[0].detail[1:3]
        numbers = [
            int(word) for line in table for word in line.split() if word.isdigit()
        ]
        assert sum(numbers) == int(row["n_background"])


def test_the_sentence_on_gene_sets_is_in_the_notes(with_sets):
    assert any("sets.gmt names" in n for n in with_sets.tables.partners.analysis.notes)


def test_a_plan_of_the_configuration():
    from bioloom.lincrna.settings import ComparisonSettings, RunConfig

    config = RunConfig(
        samples=None,
        genome=None,
        annotation=None,
        out=None,
        comparison=ComparisonSettings(design="~ condition"),
        partners=PartnerSettings(alpha=0.1),
        rng_seed=9,
    )
    assert PartnerPlan.of(config) == PartnerPlan(
        PartnerSettings(alpha=0.1), "~ condition", 9
    )
