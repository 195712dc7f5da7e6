"""Likeness to proteins: real and planted ones, by each of the three programs."""

import gzip
import json
import random
import re
import shutil
import subprocess
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path

import pytest

from bioloom.errors import BadFasta, MissingFile, ToolFailed, ToolMissing
from bioloom.lincrna.coding.orf import longest_orfs, protein_of
from bioloom.lincrna.filtering import filter_transcripts, run_filter
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.output.working import read_working
from bioloom.lincrna.settings import FilterSettings, RunConfig
from bioloom.lincrna.verdict import homology_tools
from bioloom.lincrna.verdict.homology import ProteinLibrary
from bioloom.lincrna.verdict.homology_tools import (
    Alignment,
    SearchTool,
    chosen_tool,
)
from bioloom.lincrna.verdict.proteins import ProteinFile
from bioloom.lincrna.verdict.searches import read_homology_hits, write_hits
from bioloom.lincrna.verdict.sequences import Spliced
from bioloom.lincrna.workflow import read_steps, steps
from bioloom.run.progress import silent
from bioloom.run.record import read_record
from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.fasta import Record, read_fasta, write_fasta
from tests.lincrna.builders import protein_hit
from tests.lincrna.toy import write_toy
from tests.programs import needed

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
TOOLS = [
    "phmmer",
    pytest.param("diamond", marks=pytest.mark.tools),
    pytest.param("mmseqs", marks=pytest.mark.tools),
]
PACKAGED = FilterSettings(coding_model="packaged", coding_threshold=1.0)


@pytest.fixture(params=TOOLS)
def tool(request):
    if request.param != "phmmer":
        needed(request.param)
    return request.param


def noise(n, rng_seed):
    return "".join(random.Random(rng_seed).choices("ACGT", k=n))


def random_proteins(n, rng_seed=1):
    rng = random.Random(rng_seed)
    return [
        Record(f"P{i}", "".join(rng.choices(AMINO_ACIDS, k=rng.randint(90, 300))))
        for i in range(n)
    ]


# the standard genetic code as NCBI prints it, bases in the order TCAG
CODE = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
CODONS = {
    amino_acid: [
        "".join(codon)
        for codon, meaning in zip(product("TCAG", repeat=3), CODE, strict=True)
        if meaning == amino_acid
    ]
    for amino_acid in AMINO_ACIDS
}


RANDOM_CODONS = "".join(
    CODONS[each][0] for each in random.Random(1).choices(AMINO_ACIDS, k=100)
)


def retrocopy(protein, rng, mutated=0.2):
    """Codons of a protein, a fifth of them those of any amino acid."""
    return "".join(
        rng.choice(CODONS[rng.choice(AMINO_ACIDS) if rng.random() < mutated else each])
        for each in protein
    )


def library(folder, proteins, tool="phmmer", **settings):
    path = folder / "proteins.fa"
    write_fasta(path, proteins)
    return ProteinLibrary(path, FilterSettings(homology_tool=tool, **settings))


def members(hits, coverage=0.5):
    return {name for name, hit in hits.items() if hit and hit.coverage >= coverage}


def test_planted_retrocopies_are_found_on_the_strand_that_counts(tool, tmp_path):
    rng = random.Random(3)
    proteins = random_proteins(15)
    planted = []
    for number, record in enumerate(proteins):
        copy = noise(50, number) + retrocopy(record.sequence, rng) + noise(80, -number)
        other = reverse_complement(copy)
        planted += [
            Spliced(f"sense {number}", "+", copy),
            Spliced(f"antisense {number}", "-", other),
            Spliced(f"open {number}", ".", other),
        ]
    hits = library(tmp_path, proteins, tool).search(planted)
    assert list(hits) == [tx.transcript_id for tx in planted]
    for number, record in enumerate(proteins):
        for kind, strand in (("sense", "+"), ("open", "-")):
            hit = hits[f"{kind} {number}"]
            assert hit.protein == record.name
            assert hit.coverage > 0.8
            assert 0.7 < hit.identity < 0.95
            assert hit.segment[0] == strand
            assert hit.end_aa - hit.start_aa <= len(record.sequence) + 60
            assert hit.protein_end <= len(record.sequence)
        assert hits[f"antisense {number}"] is None


