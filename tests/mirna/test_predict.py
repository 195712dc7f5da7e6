"""Prediction, its files, and the command, on real miRNAs and a real target."""

import csv
import json
import math
import os
import re
import resource
import shutil
import subprocess
from functools import partial
from io import StringIO

import numpy as np
import pytest

from bioloom.errors import BadModel
from bioloom.mirna.chance.background import Background, background_of
from bioloom.mirna.chance.calibration import (
    fit_calibration,
    laws_for,
    load_calibration,
    save_calibration,
)
from bioloom.mirna.chance.evd import TailLaw
from bioloom.mirna.errors import NoSite
from bioloom.mirna.inputs.records import Mirna, Target, read_mirnas, read_targets
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.output.explain import explain
from bioloom.mirna.output.result import COLUMNS
from bioloom.mirna.prediction import predict_records
from bioloom.mirna.search.best_energies import best_energies, perfect_energies
from bioloom.mirna.sites.duplex import fold_all
from bioloom.seq.alphabet import decode, encode
from tests import shell

MIR123 = Mirna("miR-123", encode("AUGUACUGAGCUAGUACUGGA"))
E75 = Target("E75", encode("GCAUUCAUGAUCAUGAUGACCAU"))


bioloom = partial(shell.bioloom, "mirna")


@pytest.fixture
def files(data_dir):
    folder = data_dir / "mirna" / "examples"
    return folder / "bantam_stRNA.fasta", folder / "hid_UTR.fasta"


def drawn_targets(n, length, seed=0):
    rng = np.random.default_rng(seed)
    return [
        Target(f"t{i}", rng.integers(0, 4, length, dtype=np.uint8)) for i in range(n)
    ]


def test_the_worked_example_of_the_notes_has_neither_energy_nor_seed():
    [sites] = predict_records([MIR123], [E75]).sites
    assert (sites.hits.mfe[0], sites.hits.position[0]) == (-7.7, 1)
    assert sites.seeds.names[0] == "none"
    assert sites.lines[0].tolist() == [
        "            AU   UGAU   G",
        "          GC  UCA    CAU ",
        "          CG  AGU    GUA ",
        "AGGUCAUGAU       CAU     ",
    ]
    helix = SearchOptions(seed_region=(2, 8))
    assert len(predict_records([MIR123], [E75], helix).sites[0]) == 0


def test_a_table_has_every_column_and_the_lines_of_the_plain_recursion(files):
    mirnas, targets = read_mirnas(files[0]), list(read_targets(files[1]))
    short = [Target("piece", targets[0].codes[1600:1800])]
    options = SearchOptions(top=3)
    frame = predict_records(mirnas, short, options).to_frame()
    assert [*frame.columns] == [*COLUMNS]
    plain = list(fold_all(mirnas[0].codes, short[0].codes, options))
    lines = frame[[*COLUMNS][-4:]].to_numpy().tolist()
    assert lines == [[*one.lines] for one in plain]
    assert frame["mfe"].tolist() == [one.mfe for one in plain]
    assert frame["p"].isna().all()


@pytest.mark.tools
def test_the_lines_are_rnahybrid_s_own(files, tmp_path):
    if not shutil.which("RNAhybrid"):
        pytest.skip("RNAhybrid is missing; `make test` installs it")
    command = ["RNAhybrid", "-c", "-m", "5000", "-s", "3utr_fly", "-b", "3"]
    theirs = subprocess.run(
        [*command, "-q", files[0], "-t", files[1]],
        capture_output=True,
        text=True,
        check=True,
    )
    ours = bioloom(
        *("predict", *files, "--top", 3),
        *("--p-values", "3utr_fly", "--format", "rnahybrid"),
    )
    assert ours.stdout == theirs.stdout


def test_threads_and_reading_ahead_change_nothing():
    mirnas = [Mirna(f"m{i}", encode("UGAGGUAGUAGGUUGUAUAGU"[i:])) for i in range(3)]
    targets = drawn_targets(30, 300)
    one, two = (
        predict_records(mirnas, targets, threads=threads).to_frame()
        for threads in (1, 2)
    )
    assert one.equals(two)
    assert one["target"].drop_duplicates().tolist() == [t.name for t in targets]


