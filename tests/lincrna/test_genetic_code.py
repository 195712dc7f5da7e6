"""ORFs, segments, verdicts and explanations with other genetic codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadConfig
from bioloom.lincrna import api
from bioloom.lincrna.coding.orf import longest_orfs, open_segments, protein_of
from bioloom.lincrna.coding.potential import load_model, scores_and_orfs
from bioloom.lincrna.settings import FilterSettings
from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.genetic_code import NUMBERS, genetic_code

SEQUENCES = st.text("ACGT", max_size=90)
STRANDS = st.sampled_from(["+", "-", "."])


def naive_longest(sequence, stops, strand):
    """Longest ORF, codon by codon: amino acids, and whether a stop ends it."""
    best = (0, False)
    sides = [sequence, *([reverse_complement(sequence)] if strand == "." else [])]
    for side in sides:
        for start in range(len(side) - 2):
            if side[start : start + 3] != "ATG":
                continue
            length, is_complete = 0, False
            for place in range(start, len(side) - 2, 3):
                if side[place : place + 3] in stops:
                    is_complete = True
                    break
                length += 1
            best = max(best, (length, is_complete))
    return best


@given(SEQUENCES, STRANDS, st.sampled_from(NUMBERS))
def test_the_longest_orf_ends_at_the_stops_of_the_code(sequence, strand, number):
    code = genetic_code(number)
    longest = longest_orfs(sequence, strand, code).longest
    found = (longest.length_aa, longest.is_complete) if longest else (0, False)
    assert found == naive_longest(sequence, code.stop_codons, strand)


@given(st.lists(st.tuples(SEQUENCES, STRANDS), max_size=6), st.sampled_from(NUMBERS))
def test_blocks_find_the_orfs_of_the_code(drawn, number):
    model, code = load_model(), genetic_code(number)
    sequences, strands = [s for s, _ in drawn], [s for _, s in drawn]
    readings = scores_and_orfs(sequences, strands, model, code)
    assert [r.orfs for r in readings] == [longest_orfs(*one, code) for one in drawn]
    for reading in readings:
        if reading.strand == "+":
            assert reading.score.orf == reading.scored_orfs.longest


@given(SEQUENCES, st.sampled_from(NUMBERS))
def test_segments_hold_no_stop_of_the_code_and_lie_between_them(sequence, number):
    code = genetic_code(number)
    segments = open_segments(sequence, "+", min_aa=1, code=code)
    for name, protein in segments.items():
        start = int(name.partition(":")[2])
        end = start + 3 * len(protein)
        codons = [sequence[i : i + 3] for i in range(start, end, 3)]
        assert not set(codons) & set(code.stop_codons)
        assert sequence[end : end + 3] in code.stop_codons or end + 3 > len(sequence)


@pytest.fixture
def tetrahymena(cases_dir):
    """A ciliate's gene, whose ORF the standard code breaks."""
    return cases_dir / "lincrna" / "c31_tetrahymena"


def filtered(folder, tmp_path, **settings):
    return api.filter(
        folder / "q.gtf",
        genome=folder / "g.fa.gz",
        annotation=folder / "a.gtf",
        settings=FilterSettings(**settings),
        out=tmp_path / "out",
    )


def facts(result):
    return result.to_frame().set_index("transcript_id")


@pytest.mark.data
def test_with_the_ciliate_code_the_orf_is_seen_and_told(tetrahymena, tmp_path):
    result = filtered(tetrahymena, tmp_path, genetic_code=6)
    table = facts(result)
    assert table.reason["T.1"] == "orf"
    assert 350 <= table.orf_aa["T.1"] <= 352
    assert table.verdict["L1.1"] == "candidate"
    assert any("learnt from the standard code" in w for w in result.warnings)
    text = result.explain("T.1").to_text()
    assert "Genetic code 6 (Ciliate" in text
    assert "Stop codons: TGA." in text
    orf = result.rows[-1].evidence.orfs.longest
    [sequence] = result.sequences([result.rows[-1]]).values()
    protein = protein_of(orf, sequence, genetic_code(6))
    assert "*" not in protein
    assert protein[:60] in text


@pytest.mark.data
def test_without_it_nothing_is_said_of_codes(tetrahymena, tmp_path):
    result = filtered(tetrahymena, tmp_path)
    assert facts(result).verdict["T.1"] == "candidate"
    assert not any("enetic code" in warning for warning in result.warnings)
    assert "enetic code" not in result.explain("T.1").to_text()


@pytest.mark.data
@pytest.mark.parametrize(
    ("number", "codons"), [(27, "TGA"), (28, "TAA, TAG and TGA"), (31, "TAA and TAG")]
)
def test_codons_that_context_decides_are_named_once_as_an_approximation(
    tetrahymena, tmp_path, number, codons
):
    result = filtered(tetrahymena, tmp_path, genetic_code=number)
    named = [w for w in result.warnings if f"{codons} " in w and "upper bounds" in w]
    assert len(named) == 1
    assert (facts(result).orf_complete_aa == 0).all()
    assert "upper bound" in " ".join(result.explain("T.1").to_text().split())


def test_a_number_without_a_table_is_an_error_wherever_it_is_given(
    tmp_path, bioloom_cli
):
    with pytest.raises(BadConfig, match="found 7"):
        api.filter_settings({"genetic_code": 7})
    config = tmp_path / "filters.yaml"
    config.write_text("genetic_code: 20\n")
    with pytest.raises(BadConfig, match="found 20"):
        api.filter_settings(config)
    code, _, words = bioloom_cli(
        *("lincrna", "filter", "--gtf", "a", "--genome", "b", "--annotation", "c"),
        *("--out", tmp_path / "o", "--genetic-code", "8"),
    )
    assert code == 1
    assert "genetic_code: found 8" in words