def test_noise_and_shuffled_proteins_resemble_nothing(tool, tmp_path):
    rng = random.Random(4)
    proteins = random_proteins(20)
    shuffled = [
        Record(each.name, "".join(rng.sample(each.sequence, len(each.sequence))))
        for each in proteins
    ]
    planted = [
        Spliced(f"t{i}", ".", retrocopy(each.sequence, rng, mutated=0))
        for i, each in enumerate(proteins)
    ]
    planted += [Spliced(f"n{i}", ".", noise(1500, i)) for i in range(8)]
    hits = library(tmp_path, shuffled, tool).search(planted)
    assert set(hits.values()) == {None}


UNITS = ("CAG", "GGGGCC", "GGTCCACCA", "AGATCT", "TTAGGG", "CA", "GAA", "GCC")


def test_simple_repeats_resemble_no_repeats_of_proteins(tool, tmp_path):
    kinds = ("Q", "GP", "GPP", "RS", "A", "E", "S", "GR", "PR", "HT", "LG", "VR", "K")
    proteins = [Record(f"only {k}".replace(" ", ""), k * 80) for k in kinds]
    proteins += [
        Record(each.name, each.sequence[:80] + k * 30 + each.sequence[80:])
        for each, k in zip(random_proteins(len(kinds)), kinds, strict=True)
    ]
    rng = random.Random(6)
    repeats = [
        Spliced(
            f"{unit} {changed}",
            ".",
            "".join(
                rng.choice("ACGT") if rng.random() < changed else base
                for base in unit * (600 // len(unit))
            ),
        )
        for unit in UNITS
        for changed in (0, 0.03)
    ]
    assert members(library(tmp_path, proteins, tool).search(repeats)) == set()


def test_parts_and_threads_give_what_the_whole_gives(tool, tmp_path):
    rng = random.Random(8)
    proteins = random_proteins(20)
    planted = [
        Spliced(
            f"t{i}", "+.-"[i % 3], noise(30, i) + retrocopy(each.sequence, rng, mutated)
        )
        for i, (each, mutated) in enumerate(product(proteins, (0.5, 0.95)))
    ]
    searched = library(tmp_path, proteins, tool)
    whole = searched.search(planted, threads=2)
    parts = {}
    for start in range(0, len(planted), 17):
        parts |= searched.search(planted[start : start + 17])
    assert parts == whole
    assert any(whole.values())
    assert not all(whole.values())
    assert searched.search([]) == {}
    assert searched.search([Spliced("short", "+", "ACGT")]) == {"short": None}


def test_evalues_count_the_proteins_of_the_file(tool, tmp_path):
    rng = random.Random(9)
    proteins = random_proteins(20)
    planted = [Spliced("t", "+", retrocopy(proteins[0].sequence, rng, 0.3))]
    few, many = (
        library(tmp_path, proteins + random_proteins(n, rng_seed=5)[20:], tool)
        .search(planted)["t"]
        .evalue
        for n in (20, 220)
    )
    assert few * 5 < many < few * 30


def test_pieces_in_two_frames_count_together(tmp_path):
    """A deletion shifts the frame: each half covers its part of the protein."""
    protein = random_proteins(1)[0]
    copy = retrocopy(protein.sequence, random.Random(1), mutated=0)
    middle = len(copy) // 2
    shifted = Spliced("t", "+", copy[:middle] + copy[middle + 1 :])
    hit = library(tmp_path, [protein]).search([shifted])["t"]
    assert hit.n_segments == 2
    assert hit.coverage > 0.9
    assert hit.protein_end - hit.protein_start < 0.7 * len(protein.sequence)


def test_overlapping_alignments_count_once(tmp_path, monkeypatch):
    spans = [(0, 30), (20, 50), (80, 90)]
    found = [
        Alignment(0, 0, 10.0**-number, 50, 0.5, 0, 30, *span)
        for number, span in enumerate(spans, 6)
    ]
    monkeypatch.setattr(homology_tools, "_ALIGN", {"phmmer": lambda job: iter(found)})
    protein = Record("P", "".join(random.Random(1).choices(AMINO_ACIDS, k=100)))
    hit = library(tmp_path, [protein]).search([Spliced("t", "+", RANDOM_CODONS)])
    assert hit["t"].coverage == 0.6
    assert hit["t"].evalue == 1e-8
    assert (hit["t"].protein_start, hit["t"].protein_end) == (80, 90)


def test_one_that_rejects_is_shown_before_a_better_one_that_does_not(
    tmp_path, monkeypatch
):
    long, short = (
        Alignment(0, 0, 1e-90, 300, 1, 0, 40, 0, 40),
        Alignment(0, 1, 1e-9, 60, 0.5, 0, 80, 0, 80),
    )
    for found in ([long, short], [short, long]):
        align = {"phmmer": lambda job, found=found: iter(found)}
        monkeypatch.setattr(homology_tools, "_ALIGN", align)
        rng = random.Random(1)
        proteins = [Record(n, "".join(rng.choices(AMINO_ACIDS, k=100))) for n in "ab"]
        planted = [Spliced("t", "+", RANDOM_CODONS)]
        assert library(tmp_path, proteins).search(planted)["t"].protein == "b"
        loose = library(tmp_path, proteins, min_homology_coverage=0.0)
        assert loose.search(planted)["t"].protein == "a"


# real proteins and transcripts


def coding(path):
    """Records of protein-coding transcripts, by gene symbol in capitals."""
    for record in read_fasta(path):
        if "transcript_biotype:protein_coding" in record.description:
            symbol = re.search(r"gene_symbol:(\S+)", record.description)
            yield (symbol[1].upper() if symbol else ""), record


@pytest.fixture(scope="session")
def human_proteins(data_dir, tmp_path_factory):
    """Longest ORFs of human mRNAs, and the symbol of each."""
    symbols, proteins = {}, []
    source = data_dir / "lincrna/coding_potential/h_sapiens_random2000.fa.gz"
    for symbol, record in coding(source):
        longest = longest_orfs(record.sequence, "+").complete
        if longest and longest.length_aa >= 100:
            symbols[record.name] = symbol
            proteins.append(Record(record.name, protein_of(longest, record.sequence)))
    path = tmp_path_factory.mktemp("human") / "human.fa.gz"
    write_fasta(path, proteins)
    return path, symbols


def test_mouse_mrnas_resemble_their_human_orthologues(tool, data_dir, human_proteins):
    path, symbols = human_proteins
    source = data_dir / "lincrna/coding_potential/m_musculus_random1000.fa.gz"
    mice = [
        (symbol, record)
        for symbol, record in coding(source)
        if symbol in symbols.values()
        and (longest_orfs(record.sequence, "+").complete or 0)
        and longest_orfs(record.sequence, "+").complete.length_aa >= 100
    ]
    assert len(mice) >= 10
    searched = [Spliced(record.name, "+", record.sequence) for _, record in mice]
    hits = ProteinLibrary(path, FilterSettings(homology_tool=tool)).search(searched)
    own = [
        bool(hits[record.name]) and symbols[hits[record.name].protein] == symbol
        for symbol, record in mice
    ]
    assert sum(own) >= 0.8 * len(own)
    assert len(members(hits)) >= 0.6 * len(mice)


def test_lncrnas_resemble_hardly_any_protein(tool, data_dir, human_proteins):
    source = data_dir / "lincrna/coding_potential_more/cow/lncrna.fa.gz"
    n_searched = 40 if tool == "phmmer" else 400
    rows = [Spliced(each.name, "+", each.sequence) for each in read_fasta(source)]
    searched = rows[:: len(rows) // n_searched]
    found = ProteinLibrary(human_proteins[0], FilterSettings(homology_tool=tool))
    assert len(members(found.search(searched))) <= 0.01 * len(searched)


@pytest.mark.tools
def test_diamond_blastx_and_phmmer_say_the_same_of_clear_cases(
    data_dir, human_proteins, tmp_path
):
    """DIAMOND translates by itself here; phmmer searches what we translate."""
    needed("diamond")
    path, _ = human_proteins
    source = data_dir / "lincrna/coding_potential_more/cow/mrna.fa.gz"
    searched = [
        Spliced(each.name, "+", each.sequence)
        for number, each in enumerate(read_fasta(source))
        if number % 24 == 0
    ]
    write_fasta(
        tmp_path / "t.fa", (Record(tx.transcript_id, tx.sequence) for tx in searched)
    )
    out = tmp_path / "hits.tsv"
    subprocess.run(
        [
            *("diamond", "blastx", "--strand", "plus", "--very-sensitive", "--quiet"),
            *("--query", tmp_path / "t.fa", "--db", path, "--out", out),
            *("--evalue", "1", "--outfmt", "6", "qseqid", "evalue"),
        ],
        check=True,
    )
    best = {}
    for line in out.read_text().splitlines():
        name, evalue = line.split("\t")
        best[name] = min(float(evalue), best.get(name, 9.0))
    clear = {name for name, evalue in best.items() if evalue < 1e-20}
    assert len(clear) >= 5
    for name in ("diamond", "mmseqs", "phmmer"):
        if shutil.which(name) or name == "phmmer":
            library = ProteinLibrary(path, FilterSettings(homology_tool=name))
            hits = library.search(searched)
            assert clear <= {name for name, hit in hits.items() if hit}
            assert not {n for n, hit in hits.items() if hit and hit.evalue < 1e-20} - {
                *best
            }


# the file of proteins


def test_packed_proteins_with_odd_letters_are_read(tmp_path):
    path = tmp_path / "p.fa.gz"
    with gzip.open(path, "wt") as stream:
        stream.write(">a first one\nMKVLUOBZJ-*\n>b\nmkvlaagivg\nWW*\n")
    proteins = ProteinFile(path)
    assert list(proteins.sequences()) == ["MKVLXXXXXX", "MKVLAAGIVGWW"]
    assert [(each.name, each.length_aa) for each in proteins.proteins] == [
        ("a", 10),
        ("b", 12),
    ]
    assert proteins.proteins[0].description == "first one"
    assert proteins.warnings == ()


def test_records_that_are_no_proteins_are_left_out_and_counted(tmp_path):
    path = tmp_path / "p.fa"
    path.write_text(">a\nMKVLAAGIVG\n>b\n>c\nMEEPQSDPSV\n>dna\nACGTNNACGTTGCA\n")
    proteins = ProteinFile(path)
    assert [each.name for each in proteins.proteins] == ["a", "c"]
    assert list(proteins.sequences()) == ["MKVLAAGIVG", "MEEPQSDPSV"]
    [warning] = proteins.warnings
    assert warning.startswith("2 records of p.fa left out")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (">a\nACGTACGTNN\n>b\nACGTTGCA\n>c\nMKVLAAGIVG\n", "nucleotides in 2 of 3 rec"),
        (">a\nMKVLAAGIVG\n>b\nMEEPQ\n>a\nMKWLA\n", "two proteins called 'a'"),
        (">a\n>b\n", "no protein"),
        ("", "p.fa: found"),
        ("hello\n", "p.fa: found|line 1"),
    ],
)
def test_a_file_that_holds_no_usable_proteins_is_told(tmp_path, text, found):
    path = tmp_path / "p.fa"
    path.write_text(text)
    with pytest.raises(BadFasta, match=found):
        ProteinFile(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingFile, match=r"none\.fa: .*protein FASTA"):
        ProteinFile(tmp_path / "none.fa")


