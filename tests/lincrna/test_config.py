"""config.yaml and the sample sheet."""

import pytest

from bioloom.errors import BadConfig, InputWarning, MissingFile, SeveralMistakes
from bioloom.lincrna.errors import BadSampleSheet
from bioloom.lincrna.inputs.config import read_run_config
from bioloom.lincrna.inputs.sample_sheet import read_samples

HEADER = "sample\tfastq_1\tfastq_2\tstrandness\n"
NEEDED = "samples: s.tsv\ngenome: g.fa\nannotation: a.gtf\nout: run\n"


@pytest.fixture
def folder(tmp_path):
    for name in ("1.fq", "2.fq", "g.fa", "a.gtf"):
        (tmp_path / name).touch()
    (tmp_path / "s.tsv").write_text(f"{HEADER}a\t1.fq\t2.fq\tforward\n")
    return tmp_path


def samples(folder, text, encoding="utf-8"):
    path = folder / "s.tsv"
    path.write_bytes(text.encode(encoding))
    return read_samples(path)


def config(folder, text):
    path = folder / "c.yaml"
    path.write_text(text)
    return read_run_config(path)


def test_columns_may_be_left_out_and_stand_in_any_order(folder):
    [one] = samples(folder, "fastq_1\tsample\n1.fq\ta.b-c_1\n")
    assert (one.name, one.is_paired, one.strandness) == ("a.b-c_1", False, "auto")
    assert one.reads == (folder / "1.fq",)
    [two] = samples(folder, f"{HEADER}a\t1.fq\t2.fq\treverse\n")
    assert (two.is_paired, two.strandness) == (True, "reverse")


def test_comments_blank_lines_windows_ends_and_a_byte_order_mark(folder):
    text = f"\ufeff{HEADER}# a word\n\na\t1.fq\t\t\n".replace("\n", "\r\n")
    [one] = samples(folder, text)
    assert (one.name, one.reads, one.strandness) == ("a", (folder / "1.fq",), "auto")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "",
            "s.tsv: header: found columns none, expected columns sample, fastq_1,",
        ),
        ("sample fastq_1\n", "s.tsv: header: found columns sample fastq_1, expected"),
        (
            "sample\tfastq_1\tstrand\na\t1.fq\tx\n",
            "found column 'strand', expected 'strandness'",
        ),
        (
            "sampel\tfastq_1\na\t1.fq\n",
            "columns sampel, fastq_1, expected columns sample, fastq_1, fastq_2",
        ),
        ("sampel\tfastq_1\na\t1.fq\n", "Is 'sampel' meant to be 'sample'?"),
        (f"{HEADER}a\t1.fq\t\tRF\n", "Did you mean 'reverse'?"),
        (f"{HEADER}a\t1.fq\t\tfoward\n", "Did you mean 'forward'?"),
        (HEADER, "s.tsv: found no sample, expected at least one row"),
        (
            f"# c\n{HEADER}\na b\t1.fq\t\t\n",
            "s.tsv: line 4: found sample 'a b', expected",
        ),
        (f"{HEADER}\t1.fq\t\t\n", "s.tsv: line 2: found sample ''"),
        (f"{HEADER}../x\t1.fq\t\t\n", "found sample '../x'"),
        (
            f"{HEADER}a\t1.fq\t\tRF\n",
            "found strandness 'RF', expected one of auto, for",
        ),
        (f"{HEADER}a\t\t2.fq\t\n", "s.tsv: line 2: found no fastq_1"),
        (f"{HEADER}a\n", "s.tsv: line 2: found no fastq_1"),
        (f"{HEADER}a\t1.fq\t1.fq\t\n", "1.fq twice, expected each file once"),
        (f"{HEADER}a\t1.fq\t\t\na\t1.fq\t\t\n", "1.fq twice, expected each file once"),
        (
            f"{HEADER}a\t1.fq\t\t\na\t2.fq\t\tforward\n",
            "found sample 'a' with strandness 'auto' and 'forward', expected rows of",
        ),
        (
            f"{HEADER}a\t1.fq\t\t\na\t2.fq\tg.fa\t\n",
            "found sample 'a' with lanes of one file and of two",
        ),
        (f"{HEADER}a\t1.fq,2.fq\t3.fq\t\n", "line 2: found lists of unlike length"),
        (f"{HEADER}a\t1.fq\t\t\tx\n", "s.tsv: line 2: found more cells than columns"),
        (
            "sample\tfastq_1\tkind\na\t1.fq\tsc\n",
            "found kind 'sc', expected one of bulk",
        ),
    ],
)
def test_a_wrong_sheet_is_told_by_its_line(folder, text, message):
    with pytest.raises(BadSampleSheet) as caught:
        samples(folder, text)
    assert message in str(caught.value)


