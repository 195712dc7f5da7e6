"""Housekeeping RNAs found by covariance models, beside Infernal's own `cmsearch`."""

import gzip
import json
import math
import os
import random
import shutil
import subprocess
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadModel, MissingFile, PackageMissing
from bioloom.lincrna.filtering import filter_transcripts, run_filter
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.settings import FilterSettings, RunConfig
from bioloom.lincrna.verdict import rfam
from bioloom.lincrna.verdict.rfam import (
    SEARCHED_NT,
    RfamLibrary,
    housekeeping_kind,
)
from bioloom.lincrna.verdict.searches import read_rfam_matches, write_hits
from bioloom.lincrna.verdict.sequences import Spliced
from bioloom.lincrna.workflow import read_steps, steps
from bioloom.run import external
from bioloom.run.progress import silent
from bioloom.run.record import read_record
from bioloom.seq.alphabet import reverse_complement
from tests.lincrna.toy import write_toy

SEEDS = Path(__file__).parents[1] / "data" / "rfam"
PROGRAMS = ("cmbuild", "cmcalibrate", "cmsearch")
PACKAGED = FilterSettings(coding_model="packaged")


def member(family, number=0):
    """A sequence of a seed alignment, as DNA."""
    rows = (SEEDS / f"{family}.sto").read_text().splitlines()
    [row] = [row for row in rows if row.startswith(f"made_up_{number} ")]
    return row.split()[1].replace("U", "T")


TRNA, RRNA, MIRNA = member("tRNA"), member("5S_rRNA"), member("mir-17")