# the program


def test_auto_takes_the_first_program_that_is_there(monkeypatch):
    there = {"mmseqs"}
    monkeypatch.setattr(
        shutil, "which", lambda name: f"/bin/{name}" if name in there else None
    )
    monkeypatch.setattr(homology_tools, "version", lambda tool: f"1 of {tool.name}")
    assert chosen_tool("auto") == SearchTool("mmseqs", "1 of mmseqs")
    there.add("diamond")
    assert chosen_tool("auto").name == "diamond"
    assert chosen_tool("mmseqs").title == "MMseqs2 1 of mmseqs"
    there.clear()
    assert chosen_tool("auto").name == "phmmer"
    with pytest.raises(ToolMissing, match="diamond: .*apt-get install diamond-aligner"):
        chosen_tool("diamond")


@pytest.mark.parametrize("name", ["diamond", "mmseqs"])
def test_a_program_that_fails_is_quoted(tmp_path, monkeypatch, name):
    program = tmp_path / "bin" / name
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'No space left on device' >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    searched = ProteinLibrary.__new__(ProteinLibrary)
    write_fasta(tmp_path / "p.fa", random_proteins(2))
    searched = ProteinLibrary(
        tmp_path / "p.fa", FilterSettings(), SearchTool(name, "1.0")
    )
    with pytest.raises(ToolFailed, match="exit code 3(.|\n)*No space left on device"):
        searched.search([Spliced("t", "+", noise(900, 1))])