@pytest.mark.parametrize("separator", ["\t", ",", ";"])
def test_a_sheet_of_any_usual_kind_is_read(folder, separator):
    text = f"{HEADER}a\t1.fq\t\t\n".replace("\t", separator)
    with pytest.warns(InputWarning, match="s.tsv: read as UTF-16 text"):
        [sample] = samples(folder, text, "utf-16")
    assert sample.reads == (folder / "1.fq",)


def test_missing_files_are_named_with_the_line_that_names_them(folder):
    with pytest.raises(MissingFile) as caught:
        samples(folder, f"{HEADER}a\tnone.fq\t\t\n")
    assert "s.tsv: line 2: " in str(caught.value)
    assert "none.fq: found no such file, expected reads of sample a" in str(
        caught.value
    )
    with pytest.raises(MissingFile, match="expected a sample sheet"):
        read_samples(folder / "none.tsv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            NEEDED.replace("g.fa", "h.fa"),
            "h.fa: found no such file, expected the file of",
        ),
        (
            NEEDED + "domains: p.hmm\n",
            "p.hmm: found no such file, expected the file of",
        ),
        (
            NEEDED + "filters: {coding_model: m.json}\n",
            "m.json: found no such file, expected a coding model (auto or packaged,",
        ),
        (NEEDED.replace("s.tsv", "none.tsv"), "none.tsv: found no such file"),
    ],
)
def test_files_that_the_configuration_names_must_be_there(folder, text, message):
    with pytest.raises(MissingFile) as caught:
        config(folder, text)
    assert str(folder) in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            NEEDED + "cores: 3\n",
            "cores: found an unknown entry, expected one of samples",
        ),
        (NEEDED + "filters: {min_orf: 3}\n", "filters.min_orf: found an unknown entry"),
        (
            NEEDED + "filters: {max_orf_aa: 0}\n",
            "filters.max_orf_aa: found 0, expected",
        ),
        (
            NEEDED + "trimming: {quality: 60}\n",
            "trimming.quality: found 60, expected in",
        ),
        (
            NEEDED + "rng_seed: -1\n",
            "rng_seed: found -1, expected input should be great",
        ),
        (
            NEEDED + "filters: {housekeeping_fraction: 0}\n",
            "found 0, expected input sho",
        ),
        (
            NEEDED + "filters: {locus_criteria: [orff]}\n",
            "locus_criteria.0: found 'orff'",
        ),
    ],
)
def test_wrong_entries_are_named(folder, text, message):
    with pytest.raises(BadConfig) as caught:
        config(folder, text)
    assert message in str(caught.value)


FIVE = """\
samples: s.tsv
genome: h.fa
anotation: a.gtf
out: run
min_tpm: 2
trimming: {quality: 60}
filters: {domain_search: neded, genetic_code: 7, coding_model: m.json}
"""


