"""Expression of transcripts."""

from types import SimpleNamespace

import pandas as pd
import pytest

from bioloom.errors import BadTable, MissingFile
from bioloom.lincrna.inputs.expression import (
    Abundance,
    expression_frames,
    read_abundances,
    read_expression,
)
from bioloom.lincrna.output.gene_tables import _by_gene, _whole

ROWS = """\
# stringtie -e
1\tStringTie\ttranscript\t1\t600\t.\t+\t.\tgene_id "g"; transcript_id "a"; \
ref_gene_name "X"; cov "3.5"; FPKM "7.0"; TPM "12.25";
1\tStringTie\texon\t1\t600\t.\t+\t.\tgene_id "g"; transcript_id "a"; cov "9.9";
1\tStringTie\ttranscript\t1\t600\t.\t+\t.\tgene_id "g"; transcript_id "b";
"""


@pytest.fixture
def quantified(tmp_path):
    (tmp_path / "one.gtf").write_text(ROWS)
    (tmp_path / "empty.gtf").write_text("# nothing\n")
    return {name: tmp_path / f"{name}.gtf" for name in ("one", "empty")}


def test_abundance_stands_in_the_transcript_row(quantified):
    assert read_abundances(quantified["one"]) == {
        "a": Abundance(12.25, 3.5),
        "b": Abundance(0.0, 0.0),
    }
    assert read_abundances(quantified["empty"]) == {}


@pytest.mark.parametrize(
    ("coverage", "length_nt", "read_length_nt", "n_reads"),
    [
        (3.5, 600, 100, 21),
        (0.0, 600, 100, 0),
        (0.001, 200, 100, 1),  # any coverage is a read: prepDE rounds up
        (2.0, 600, 95.0, 13),  # 12.63
        (1.0, 1001, 100, 11),  # 10.01
    ],
)
def test_a_count_is_coverage_times_length_by_read_length_rounded_up(
    coverage, length_nt, read_length_nt, n_reads
):
    assert Abundance(1.0, coverage).n_reads(length_nt, read_length_nt) == n_reads
    # a long read covers its transcript: as a short one of the transcript's length
    long = Abundance(1.0, coverage).n_reads(length_nt, None)
    assert long == Abundance(1.0, coverage).n_reads(length_nt, length_nt)


def test_one_row_a_transcript_one_column_a_sample(quantified):
    tpm, counts, n_unmeasured, n_unlisted = expression_frames(
        quantified,
        read_lengths_nt={"one": 100, "empty": 75},
        lengths_nt={"a": 600, "absent": 300},
    )
    assert (n_unmeasured, n_unlisted) == (2, 1)  # a and absent; b
    assert tpm.to_dict("list") == {
        "transcript_id": ["a", "absent"],
        "one": [12.25, 0.0],
        "empty": [0.0, 0.0],
    }
    assert counts["one"].tolist() == [21, 0]


def test_without_candidates_the_tables_are_empty(quantified):
    tpm, counts, *_ = expression_frames(
        quantified, read_lengths_nt={"one": 1, "empty": 1}, lengths_nt={}
    )
    assert len(tpm) == len(counts) == 0
    assert list(counts.columns) == ["transcript_id", "one", "empty"]


SALMON = "Name\tLength\tEffectiveLength\tTPM\tNumReads\n"


def test_salmons_own_table_is_one_sample_named_by_its_folder(tmp_path):
    for name, tpm in (("liver", 7.5), ("brain", 0)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "quant.sf").write_text(f"{SALMON}t\t900\t650\t{tpm}\t31\n")
    (tmp_path / "heart.sf").write_text(f"{SALMON}t\t900\t650\t2\t31\n")
    paths = [
        tmp_path / "liver/quant.sf",
        tmp_path / "brain/quant.sf",
        tmp_path / "heart.sf",
    ]
    found = read_expression(paths)
    assert found.samples == ("liver", "brain", "heart")
    assert found.tpm == {"t": (7.5, 0.0, 2.0)}


def test_a_transcript_twice_in_a_table_is_refused(tmp_path):
    table = tmp_path / "tpm.tsv"
    table.write_text("id\ta\nt\t1\nu\t2\nt\t3\n")
    with pytest.raises(BadTable, match="t more than once"):
        read_expression([table])


def test_what_salmon_counts_is_summed_by_gene_before_it_is_rounded():
    frame = pd.DataFrame({"transcript_id": ["a", "b", "c"], "s": [0.5, 0.5, 2.4]})
    models = [
        SimpleNamespace(transcript_id=name, gene_id=gene)
        for name, gene in (("a", "g"), ("b", "g"), ("c", "h"))
    ]
    genes = _whole(_by_gene(frame, models))
    assert genes.to_dict("list") == {"gene_id": ["g", "h"], "s": [1, 2]}
    assert _whole(frame)["s"].tolist() == [0, 0, 2]


def test_cut_and_missing_files_are_one_clear_error(tmp_path):
    cut = tmp_path / "quant.sf"
    cut.write_text(f"{SALMON}t\t900\t65")
    gtf = tmp_path / "a.gtf"
    gtf.write_text('c\ts\ttranscript\t1\t9\t.\t+\t.\ttranscript_id "t"; TPM "many";\n')
    for path in (cut, gtf):
        with pytest.raises(BadTable, match="cannot be read"):
            read_expression([path])
    for name in ("no.gtf", "no.sf", "no.tsv"):
        with pytest.raises(MissingFile):
            read_expression([tmp_path / name])