def noise(n, rng_seed):
    return "".join(random.Random(rng_seed).choices("ACGT", k=n))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Models of the seed alignments: not calibrated, and the same calibrated."""
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing and os.environ.get("CI"):
        pytest.fail(f"missing: {missing}; `make test` installs them")
    if missing:
        pytest.skip(f"missing: {missing}; `make test` installs them")
    folder = tmp_path_factory.mktemp("models")
    parts = []
    for seed in sorted(SEEDS.glob("*.sto")):
        part = folder / f"{seed.stem}.cm"
        subprocess.run(["cmbuild", "-F", part, seed], check=True, capture_output=True)
        parts.append(part.read_text())
    raw, ready = folder / "raw.cm", folder / "ready.cm"
    raw.write_text("".join(parts))
    shutil.copy(raw, ready)
    options = ["-L", "0.01", "--seed", "1", "--cpu", "2"]
    subprocess.run(["cmcalibrate", *options, ready], check=True, capture_output=True)
    return raw, ready


@pytest.fixture(scope="module")
def models(built):
    return built[1]


def transcripts():
    """RNAs in noise: whole, twice, mutated, on the opposite strand, none."""
    inserts = {
        "plain": "",
        "trna": TRNA,
        "two": TRNA + noise(20, 5) + member("tRNA", 2),
        "rrna": RRNA,
        "mirna": MIRNA,
        "turned": reverse_complement(TRNA),
        "mutated": member("tRNA", 4),
        "both": RRNA + TRNA,
    }
    return [
        Spliced(name, strand, noise(150, number) + insert + noise(200, number + 99))
        for number, (name, insert) in enumerate(inserts.items())
        for strand in ("+",)
    ] + [Spliced("open", ".", noise(80, 77) + reverse_complement(TRNA))]


def by_cmsearch(path, searched, folder):
    """Hits of the real program: transcript, family, strand, span, bits."""
    sequences = folder / "s.fa"
    sequences.write_text(
        "".join(f">{tx.transcript_id}\n{tx.sequence}\n" for tx in searched)
    )
    table = folder / "hits.tbl"
    size = str(SEARCHED_NT / 1e6)
    command = ["cmsearch", "--cpu", "0", "-Z", size, "-o", "/dev/null"]
    subprocess.run([*command, "--tblout", table, path, sequences], check=True)
    for line in table.read_text().splitlines():
        if not line.startswith("#"):
            fields = line.split()
            start, end = sorted((int(fields[7]), int(fields[8])))
            yield fields[0], fields[2], fields[9], start - 1, end, float(fields[14])


@pytest.mark.tools
def test_hits_are_those_of_cmsearch(models, tmp_path):
    searched = [replace(tx, strand=".") for tx in transcripts()]
    limits = {"tRNA": 24.0, "5S_rRNA": 30.0, "mir-17": 25.0}  # the GA lines
    expected = sorted(
        hit
        for hit in by_cmsearch(models, searched, tmp_path)
        if hit[-1] >= limits[hit[1]]
    )
    found = sorted(
        (name, hit.family, hit.strand, hit.start, hit.end, hit.score_bits)
        for name, match in RfamLibrary(models).search(searched).items()
        for hit in (match.hits if match else ())
    )
    assert len(found) >= 8
    assert [hit[:-1] for hit in found] == [hit[:-1] for hit in expected]
    bits = [hit[-1] for hit in expected]  # cmsearch writes one decimal
    assert [hit[-1] for hit in found] == pytest.approx(bits, abs=0.06)


@pytest.mark.tools
def test_only_the_sense_strand_counts_and_both_where_it_is_not_known(models):
    found = RfamLibrary(models).search(transcripts())
    assert found["turned"] is None
    hit = found["open"].best
    assert (hit.family, hit.strand) == ("tRNA", "-")
    assert (hit.start, hit.end) == pytest.approx((80, 156), abs=4)
    assert found["plain"] is None


@pytest.mark.tools
def test_housekeeping_covers_and_other_families_are_only_shown(models):
    found = RfamLibrary(models).search(transcripts())
    lengths = {tx.transcript_id: len(tx.sequence) for tx in transcripts()}
    best = found["trna"].best
    assert (best.family, best.accession, best.kind) == ("tRNA", "RF00005", "tRNA")
    assert best.threshold_bits == 24.0
    assert found["trna"].fraction == (best.end - best.start) / lengths["trna"]
    assert found["two"].fraction == pytest.approx(2 * 73 / lengths["two"], rel=0.1)
    assert found["both"].fraction == pytest.approx(195 / lengths["both"], rel=0.1)
    assert {hit.kind for hit in found["both"].hits} == {"tRNA", "rRNA"}
    assert found["mirna"].best.family == "mir-17"
    assert (found["mirna"].best.kind, found["mirna"].fraction) == ("", 0.0)


@pytest.mark.tools
def test_company_threads_and_packing_change_nothing(models, tmp_path):
    library, searched = RfamLibrary(models), transcripts()
    whole = library.search(searched)
    assert list(whole) == [tx.transcript_id for tx in searched]
    assert library.search(searched, threads=2) == whole
    alone = {}
    for tx in searched:
        alone |= library.search([tx])
    assert alone == whole
    packed = tmp_path / "models.cm.gz"
    packed.write_bytes(gzip.compress(models.read_bytes()))
    assert RfamLibrary(packed).search(searched) == whole
    assert library.search([]) == {}
    write_hits(whole, tmp_path / "found.jsonl")
    assert read_rfam_matches([tmp_path / "found.jsonl"]) == whole


@pytest.mark.tools
def test_models_without_a_threshold_are_judged_by_evalue(models, tmp_path):
    text = models.read_text()
    bare = tmp_path / "bare.cm"
    bare.write_text(
        "".join(x for x in text.splitlines(True) if not x.startswith("GA "))
    )
    library = RfamLibrary(bare)
    assert library.n_by_evalue == library.n_models == 3
    hit = library.search(transcripts())["trna"].best
    assert math.isnan(hit.threshold_bits)
    assert hit.evalue <= 1e-5


@pytest.mark.tools
def test_models_that_are_not_calibrated_are_left_out_and_counted(built, tmp_path):
    raw, ready = built
    with pytest.raises(BadModel, match="not calibrated.*cmcalibrate"):
        RfamLibrary(raw)
    mixed = tmp_path / "mixed.cm"
    other = raw.read_text().replace("NAME     tRNA", "NAME     raw", 1)
    mixed.write_text(ready.read_text() + other[other.index("INFERNAL1/a") :])
    library = RfamLibrary(mixed)
    assert library.n_uncalibrated == 3
    assert library.n_models == 3


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x1f\x8b\x00", b"HMMER3/f\n"])
def test_a_file_without_models_is_told(tmp_path, content):
    path = tmp_path / "Rfam.cm"
    path.write_bytes(content)
    with pytest.raises(BadModel, match=r"Rfam\.cm: found .*Infernal"):
        RfamLibrary(path)


def test_a_missing_file_or_package_is_named(tmp_path, monkeypatch):
    with pytest.raises(MissingFile, match=r"none\.cm"):
        RfamLibrary(tmp_path / "none.cm")
    (tmp_path / "some.cm").write_text("INFERNAL1/a\n")
    monkeypatch.setattr(external, "find_spec", lambda name: None)
    with pytest.raises(PackageMissing, match=r"\[lincrna\]"):
        RfamLibrary(tmp_path / "some.cm")


@pytest.mark.parametrize(
    ("name", "accession", "description", "kind"),
    [
        ("5S_rRNA", "RF00001", "5S ribosomal RNA", "rRNA"),
        ("SSU_rRNA_eukarya", "RF01960.3", "Eukaryotic small subunit rRNA", "rRNA"),
        ("tRNA", "RF00005", "tRNA", "tRNA"),
        ("U6atac", "RF00619", "U6atac minor spliceosomal RNA", "snRNA"),
        ("SNORD116", "RF00108", "Small nucleolar RNA SNORD116", "snoRNA"),
        ("ACA64", "RF01225", "Small nucleolar RNA ACA64", "snoRNA"),
        ("SCARNA13", "RF00231", "Small Cajal body specific RNA 13", "scaRNA"),
        ("RNaseP_nuc", "RF00009", "Nuclear RNase P", "RNase P"),
        ("RNase_MRP", "RF00030", "RNase MRP", "RNase MRP"),
        ("Metazoa_SRP", "RF00017", "Metazoan signal recognition particle RNA", "SRP"),
        ("7SK", "RF00100", "7SK RNA", "7SK"),
        ("Vault", "RF00006", "Vault RNA", "vault RNA"),
        ("Y_RNA", "RF00019", "Y RNA", "Y RNA"),
        ("Telomerase-vert", "RF00024", "Vertebrate telomerase RNA", "telomerase RNA"),
        ("tmRNA", "RF00023", "transfer-messenger RNA", "tmRNA"),
        ("mir-17", "RF00051", "mir-17 microRNA precursor family", ""),
        ("TPP", "RF00059", "TPP riboswitch (THI element)", ""),
        ("Xist_exon4", "RF01881", "Xist exon 4", ""),
        ("MALAT1", "RF01871", "metastasis-associated lung adenocarcinoma", ""),
        ("mascRNA-menRNA", "RF01684", "MALAT1-associated small cytoplasmic RNA", ""),
        ("Tymo_tRNA-like", "RF00233", "Tymovirus tRNA-like 3' UTR element", ""),
        ("U1A_PIE", "RF00460", "U1A polyadenylation inhibition element", ""),
        ("Histone3", "RF00032", "Histone 3' UTR stem-loop", ""),
        ("L10_leader", "RF00557", "Ribosomal protein L10 leader", ""),
    ],
)
def test_families_are_housekeeping_or_not(name, accession, description, kind):
    assert housekeeping_kind(name, accession, description) == kind


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=8))
def test_bases_under_several_hits_count_once(spans):
    from tests.lincrna.builders import rfam_hit

    hits = [rfam_hit(start=start, end=start + size) for start, size in spans]
    covered = {base for hit in hits for base in range(hit.start, hit.end)}
    assert rfam._covered_nt(hits) == len(covered)


def toy_with_rnas(folder):
    """The toy with a tRNA in NOV.1.1 and two in the 201 nt of EDGE201.1."""
    toy = write_toy(folder)
    with (toy / "genome.fa").open() as stream:
        first, _, rest = stream.read().partition(">chrM")
    bases = "".join(first.split("\n")[1:])
    for start, insert in (
        (12_650, reverse_complement(TRNA)),  # NOV.1.1 is on the reverse strand
        (15_510, TRNA),
        (15_600, member("tRNA", 2)),
        (4_400, MIRNA),  # in FAR.1
    ):
        bases = bases[:start] + insert + bases[start + len(insert) :]
    (toy / "genome.fa").write_text(f">chr1\n{bases}\n>chrM{rest}")
    return toy


def inputs(toy, **more):
    return FilterInputs(
        assembly=toy / "assembly.gtf",
        genome=toy / "genome.fa",
        annotation=toy / "annotation.gtf",
        **more,
    )


@pytest.fixture(scope="module")
def filtered(models, tmp_path_factory) -> tuple[FilterResult, Path, Path]:
    toy = toy_with_rnas(tmp_path_factory.mktemp("toy"))
    out = tmp_path_factory.mktemp("run")
    result = run_filter(inputs(toy, rfam=models), PACKAGED, out=out)
    return result, toy, out


@pytest.mark.tools
def test_a_candidate_covered_by_housekeeping_families_is_rejected(filtered):
    result, toy, out = filtered
    table = result.to_frame().set_index("transcript_id")
    assert table.reason["EDGE201.1"] == "housekeeping"
    assert table.rfam_family["EDGE201.1"] == "tRNA"
    assert table.rfam_fraction["EDGE201.1"] == pytest.approx(2 * 73 / 201, abs=0.05)
    assert table.housekeeping_fraction["EDGE201.1"] == 0
    assert table.verdict["NOV.1.1"] == "candidate"
    assert table.rfam_accession["NOV.1.1"] == "RF00005"
    assert table.rfam_threshold_bits["NOV.1.1"] == 24.0
    assert 0 < table.rfam_fraction["NOV.1.1"] < 0.2
    assert (table.verdict["FAR.1"], table.rfam_family["FAR.1"]) == (
        "candidate",
        "mir-17",
    )
    assert table.rfam_fraction["FAR.1"] == 0
    # what other criteria reject is not searched
    assert table.rfam_fraction.isna()["ORF.1"]
    header = (out / "tables/transcripts.tsv").read_text().partition("\n")[0]
    assert header.split("\t")[-5:] == [
        *("rfam_family", "rfam_accession", "rfam_bits"),
        *("rfam_threshold_bits", "rfam_fraction"),
    ]
    assert "`rfam_bits`" in (out / "tables/README.md").read_text()
    names = [Path(entry["path"]).name for entry in read_record(out)["inputs"]]
    assert "ready.cm" in names


@pytest.mark.tools
def test_the_explanation_names_family_score_threshold_span_and_strand(filtered):
    result, _, _ = filtered
    text = " ".join(result.explain("EDGE201.1").to_text().split())
    hit = next(
        row for row in result.rows if row.transcript_id == "EDGE201.1"
    ).evidence.rfam.best
    span = f"nt {hit.start + 1}-{hit.end} (+)"
    assert (
        f"tRNA RF00005 (tRNA, housekeeping): {span}, {hit.score_bits:.1f} bits" in text
    )
    assert "gathering threshold 24.0 bits" in text
    assert "Housekeeping families of Rfam cover" in text
    other = " ".join(result.explain("FAR.1").to_text().split())
    assert "mir-17 RF00051 (rejects nothing)" in other
    rejected = " ".join(result.explain("ORF.1").to_text().split())
    assert "Not searched with Rfam: the verdict stands without it." in rejected
    assert "No Rfam family is found in it." in result.explain("SNHG.1").to_text()
    assert any("Searched with Rfam: " in note for note in result.notes)


@pytest.mark.tools
def test_without_rfam_nothing_changes(filtered, tmp_path):
    result, toy, _ = filtered
    without = filter_transcripts(inputs(toy), PACKAGED, cache=tmp_path)
    assert not [name for name in without.to_frame() if name.startswith("rfam")]
    changed = [
        new.transcript_id
        for new, old in zip(result.rows, without.rows, strict=True)
        if new.verdict != old.verdict
    ]
    assert changed == ["EDGE201.1"]


@pytest.mark.tools
def test_the_steps_of_the_workflow_give_the_same_in_any_number_of_blocks(
    filtered, small, models, tmp_path
):
    result, toy, _ = filtered
    domains = small.domains_path
    direct = filter_transcripts(
        inputs(toy, rfam=models, domains=domains), PACKAGED, cache=tmp_path / "cache"
    )
    for n_blocks in (1, 3):
        working = tmp_path / str(n_blocks)
        config = RunConfig(
            samples=tmp_path / "none.tsv",
            genome=toy / "genome.fa",
            annotation=toy / "annotation.gtf",
            out=working,
            domains=domains,
            rfam=models,
            blocks=n_blocks,
            filters=PACKAGED,
        )
        read_steps.prepare_reference(config, working / "reference")
        (working / "merged").mkdir()
        shutil.copy(toy / "assembly.gtf", working / "merged/merged.gtf")
        run_steps(config, working)
        stored = read_working_of(working)
        assert plain(stored.rows) == plain(direct.rows)
        assert stored.notes == direct.notes


def plain(rows):
    """Rows as numbers and words, in which not-a-number equals itself."""
    text = json.dumps([asdict(row) for row in rows])
    return json.loads(text, parse_constant=str, parse_int=float)


def run_steps(config, working):
    def blocks(folder):
        names = [f"block_{number}.tsv" for number in range(1, config.blocks + 1)]
        return [working / folder / name for name in names]

    how = {"threads": 1, "on_step": silent}
    steps.collect_run(config, working, samples=(), blocks=blocks("measured"))
    for block in blocks("measured"):
        out = block.with_suffix(".jsonl")
        steps.measure_block(config, working, block, out=out, **how)
    steps.choose_for_domains(config, working, samples=(), blocks=blocks("domains"))
    for block in blocks("domains"):
        steps.search_domains(config, block, out=block.with_suffix(".jsonl"), **how)
    steps.choose_for_rfam(config, working, samples=(), blocks=blocks("rfam"))
    for block in blocks("rfam"):
        steps.search_rfam(config, block, out=block.with_suffix(".jsonl"), **how)
    steps.filter_run(config, working, samples=())


def read_working_of(working):
    from bioloom.lincrna.output.working import read_working

    (working / "working").mkdir()
    (working / "filtered").rename(working / "working/filtered")
    return read_working(working)