def test_all_mistakes_of_configuration_and_sheet_are_told_at_once(folder):
    (folder / "s.tsv").write_text(
        "sample\tfastq_1\tstrandness\tkind\tn_cells\tbatch\n"
        "a b\t1.fastq\tISR\tnuclues\t-1\t\n"
        "b\t1.fq\tauto\tbulk\t\tx\n"
        "b\t2.fq\tauto\tbulk\t\ty\n"
    )
    (folder / "1.fastq.gz").touch()
    with pytest.raises(SeveralMistakes) as caught:
        config(folder, FIVE)
    told = str(caught.value)
    wanted = [
        "anotation: found an unknown entry",
        "Did you mean 'annotation'?",
        "min_tpm: found an unknown entry",
        "Did you mean 'filters.min_tpm'?",
        "trimming.quality: found 60",
        "filters.domain_search: found 'neded'",
        "Did you mean 'needed'?",
        "genetic_code: found 7",
        "h.fa: found no such file, expected the file of 'genome'",
        "m.json: found no such file, expected a coding model",
        "line 2: found sample 'a b'",
        "Did you mean 'reverse'?",
        "kind 'nuclues', expected one of bulk, cell, nucleus, ont_cdna, ont_drna",
        "Did you mean 'nucleus'?",
        "line 2: found n_cells '-1'",
        "line 2: found no batch",
        "1.fastq: found no such file, expected reads of sample a b. Did you mean",
        "'1.fastq.gz', which is there?",
        "sample 'b' with factors {'batch': 'x'} and {'batch': 'y'}",
    ]
    missing = [words for words in wanted if words not in told]
    assert not missing, told
    assert told.startswith(f"{len(caught.value.mistakes)} mistakes:\n  1. ")
    assert "found nothing, expected a value" not in told  # it is the misspelt entry
    assert len(caught.value.mistakes) == 14


def test_a_configuration_that_names_little_is_told_as_far_as_it_goes(folder):
    with pytest.raises(SeveralMistakes) as caught:
        config(folder, "genome: g.fa\ncores: 3\n")
    wanted = [f"{folder}/c.yaml: {name}:" for name in ("samples", "annotation", "out")]
    told = [str(mistake) for mistake in caught.value.mistakes]
    assert [any(word in line for line in told) for word in wanted] == [True] * 3
    assert len(told) == 4


def test_many_mistakes_are_cut(folder):
    rows = "".join(f"s{n}\tnone{n}.fq\t\t\n" for n in range(30))
    with pytest.raises(SeveralMistakes) as caught:
        samples(folder, HEADER + rows)
    assert len(caught.value.mistakes) == 30
    assert str(caught.value).endswith(
        "  20. " + str(caught.value.mistakes[19]) + "\n  … and 10 more"
    )


def test_nf_cores_sheet_is_read_as_it_is(cases_dir, tmp_path):
    sheet = tmp_path / "nfcore.csv"
    sheet.write_bytes((cases_dir / "samples/nfcore.csv").read_bytes())
    (tmp_path / "reads").mkdir()
    for name in ("A_L001_1", "A_L001_2", "A_L002_1", "A_L002_2", "B_1"):
        (tmp_path / f"reads/{name}.fastq.gz").touch()
    first, second = read_samples(sheet)
    assert [len(lane.files) for lane in first.lanes] == [2, 2]
    assert (first.strandness, second.strandness) == ("auto", "reverse")


@pytest.mark.parametrize(
    "text",
    [
        '\ufeff"sample";"fastq_1";"fastq_2";"strandedness"\r\n"a";"1.fq";;"auto"\r\n',
        "sample,fastq_1,fastq_2,strandedness,seq_platform\na,1.fq,,auto,\n",
        "sample , fastq_1,fastq_2,strandedness,,\na,1.fq,,auto,,\n",
    ],
)
def test_sheets_of_excel_and_of_newer_nf_core_are_read(folder, text):
    [one] = samples(folder, text)
    assert (one.name, one.reads, one.factors) == ("a", (folder / "1.fq",), {})


def test_a_model_starts_at_the_folder_of_the_configuration(folder, monkeypatch):
    (folder / "m.json").touch()
    monkeypatch.chdir("/")
    found, _ = config(folder, NEEDED + "filters: {coding_model: m.json}\n")
    assert found.filters.coding_model == str(folder / "m.json")
    found, _ = config(folder, NEEDED + "filters: {coding_model: packaged}\n")
    assert found.filters.coding_model == "packaged"
