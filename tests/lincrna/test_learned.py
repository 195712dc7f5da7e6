"""Thresholds learned from an annotation."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bioloom as bl
from bioloom.genome.sequence import Genome
from bioloom.lincrna.inspecting import inspect_annotation
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.simulate.compact import simulate_compact
from bioloom.lincrna.verdict.learned import run_on_share, utr3_lengths
from tests.lincrna.builders import tx

LEARNED = {"gap_mono_nt": "auto", "max_orf_aa": "auto"}


@pytest.fixture(scope="module")
def compact(tmp_path_factory):
    return simulate_compact(tmp_path_factory.mktemp("compact"), rng_seed=7)


def filtered(simulation, **settings):
    return bl.lincrna.filter(
        simulation.folder / "transcripts.gtf",
        genome=simulation.folder / "genome.fa",
        annotation=simulation.folder / "annotation.gtf",
        settings={"coding_model": "packaged", **settings},
    )


def passing(result, simulation, kind):
    names = {row.transcript_id for row in result.candidates}
    return len(names & simulation.names(kind)), len(simulation.names(kind))


def test_on_a_compact_genome_three_quarters_stay_at_no_more_leak(compact):
    default, learned = filtered(compact), filtered(compact, **LEARNED)
    before, n = passing(default, compact, "novel_monoexonic")
    after, _ = passing(learned, compact, "novel_monoexonic")
    assert n == 40
    assert before < n / 2
    assert after >= 3 * n / 4
    for decoys in ("decoy_distance", "unannotated_coding"):
        assert passing(learned, compact, decoys) <= passing(default, compact, decoys)


def test_the_figures_are_those_of_the_annotated_lincrnas(compact):
    result = filtered(compact)
    gap = result.learning.gap
    assert gap.n_lincrna == len(compact.names("known_monoexonic"))
    for outcome in (gap.default, gap.learned):
        strict = filtered(compact, gap_mono_nt=outcome.threshold)
        known = [row for row in strict.rows if row.collected.origin == "known"]
        kept = [row for row in known if "distance" not in row.failed]
        assert outcome.kept.value == pytest.approx(len(kept) / len(known))


def test_one_gene_id_on_two_contigs_stands_for_two_genes(compact, tmp_path):
    for name in ("annotation.gtf", "genome.fa"):
        text = (compact.folder / name).read_text("utf-8")
        again = text.replace("chrC1", "chrC2")
        again = re.sub('transcript_id "', 'transcript_id "again_', again)
        (tmp_path / name).write_text(text + again, "utf-8")
    once, twice = (
        inspect(folder, cache=tmp_path) for folder in (compact.folder, tmp_path)
    )
    assert twice.gap.n_lincrna == 2 * once.gap.n_lincrna
    assert twice.orf.n_against == 2 * once.orf.n_against


def inspect(folder, *, cache):
    with Genome(folder / "genome.fa", cache=cache) as genome:
        annotation = folder / "annotation.gtf"
        return inspect_annotation(annotation, FilterSettings(), genome=genome).learning


def test_the_default_stays_and_the_report_recommends(compact):
    result = filtered(compact)
    assert (result.settings.gap_mono_nt, result.settings.max_orf_aa) == (2000, 100)
    [advice] = [note for note in result.notes if "gap_mono_nt: auto" in note]
    assert f"{result.learning.gap.learned.threshold:,} nt" in advice
    assert not any("gap_mono_nt: auto" in x for x in filtered(compact, **LEARNED).notes)


def test_without_lncrnas_nothing_is_learned_aloud(compact, tmp_path):
    bare = tmp_path / "bare.gtf"
    lines = (compact.folder / "annotation.gtf").read_text().splitlines(keepends=True)
    bare.write_text("".join(line for line in lines if "lncRNA" not in line))
    result = bl.lincrna.filter(
        compact.folder / "transcripts.gtf",
        genome=compact.folder / "genome.fa",
        annotation=bare,
        settings={"coding_model": "packaged", **LEARNED},
    )
    assert result.settings.gap_mono_nt == 2000
    assert any(
        "No threshold could be learned" in warning and "default is used" in warning
        for warning in result.warnings
    )


def test_utr_lengths_by_hand():
    plus = tx("p", (0, 100), (200, 300), (400, 500), cds=((50, 100), (200, 250)))
    minus = tx("m", (0, 100), (200, 300), strand="-", cds=((60, 100), (200, 250)))
    without = tx("w", (0, 100), cds=((0, 100),))
    assert utr3_lengths([plus, minus, without]).tolist() == [150.0, 60.0]


@given(
    st.lists(st.integers(1, 5000), min_size=1, max_size=30),
    st.integers(0, 2000),
    st.integers(0, 500),
)
def test_the_share_falls_with_the_distance_and_agrees_with_drawn_pieces(
    utrs, gap, least
):
    lengths = np.array(utrs, dtype=float)
    share = run_on_share(lengths, gap, least)
    assert 0 <= run_on_share(lengths, gap + 100, least) <= share <= 1
    grid = (np.arange(2000) + 0.5) / 2000
    starts = np.maximum(lengths - least, 0)[:, None] * grid
    drawn = ((starts > gap) & (lengths[:, None] > least)).mean()
    assert share == pytest.approx(drawn, abs=2e-3)


def test_auto_is_a_setting_of_command_and_file(tmp_path):
    path = tmp_path / "filters.yaml"
    path.write_text("gap_mono_nt: auto\nmax_orf_aa: 120\n")
    settings = bl.lincrna.api.filter_settings(path)
    assert settings == replace(FilterSettings(), gap_mono_nt="auto", max_orf_aa=120)
    assert (settings.mono_gap_nt, settings.orf_limit_aa) == (2000, 120)