def test_what_phmmer_will_take_is_told(tmp_path, caplog):
    caplog.set_level("INFO")
    searched = library(tmp_path, random_proteins(5))
    told = []
    searched.search(
        [Spliced("t", "+", noise(900, 1))], on_step=lambda *step: told.append(step)
    )
    assert "5 proteins by phmmer, pyhmmer" in caplog.text
    assert "CPU time" in caplog.text
    assert told[0][1:] == (0, 1)
    assert told[-1][1:] == (1, 1)


def test_hits_are_written_unrounded_and_read_back(tmp_path):
    found = {"a": protein_hit(evalue=1 / 3), "b": None, 'c"\t': protein_hit()}
    write_hits(found, tmp_path / "1.jsonl")
    assert read_homology_hits([tmp_path / "1.jsonl"]) == found


# the filters

PIECE = "".join(random.Random(12).choices("ACDEFGHIKLNPQRSTVWY", k=90))  # no M


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """The toy with 90 codons of a protein in an exon of NOV.1.1, without ATG."""
    folder = write_toy(tmp_path_factory.mktemp("toy"))
    first, _, rest = (folder / "genome.fa").read_text().partition(">chrM")
    bases = "".join(first.split("\n")[1:])
    codons_of = {
        each: [codon for codon in CODONS[each] if "AT" not in codon] or CODONS[each]
        for each in AMINO_ACIDS
    }
    rng = random.Random(2)
    insert = reverse_complement("".join(rng.choice(codons_of[each]) for each in PIECE))
    bases = bases[:12_615] + insert + bases[12_615 + len(insert) :]
    (folder / "genome.fa").write_text(f">chr1\n{bases}\n>chrM{rest}")
    proteins = [Record("KIN1", PIECE, "a kinase"), *random_proteins(5)]
    write_fasta(folder / "proteins.fa", proteins)
    return folder