@pytest.mark.slow
def test_p_values_hold_on_new_random_targets():
    background = Background(np.full((4, 4), 1), np.array([200, 400]))
    mirna = Mirna("let-7", encode("UGAGGUAGUAGGUUGUAUAGU"))
    for options in (SearchOptions(), SearchOptions(seed_region=(2, 7))):
        found = fit_calibration(
            [mirna], background, options, n_samples=4000, rng_seed=1
        )
        new = list(background.draw(np.random.default_rng(2), 4000))
        mfe = best_energies([mirna.codes], new, options)[:, 0] / 100
        lengths = np.array([len(one) for one in new])
        share = (found.laws["let-7"].p_value(mfe, lengths) <= 0.05).mean()
        assert 0.035 <= share <= 0.065


def test_a_calibration_is_kept_and_holds_for_its_own_rules_alone(tmp_path):
    path, options = tmp_path / "laws.json", SearchOptions()
    background = background_of(one.codes for one in drawn_targets(20, 300))
    made = fit_calibration([MIR123], background, options, n_samples=600)
    save_calibration(made, path)
    kept = load_calibration(path)
    assert laws_for([MIR123], kept, options, where=path) == [made.laws["miR-123"]]
    with pytest.raises(BadModel, match="found laws of other rules"):
        laws_for([MIR123], kept, SearchOptions(seed_region=(2, 8)), where=path)
    with pytest.raises(BadModel, match="found no law of other"):
        laws_for([Mirna("other", MIR123.codes)], kept, options, where=path)
    path.write_text("{}")
    with pytest.raises(BadModel, match="found no calibration in it"):
        load_calibration(path)


def test_every_explained_number_is_the_prediction_s(files):
    [mirna], [target] = read_mirnas(files[0]), list(read_targets(files[1]))
    law = TailLaw(limit=15.0, level=-12.0, slope=0.5, curve=0.01, most=0.01)
    [sites] = predict_records([mirna], [target], SearchOptions(top=2), laws=[law]).sites
    for number in (1, 2):
        told = explain(mirna, target, number=number, law=law)
        values = [step.value.number for step in told.steps if step.value]
        row = number - 1
        ratio = sites.hits.units[row] / sites.mirnas.perfect[0]
        wanted = [sites.hits.mfe[row], ratio, sites.score[row], sites.p[row]]
        assert values == pytest.approx(wanted)
        sums = told.steps[1].detail[-1].split()
        assert float(sums[-1]) == pytest.approx(sites.hits.mfe[row])


def test_without_a_site_the_explanation_says_so():
    told = explain(MIR123, E75, SearchOptions(seed_region=(2, 8)))
    assert told.title == "miR-123 on E75: no site"
    assert "No site with miRNA bases 2 to 8 in one helix exists." in told.to_text()


def test_the_perfect_complement_is_the_firmest_target():
    codes = [MIR123.codes, encode("ACGUACGUACGUACGUACGU")]
    [sites] = predict_records(
        [Mirna("m", codes[1])], [Target("t", encode("TT" + "ACGT" * 5 + "TT"))]
    ).sites
    assert perfect_energies(codes)[1] >= sites.hits.units[0]  # it may dangle as well


def table(text):
    return list(csv.DictReader(StringIO(text), delimiter="\t"))


def test_the_command_writes_a_table(files, tmp_path):
    out = tmp_path / "sites.tsv"
    done = bioloom("predict", *files, "--max-mfe", -18, "--out", out)
    assert done.returncode == 0, done.stderr
    rows = table(out.read_text())
    assert [*rows[0]] == [*COLUMNS]
    energies = [float(row["mfe"]) for row in rows]
    assert energies == sorted(energies)
    assert max(energies) <= -18
    assert all(0 < float(row["p"]) < 0.2 for row in rows[:2])
    assert f"{len(rows)} sites" in done.stderr
    spans = sorted((int(row["start"]), int(row["end"])) for row in rows)
    assert all(
        left[1] <= right[0] for left, right in zip(spans, spans[1:], strict=False)
    )


