"""From an assembly to candidates, on the toy genome."""

import csv
import gzip
import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from bioloom.errors import BadAnnotation, ChromNamesDiffer, MissingFile, OutputExists
from bioloom.genome.gtf import read_annotation
from bioloom.lincrna.coding.potential import load_model, save_model
from bioloom.lincrna.filtering import filter_transcripts, run_filter
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.output.explain import explain
from bioloom.lincrna.output.working import read_transcript, read_working
from bioloom.lincrna.settings import FilterSettings
from bioloom.run.record import read_record
from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.fasta import read_fasta
from tests.lincrna.toy import REASONS, write_toy

GOLDEN = Path(__file__).parents[1] / "data" / "toy"
PACKAGED = FilterSettings(coding_model="packaged")


def inputs(folder, **more):
    return FilterInputs(
        assembly=folder / "assembly.gtf",
        genome=folder / "genome.fa",
        annotation=folder / "annotation.gtf",
        **more,
    )


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    return write_toy(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def out(toy, tmp_path_factory):
    folder = tmp_path_factory.mktemp("filtered")
    run_filter(inputs(toy), FilterSettings(), out=folder)
    return folder


def reasons(result):
    return {row.transcript_id: row.reason for row in result.rows}


def filtered(folder, cache, settings=PACKAGED, **more):
    return filter_transcripts(inputs(folder, **more), settings, cache=cache)


def edit(folder, name, *pairs):
    text = (folder / name).read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    (folder / name).write_text(text)


def table(path):
    with path.open() as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def test_each_transcript_gets_the_verdict_it_was_made_for(out):
    found = {
        row["transcript_id"]: row["reason"]
        for row in table(out / "tables/transcripts.tsv")
    }
    assert found == REASONS


@pytest.mark.parametrize("name", ["transcripts.tsv", "attrition.tsv"])
def test_the_tables_are_the_golden_ones(out, name):
    assert (out / "tables" / name).read_text() == (GOLDEN / name).read_text()


def test_known_and_novel_are_told(out):
    rows = {row["transcript_id"]: row for row in table(out / "tables/transcripts.tsv")}
    known = {name for name, row in rows.items() if row["origin"] == "known"}
    assert known == {"LNC1.1", "SNHG.1"}
    assert "LNC1.9" not in rows  # LNC1.1 under another name, its ends moved
    assert "COD.1" not in rows  # a copy of the annotation


def test_candidates_are_written_in_three_forms(out):
    expected = [name for name, reason in REASONS.items() if not reason]
    gtf = read_annotation(out / "candidates.gtf").transcripts
    bed = read_annotation(out / "candidates.bed").transcripts
    fasta = list(read_fasta(out / "candidates.fa"))
    for names in (
        [tx.transcript_id for tx in gtf],
        [tx.transcript_id for tx in bed],
        [record.name for record in fasta],
    ):
        assert sorted(names) == sorted(expected)
    assert [tx.exons for tx in bed] == [tx.exons for tx in gtf]
    lengths = {record.name: len(record.sequence) for record in fasta}
    assert lengths == {tx.transcript_id: tx.length_nt for tx in gtf}
    assert "class_code" in (out / "candidates.gtf").read_text()


def test_every_column_is_described(out):
    described = (out / "tables/README.md").read_text()
    for name in ("transcripts", "attrition"):
        for column in table(out / f"tables/{name}.tsv")[0]:
            assert f"- `{column}`: " in described


def test_the_record_names_inputs_and_thresholds(out, toy):
    entries = read_record(out)
    assert (entries["state"], entries["command"]) == ("finished", "lincrna filter")
    assert {one["path"] for one in entries["inputs"]} == {
        str(toy / name) for name in ("assembly.gtf", "genome.fa", "annotation.gtf")
    }
    assert entries["arguments"]["max_orf_aa"] == 100


def test_a_finished_run_is_replaced_only_by_force_with_equal_tables(out, toy):
    before = {path: path.read_bytes() for path in (out / "tables").iterdir()}
    with pytest.raises(OutputExists):
        run_filter(inputs(toy), FilterSettings(), out=out)
    run_filter(inputs(toy), FilterSettings(), out=out, force=True)
    assert {path: path.read_bytes() for path in (out / "tables").iterdir()} == before


def plain(rows):
    """Rows as numbers and words, in which not-a-number equals itself."""
    told = json.dumps([asdict(row) for row in rows])
    return json.loads(told, parse_constant=str, parse_int=float)


def test_the_working_folder_gives_the_same_rows_back(out, toy, tmp_path):
    found = filtered(toy, tmp_path)
    kept = read_working(out)
    assert plain(kept.rows) == plain(found.rows)
    assert kept.settings == replace(found.settings, coding_model="auto")
    row = found.rows[3]
    assert plain([read_transcript(out, row.transcript_id).row]) == plain([row])


def test_the_union_holds_the_annotation_byte_for_byte_and_what_it_lacks(out, toy):
    union = (out / "working/filtered/union.gtf").read_text()
    given = (toy / "annotation.gtf").read_text()
    assert union.startswith(given)
    added = read_annotation(out / "working/filtered/union.gtf").transcripts
    names = {tx.transcript_id for tx in added}
    assert names == {*REASONS, "COD.1", "SNORD1.1", "SNORD2.1"}


def test_by_transcript_an_isoform_of_a_coding_locus_is_a_candidate(toy, tmp_path):
    found = filtered(toy, tmp_path, replace(PACKAGED, strictness="transcript"))
    assert reasons(found) == REASONS | {"ORF.2": ""}


def test_each_threshold_moves_its_edge(toy, tmp_path):
    for change, name, reason in (
        ({"min_length_nt": 199}, "EDGE200.1", ""),
        ({"min_length_nt": 201}, "EDGE201.1", "length"),
        ({"gap_mono_nt": 2001}, "FAR.1", "distance"),
        ({"gap_mono_nt": 500}, "NEAR.1", ""),
        ({"gap_multi_nt": 4000}, "LNC1.1", "distance"),
        ({"max_orf_aa": 131, "coding_threshold": 1.0}, "ORF.1", ""),
        ({"max_orf_aa": 130, "coding_threshold": 1.0}, "ORF.1", "orf"),
        ({"organelle_contigs": ()}, "MITO.1", ""),
        ({"housekeeping_fraction": 0.53}, "SNO.1", ""),
    ):
        assert (
            reasons(filtered(toy, tmp_path, replace(PACKAGED, **change)))[name]
            == reason
        )


def test_without_biotypes_the_coding_parts_tell_the_coding_genes(tmp_path):
    toy = write_toy(tmp_path, biotypes=False)
    found = filtered(toy, tmp_path)
    by_name = {row.transcript_id: row for row in found.rows}
    assert "LNC1.1" not in by_name
    assert by_name["LNC1.9"].collected.known_as == "LNC1.1"
    assert reasons(found)["ANTI.1"] == "intergenic"
    assert reasons(found)["NEAR.1"] == "distance"
    assert any("says of no gene what it is" in warning for warning in found.warnings)
    assert any("names no housekeeping ncRNA" in warning for warning in found.warnings)
    assert not any("no CDS rows either" in warning for warning in found.warnings)


def test_without_coding_parts_either_every_gene_counts_as_coding(tmp_path):
    toy = write_toy(tmp_path, biotypes=False, cds=False)
    found = filtered(toy, tmp_path)
    assert reasons(found)["SNO.1"] == "intergenic"
    assert any("every gene counts as protein-coding" in one for one in found.warnings)


def test_an_annotation_without_coding_genes_warns(tmp_path):
    toy = write_toy(tmp_path, cds=False)
    edit(toy, "annotation.gtf", ('"protein_coding"', '"odd_word"'))
    found = filtered(toy, tmp_path)
    assert any("names no protein-coding gene" in warning for warning in found.warnings)


def test_a_gene_without_biotype_is_coding_by_its_coding_part(tmp_path):
    toy = write_toy(tmp_path)
    edit(toy, "annotation.gtf", (' gene_biotype "protein_coding";', ""))
    assert reasons(filtered(toy, tmp_path)) == REASONS


def test_chromosomes_named_differently_are_an_error(tmp_path):
    toy = write_toy(tmp_path)
    edit(toy, "genome.fa", (">chr1", ">1"), (">chrM", ">MT"))
    with pytest.raises(ChromNamesDiffer) as caught:
        filtered(toy, tmp_path)
    message = str(caught.value)
    assert "annotation.gtf: found chromosome 'chr1'" in message
    assert "genome.fa such as '1'" in message
    edit(toy, "genome.fa", (">1", ">chr1"), (">MT", ">chrM"))
    edit(toy, "assembly.gtf", ("chr1\t", "1\t"), ("chrM\t", "MT\t"))
    with pytest.raises(ChromNamesDiffer, match=r"assembly\.gtf: found chromosome '1'"):
        filtered(toy, tmp_path)


BEYOND = 'chr1\tx\texon\t29000\t30001\t.\t+\t.\tgene_id "E"; transcript_id "E.1";\n'


@pytest.mark.parametrize("name", ["annotation.gtf", "assembly.gtf"])
def test_a_transcript_beyond_its_chromosome_is_clipped_and_named(tmp_path, name):
    toy = write_toy(tmp_path)
    with (toy / name).open("a") as stream:
        stream.write(BEYOND)
    result = filtered(toy, tmp_path)
    [warning] = [one for one in result.warnings if "ends beyond the contig" in one]
    assert str(toy / name) in warning
    assert "E.1 at chr1:29000-30001" in warning


@pytest.mark.parametrize("name", ["annotation.gtf", "assembly.gtf", "extra.gtf"])
def test_many_transcripts_beyond_their_chromosome_are_an_error(tmp_path, name):
    toy = write_toy(tmp_path)
    with (toy / name).open("a") as stream:
        for number in range(1, 40):
            stream.write(BEYOND.replace("E.1", f"E.{number}"))
    more = {"lncrna": toy / name} if name == "extra.gtf" else {}
    with pytest.raises(BadAnnotation) as caught:
        filtered(toy, tmp_path, **more)
    assert (
        f"{toy / name}: transcript E.1: found chr1:29000-30001, but chr1 of 30000 nt"
        in str(caught.value)
    )


@pytest.mark.parametrize("name", ["assembly.gtf", "extra.gtf"])
def test_a_chromosome_that_the_genome_lacks_is_left_out_aloud(tmp_path, name):
    toy = write_toy(tmp_path)
    rows = (
        f'{chrom}\tx\texon\t1\t300\t.\t+\t.\tgene_id "E"; transcript_id "E{chrom}";\n'
        for chrom in ("chr1", "chr9")
    )
    with (toy / name).open("a") as stream:
        stream.writelines(rows)
    more = {"lncrna": toy / name} if name == "extra.gtf" else {}
    found = filtered(toy, tmp_path, **more)
    assert "Echr9" not in {row.transcript_id for row in found.rows}
    [warning] = [told for told in found.warnings if "was left out" in told]
    assert f"1 transcript of {toy / name} lies on 1 sequence " in warning


def test_known_lncrnas_and_housekeeping_rnas_of_extra_files(tmp_path):
    toy = write_toy(tmp_path)
    (toy / "lnc.bed").write_text(
        "chr1\t12000\t12900\tEXTRA\t0\t-\t0\t0\t0\t2\t300,300\t0,600\n"
    )
    (toy / "hk.bed").write_text("chr1\t6000\t6800\trRNA_1\t0\t+\n")
    given = inputs(toy, lncrna=toy / "lnc.bed", housekeeping=toy / "hk.bed")
    found = run_filter(given, PACKAGED, out=tmp_path / "out")
    by_name = {row.transcript_id: row for row in found.rows}
    assert "NOV.1.1" not in by_name
    assert by_name["EXTRA"].collected.origin == "known"
    assert by_name["EXTRA"].verdict == "candidate"
    assert by_name["LNC1.1"].reason == "housekeeping"
    # or StringTie would not measure it
    assert '"EXTRA"' in (tmp_path / "out/working/filtered/union.gtf").read_text()


HOSTILE = [
    "a name with  blanks",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "日本語é",
    "name; with=semi, colons",
    "=1+1",
    "'; DROP TABLE",
    "%s{0}$HOME`id`",
]


def test_hostile_names_change_nothing(tmp_path):
    toy = write_toy(tmp_path / "in")
    for old, name in zip(("NOV.1.1", "FAR.1", "EDGE201.1"), HOSTILE, strict=False):
        edit(toy, "assembly.gtf", (f'"{old}"', f'"{name}"'))
    with (toy / "assembly.gtf").open("a") as stream:
        for number, name in enumerate(HOSTILE[3:]):
            place = 20_000 + 500 * number
            stream.write(
                f"chr1\tx\texon\t{place}\t{place + 300}\t.\t+\t.\t"
                f'gene_id "{name}"; transcript_id "{name}";\n'
            )
    out = tmp_path / "out"
    result = run_filter(inputs(toy), PACKAGED, out=out)
    names = {row.transcript_id for row in result.candidates}
    assert set(HOSTILE) <= names
    assert {
        row["transcript_id"] for row in table(out / "tables/transcripts.tsv")
    } >= names
    for name in HOSTILE:
        kept = read_transcript(out, name)
        assert len(kept.sequence) == kept.row.collected.transcript.length_nt
    gtf = read_annotation(out / "candidates.gtf").transcripts
    assert {tx.transcript_id for tx in gtf} == names
    everything = {path.name for path in tmp_path.iterdir()}
    assert everything == {"in", "out"}


def test_a_packed_genome_and_gff3_names_give_the_same(toy, tmp_path):
    folder = tmp_path / "packed"
    folder.mkdir()
    for name in ("genome.fa", "annotation.gtf", "assembly.gtf"):
        packed = gzip.compress((toy / name).read_bytes())
        (folder / f"{name}.gz").write_bytes(packed)
    given = FilterInputs(
        assembly=folder / "assembly.gtf.gz",
        genome=folder / "genome.fa.gz",
        annotation=folder / "annotation.gtf.gz",
    )
    found = filter_transcripts(given, PACKAGED, cache=tmp_path / "cache")
    assert reasons(found) == REASONS
    assert sorted(path.name for path in folder.iterdir()) == [
        *("annotation.gtf.gz", "assembly.gtf.gz", "genome.fa.gz")
    ]


def test_a_model_of_ones_own_is_used(toy, tmp_path):
    lenient = replace(load_model(), threshold=1.0, name="lenient")
    save_model(lenient, tmp_path / "m.json")
    settings = FilterSettings(coding_model=str(tmp_path / "m.json"), max_orf_aa=500)
    found = filtered(toy, tmp_path, settings)
    assert (found.model.name, found.settings.coding_threshold) == ("lenient", 1.0)
    assert reasons(found)["ORF.1"] == ""
    with pytest.raises(MissingFile):
        filtered(toy, tmp_path, FilterSettings(coding_model="none.json"))


def test_support_is_counted_where_samples_are_given(toy, tmp_path):
    (tmp_path / "empty.gtf").write_text("# stringtie\n# StringTie version 2.2.1\n")
    row = 'chr1\tS\t{}\t12101\t12800\t.\t-\t.\tgene_id "S"; transcript_id "S.1";\n'
    exons = row.format("exon").replace("12800", "12300")
    exons += row.format("exon").replace("12101", "12601")
    (tmp_path / "one.gtf").write_text(row.format("transcript") + exons)
    samples = {name: tmp_path / f"{name}.gtf" for name in ("one", "empty")}
    found = filtered(toy, tmp_path, samples=samples)
    support = {row.transcript_id: row.collected.n_samples for row in found.rows}
    assert support["NOV.1.1"] == 1
    assert support["LNC1.1"] == 0


CODON = dict(
    zip(
        "ACDEFGHIKLMNPQRSTVWY",
        (
            *("GCC", "TGC", "GAC", "GAG", "TTC", "GGC", "CAC", "ATC", "AAG", "CTG"),
            *("ATG", "AAC", "CCC", "CAG", "CGC", "AGC", "ACC", "GTC", "TGG", "TAC"),
        ),
        strict=True,
    )
)


def implant_domain(toy, hmms):
    """Write the consensus of a short family into the first exon of NOV.1.1."""
    import pyhmmer

    with pyhmmer.plan7.HMMFile(hmms) as stream:
        hmm = next(one for one in stream if 60 < one.M < 95)
    codons = "".join(CODON[amino] for amino in hmm.consensus.upper())
    with (toy / "genome.fa").open() as stream:
        text = stream.read().partition(">chrM")
    bases = "".join(text[0].split("\n")[1:])
    bases = bases[:12_005] + reverse_complement(codons) + bases[12_005 + len(codons) :]
    (toy / "genome.fa").write_text(f">chr1\n{bases}\n{text[1]}{text[2]}")
    return hmm.name


@pytest.mark.data
def test_threads_and_domains(data_dir, tmp_path):
    hmms = data_dir / "lincrna/pfam/mini_Pfam-A.hmm.gz"
    toy = write_toy(tmp_path / "in")
    name = implant_domain(toy, hmms)
    texts = []
    for threads in (1, 2):
        out = tmp_path / str(threads)
        run_filter(inputs(toy, domains=hmms), PACKAGED, out=out, threads=threads)
        texts.append((out / "tables/transcripts.tsv").read_bytes())
        kept = json.loads((out / "working/filtered/settings.json").read_text())
        assert kept["warnings"] == []
    assert texts[0] == texts[1]
    assert b"not judged" not in texts[0]
    rows = {row["transcript_id"]: row for row in table(out / "tables/transcripts.tsv")}
    assert "domain" in rows["NOV.1.1"]["failed"].split(",")
    assert rows["NOV.1.1"]["domain"] == name
    assert rows["NOV.1.1"]["domain_segment"].startswith("+")
    assert rows["LNC1.1"]["domain_verdict"] == "pass"


def test_a_vote_of_another_program_can_reject_and_is_told(toy, tmp_path):
    cpc2 = tmp_path / "cpc2.txt"
    rows = [
        f"{name}\t0.9\tcoding" if name == "NOV.1.1" else f"{name}\t0.1\tnoncoding"
        for name in REASONS
    ]
    cpc2.write_text("\n".join(["#ID\tcoding_probability\tlabel", *rows, ""]))
    given = inputs(toy, votes=(cpc2,))
    run_filter(given, replace(PACKAGED, vote_rule="any"), out=tmp_path / "run")
    found = {
        row["transcript_id"]: row
        for row in table(tmp_path / "run/tables/transcripts.tsv")
    }
    changed = {
        name: row["reason"]
        for name, row in found.items()
        if row["reason"] != REASONS[name]
    }
    assert changed == {"NOV.1.1": "coding"}
    assert found["NOV.1.1"]["cpc2_call"] == "coding"
    assert found["LNC1.1"]["cpc2_score"] == "0.1"
    assert "`cpc2_call`" in (tmp_path / "run/tables/README.md").read_text()
    kept = read_transcript(tmp_path / "run", "NOV.1.1")
    told = explain(kept.row, kept.sequence, kept.model, kept.settings).to_text()
    assert "1 say coding, the model above counted; 1 would make it coding" in told
    assert "CPC2: coding, 0.9" in told
    record = read_record(tmp_path / "run")
    assert record["inputs"][-1]["path"] == str(cpc2)