def inputs(toy, **more):
    return FilterInputs(
        assembly=toy / "assembly.gtf",
        genome=toy / "genome.fa",
        annotation=toy / "annotation.gtf",
        **more,
    )


@pytest.fixture(scope="module")
def filtered(toy, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    settings = replace(PACKAGED, homology_tool="phmmer")
    given = inputs(toy, proteins=toy / "proteins.fa")
    return run_filter(given, settings, out=out), out


def test_a_candidate_that_resembles_a_protein_is_rejected(filtered):
    result, out = filtered
    table = result.to_frame().set_index("transcript_id")
    assert table.reason["NOV.1.1"] == table.failed["NOV.1.1"] == "homology"
    assert table.homolog["NOV.1.1"] == "KIN1"
    assert table.homolog_coverage["NOV.1.1"] > 0.9
    assert table.homolog_identity["NOV.1.1"] == 1
    assert table.homolog_evalue["NOV.1.1"] < 1e-20
    assert table.homology_verdict["NOV.1.1"] == "fail"
    assert table.homology_verdict["FAR.1"] == "pass"
    assert table.homology_verdict["ORF.1"] == "not needed"
    header = (out / "tables/transcripts.tsv").read_text().partition("\n")[0]
    assert header.split("\t")[-7:] == [
        *("homology_verdict", "homolog", "homolog_evalue", "homolog_bits"),
        *("homolog_identity", "homolog_coverage", "homolog_segment"),
    ]
    assert "`homolog_coverage`" in (out / "tables/README.md").read_text()
    record = read_record(out)
    assert "proteins.fa" in [Path(entry["path"]).name for entry in record["inputs"]]
    assert record["tools"] == {"phmmer": record["packages"]["pyhmmer"]}
    attrition = (out / "tables/attrition.tsv").read_text()
    assert "transcript\tnovel\thomology\t" in attrition


def test_the_explanation_names_the_protein_and_the_places(filtered):
    result, out = filtered
    for shown in (result, read_working(out)):
        text = " ".join(shown.explain("NOV.1.1").to_text().split())
        assert "The most similar one is KIN1: its alignments cover" in text
        assert "a kinase" in text
        assert "100.0% identical" in text
        assert "1 segment resembles it" in text
        assert "fails by intergenic, orf, coding, domain, homology." in text
        other = " ".join(shown.explain("FAR.1").to_text().split())
        assert "None of its translated frames resembles a protein" in other
        rejected = " ".join(shown.explain("ORF.1").to_text().split())
        assert (
            "Not compared with proteins: the verdict stands without them." in rejected
        )
        [note] = [note for note in shown.notes if "Compared with 6 proteins" in note]
        assert "by phmmer, pyhmmer" in note


def test_without_proteins_nothing_changes(filtered, toy, tmp_path):
    result, _ = filtered
    without = filter_transcripts(inputs(toy), PACKAGED, cache=tmp_path)
    assert not [name for name in without.to_frame() if name.startswith("homolog")]
    text = without.explain("NOV.1.1").to_text()
    assert "roteins" not in text.replace("reference proteins", "")
    assert "homology" not in text
    changed = [
        new.transcript_id
        for new, old in zip(result.rows, without.rows, strict=True)
        if new.verdict != old.verdict
    ]
    assert changed == ["NOV.1.1"]


def test_an_isoform_that_resembles_a_protein_rejects_the_locus(toy, tmp_path):
    own = toy / "with_isoform.gtf"
    piece = (toy / "assembly.gtf").read_text()
    row = (
        'chr1\ttoy\texon\t{}\t{}\t.\t-\t.\tgene_id "NOV.1"; transcript_id "NOV.1.2";\n'
    )
    own.write_text(piece + row.format(11_801, 12_100) + row.format(12_880, 13_000))
    given = replace(inputs(toy, proteins=toy / "proteins.fa"), assembly=own)
    for strictness, expected in (("locus", "locus"), ("transcript", "")):
        settings = replace(PACKAGED, homology_tool="phmmer", strictness=strictness)
        result = filter_transcripts(given, settings, cache=tmp_path)
        rows = {row.transcript_id: row for row in result.rows}
        assert rows["NOV.1.2"].reason == expected
        assert rows["NOV.1.1"].reason == "homology"
    assert rows["NOV.1.2"].spoiled_by == ("homology:NOV.1.1",)


def test_the_steps_of_the_workflow_give_the_same_in_any_number_of_blocks(
    filtered, toy, tmp_path
):
    result, _ = filtered
    for n_blocks in (1, 3):
        working = tmp_path / str(n_blocks)
        config = RunConfig(
            samples=tmp_path / "none.tsv",
            genome=toy / "genome.fa",
            annotation=toy / "annotation.gtf",
            out=working,
            proteins=toy / "proteins.fa",
            blocks=n_blocks,
            filters=replace(PACKAGED, homology_tool="phmmer"),
        )
        read_steps.prepare_reference(config, working / "reference")
        (working / "merged").mkdir()
        shutil.copy(toy / "assembly.gtf", working / "merged/merged.gtf")
        run_steps(config, working)
        (working / "working").mkdir()
        (working / "filtered").rename(working / "working/filtered")
        stored = read_working(working)
        assert plain(stored.rows) == plain(result.rows)
        assert stored.notes == result.notes


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
    steps.choose_for_homology(config, working, samples=(), blocks=blocks("homology"))
    for block in blocks("homology"):
        out = block.with_suffix(".jsonl")
        steps.search_homology(config, working, block, out=out, **how)
    steps.filter_run(config, working, samples=())


def test_the_command_takes_proteins_and_tells_what_is_wrong(toy, tmp_path, bioloom_cli):
    words = ["lincrna", "filter", "--gtf", toy / "assembly.gtf"]
    words += ["--genome", toy / "genome.fa", "--annotation", toy / "annotation.gtf"]
    words += ["--coding-model", "packaged", "--homology-tool", "phmmer", "--json"]
    dna = toy / "genome.fa"
    code, _, told = bioloom_cli(*words, "--proteins", dna, "--out", tmp_path / "bad")
    assert code == 1
    assert "Give the proteins, not their mRNAs or CDS." in told
    assert "Traceback" not in told
    proteins = toy / "proteins.fa"
    code, out, told = bioloom_cli(
        *words, "--proteins", proteins, "--out", tmp_path / "run"
    )
    assert code == 0
    assert json.loads(out)["n_transcripts"] > 10
    assert "Compared with 6 proteins by phmmer" in told
    page = (tmp_path / "run/report.html").read_text()
    assert "likeness to a known protein" in page