def test_very_few_bases_give_no_p_values_and_the_reason(files, tmp_path):
    few = tmp_path / "few.fa"
    few.write_text(">a\n" + "ACGUUGCAUC" * 19 + "\n")
    done = bioloom("predict", files[0], few)
    assert {row["p"] for row in table(done.stdout)} == {""}
    assert "no p-values for targets below 200 bases" in done.stderr


def test_a_calibration_of_another_composition_warns_with_both_figures(files, tmp_path):
    rich, laws = tmp_path / "rich.fa", tmp_path / "laws.json"
    sequence = np.random.default_rng(7).choice([*"AUGCGC"], 3000)
    rich.write_text(f">a\n{''.join(sequence)}\n")
    bioloom("calibrate", files[0], rich, "--out", laws, "--samples", 800)
    done = bioloom("predict", *files, "--calibration", laws)
    gc = [float(each) for each in re.findall(r"([0-9.]+)%", done.stderr)]
    assert gc == pytest.approx([67, 31], abs=1)
    assert done.stderr.count("G+C") == 1
    assert "G+C" not in bioloom("predict", files[0], rich, "--calibration", laws).stderr
    entries = json.loads(laws.read_text())
    del entries["gc"]
    laws.write_text(json.dumps(entries | {"format": "bioloom mirna calibration 1"}))
    done = bioloom("predict", *files, "--calibration", laws)
    assert done.returncode == 0
    assert "G+C" not in done.stderr


def test_targets_come_through_a_pipe_and_p_values_by_preset(files):
    done = bioloom(
        *("predict", files[0], "-", "--p-values", "3utr_fly"),
        input=files[1].read_text(),
    )
    [row] = table(done.stdout)
    assert float(row["p"]) == pytest.approx(float(row["q"]), rel=1e-2)
    assert 0 < float(row["p"]) < 0.01


def test_bed_and_gff3_are_lifted_through_the_introns(tmp_path):
    (tmp_path / "m.fa").write_text(">m\nUGAGGUAGUAGGUUGUAUAGUU\n")
    site = "AACUAUACAACCUACUACCUCA"
    spliced = "C" * 10 + site + "C" * 10
    (tmp_path / "t.fa").write_text(f">tx\n{spliced}\n")
    rows = ((101, 115), (201, 227))
    (tmp_path / "a.gtf").write_text(
        "".join(
            f'chr1\tx\texon\t{a}\t{b}\t.\t-\t.\tgene_id "g"; transcript_id "tx";\n'
            for a, b in rows
        )
    )
    given = ("predict", tmp_path / "m.fa", tmp_path / "t.fa")
    bed = bioloom(*given, "--format", "bed", "--gtf", tmp_path / "a.gtf")
    fields = bed.stdout.rstrip("\n").split("\t")
    # 42 nt, bases 10 to 32 from the 5' end lie 10 to 32 from the right, too
    assert fields[:4] == ["chr1", "110", "217", "m"]
    assert fields[5:] == ["-", "110", "217", "0", "2", "5,17", "0,90"]
    gff = bioloom(*given, "--format", "gff3", "--gtf", tmp_path / "a.gtf")
    lines = [line.split("\t") for line in gff.stdout.splitlines()[1:]]
    assert [line[3:5] for line in lines] == [["111", "115"], ["201", "217"]]
    assert "seed=8mer" in lines[0][8]
    (tmp_path / "t.fa").write_text(f">other\n{spliced}\n")
    lost = bioloom(*given, "--format", "bed", "--gtf", tmp_path / "a.gtf")
    assert lost.returncode == 1
    assert "other: found no transcript or gene of its name" in lost.stderr


@pytest.mark.slow
def test_auto_p_values_are_fitted_to_the_targets(tmp_path):
    (tmp_path / "m.fa").write_text(">m\nUGAGGUAGUAGGUUGUAUAGUU\n")
    with (tmp_path / "t.fa").open("w") as stream:
        for one in drawn_targets(70, 300):
            stream.write(f">{one.name}\n{decode(one.codes)}\n")
    done = bioloom("predict", tmp_path / "m.fa", tmp_path / "t.fa")
    p = np.array([float(row["p"]) for row in table(done.stdout)])
    assert len(p) == 70
    assert 0.3 < p.mean() < 0.7
    q = [float(row["q"]) for row in table(done.stdout)]
    assert min(q) >= min(p)


def test_swapped_files_leave_no_output(files, tmp_path):
    out = tmp_path / "sites.tsv"
    done = bioloom("predict", files[1], files[0], "--out", out)
    assert done.returncode == 1
    assert "Were the two files swapped?" in done.stderr
    assert [*tmp_path.iterdir()] == []


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))


def test_a_full_disk_is_one_message_and_leaves_nothing(files, tmp_path):
    out = tmp_path / "sites.tsv"
    # the compiler's cache needs no room: the code is there already
    bioloom("predict", *files, "--out", tmp_path / "before.tsv")
    done = bioloom(
        *("predict", *files, "--out", out),
        preexec_fn=small_files,
    )
    assert done.returncode == 1, done.stderr
    assert "found that it cannot be written (file too large)" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["before.tsv"]


def test_a_folder_that_may_not_be_written_is_told(files):
    done = bioloom("predict", *files, "--out", "/proc/none/sites.tsv")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_pipe_is_written_to_and_stays_one(files, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True)
    bioloom("predict", *files, "--out", pipe)
    told, _ = reader.communicate(timeout=60)
    assert told.startswith("mirna\ttarget")
    assert pipe.is_fifo()


def test_parquet_holds_the_same_table(files, tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")
    given = ("predict", *files, "--top", 3, "--p-values", "3utr_fly")
    bioloom(*given, "--format", "parquet", "--out", tmp_path / "sites.parquet")
    rows = pq.read_table(tmp_path / "sites.parquet").to_pylist()
    shown = table(bioloom(*given).stdout)
    assert [*rows[0]] == [*COLUMNS]
    assert [f"{row['mfe']:.2f}" for row in rows] == [row["mfe"] for row in shown]
    assert [f"{row['q']:.3g}" for row in rows] == [row["q"] for row in shown]


def test_explain_and_draw_from_the_shell(files, tmp_path):
    told = bioloom("explain", *files, "--p-values", "3utr_fly", "--format", "json")
    assert math.isclose(json.loads(told.stdout)["steps"][1]["value"]["number"], -27.9)
    stem = tmp_path / "bantam"
    assert bioloom("draw", *files, "--out", stem).returncode == 0
    assert stem.with_suffix(".png").stat().st_size > 5000
    assert bioloom("draw", *files, "--map", "--out", stem).returncode == 0
    none = bioloom("draw", *files, "--map", "--max-mfe", -90, "--out", stem)
    assert none.returncode == 1
    assert "found no such site" in none.stderr
    unknown = bioloom("explain", *files, "--mirna", "bantam")
    assert "found no miRNA 'bantam'" in unknown.stderr
    assert NoSite("m", "t").mirna == "m"


def test_the_page_needs_nothing_else(files, tmp_path):
    page = tmp_path / "page.html"
    out = tmp_path / "sites.tsv"
    options = ("--max-mfe", -15, "--report", page, "--out", out)
    done = bioloom("predict", *files, *options, "--p-values", "3utr_fly")
    assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert "http:" not in text.replace("http://www.w3.org", "")
    assert "https:" not in text
    assert "-27.90" in text
    assert text.count("<figure") >= 3


def test_standard_input_is_not_a_file_of_that_name(tmp_path):
    """Targets of a pipe are read once, also where somebody has a file called -."""
    (tmp_path / "-").write_text("mine\n")
    (tmp_path / "m.fa").write_text(">m\nUGAGAUCAUUUUGAAAGCUGAUU\n")
    targets = ">t\nGGCUGAUUUCAAAAUGAUCUCAAC\n"
    done = shell.bioloom("mirna", "predict", "m.fa", "-", cwd=tmp_path, input=targets)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 2
