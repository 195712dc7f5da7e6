"""Inputs that users have and that once went wrong; the right answers are facts.

Each folder stands for a kind of input; see the README of the cases.
"""

from pathlib import Path

import pytest

import bioloom as bl


@pytest.fixture
def judge(cases_dir):
    """Filter the models of a case; give its rows by name, and the warnings."""

    def run(case, **options):
        folder, base = cases_dir / "lincrna" / case, cases_dir / "lincrna/base"

        def own(*patterns):
            return next(
                (path for name in patterns for path in sorted(folder.glob(name))),
                next(path for name in patterns for path in base.glob(name)),
            )

        files = {
            "annotation": own("a.*"),
            "genome": own("g.fa.gz"),
        } | {name: folder / path for name, path in options.items() if name in FILES}
        votes = [folder / path for path in options.get("votes", ())]
        settings = {"coding_model": "packaged"} | options.get("settings", {})
        result = bl.lincrna.filter(
            folder / "q.gtf", **files, votes=votes, settings=settings
        )
        return {row.transcript_id: row for row in result.rows}, result.warnings

    return run


FILES = ("annotation", "genome", "housekeeping", "lncrna")


def reasons(rows):
    """What became of each model, L1.1 left out."""
    return {name: row.reason for name, row in rows.items() if name != "L1.1"}


CLEAN = (
    *("base", "c01_misc_RNA", "c02_pseudogene", "c03_organelles", "c04_cds_utr_only"),
    *("c05_dup_id_same_strand", "c07_gene_id_NA", "c08_bom_ann", "c10_origin"),
    *("c11_biotype_words", "c12_flybase_gtf", "c13_tair10", "c14_refseq_gff3"),
    *("c31_tetrahymena", "c32_hardmask", "c33_latin1", "c33c_bz2"),
    "c34_isoform_of_known",
)


@pytest.mark.parametrize("case", CLEAN)
def test_the_clean_lincrna_stays_a_candidate(judge, case):
    rows, _ = judge(case)
    assert rows["L1.1"].verdict == "candidate"


def test_what_hides_under_misc_rna_is_decided_by_its_name(judge):
    rows, _ = judge("c01_misc_RNA")
    assert reasons(rows) == dict.fromkeys(
        ["S7.1", "SP.1", "SL.1", "SM.1"], "housekeeping"
    )
    classes = {name: row.evidence.housekeeping.biotype for name, row in rows.items()}
    assert classes == {
        "S7.1": "7SK",
        "SP.1": "RNase P RNA",
        "SL.1": "SRP RNA",
        "SM.1": "RNase MRP RNA",
        "L1.1": "",
    }


def test_a_model_on_a_pseudogene_says_so(judge):
    rows, _ = judge("c02_pseudogene")
    row = rows["M9.1"]
    assert row.verdict == "candidate"
    assert row.evidence.touches["pseudogene"].name == "PS"
    assert any("pseudogene: PS, 600 nt" in doubt for doubt in row.doubts)
    rows, _ = judge("c02_pseudogene", settings={"pseudogene_overlap": "reject"})
    assert rows["M9.1"].reason == "pseudogene"


ORGANELLES = ("MtDNA", "Pt", "NC_012920.1", "ChrC", "Mito")


def test_organelles_are_known_by_name_and_the_list_is_a_setting(judge):
    names = {f"M{contig}.1": contig for contig in ORGANELLES}
    rows, _ = judge("c03_organelles")
    assert reasons(rows) == dict.fromkeys(names, "housekeeping")
    rows, _ = judge("c03_organelles", settings={"organelle_contigs": ("Pt",)})
    assert {name for name, reason in reasons(rows).items() if reason} == {"MPt.1"}


def test_coding_and_untranslated_parts_make_the_exons(judge):
    rows, _ = judge("c04_cds_utr_only")
    assert rows["U1.1"].reason == "intergenic"


def test_two_transcripts_of_one_name_stay_two(judge):
    _, warnings = judge("c05_dup_id_same_strand")
    assert any("TC" in warning for warning in warnings)
    rows, _ = judge("c06_concat")
    spans = sorted((row.collected.transcript.start + 1) for row in rows.values())
    assert spans == [60001, 160001]
    assert {row.verdict for row in rows.values()} == {"candidate"}


def test_a_placeholder_as_gene_id_joins_nothing(judge):
    rows, _ = judge("c07_gene_id_NA")
    assert rows["X1.1"].reason == "intergenic"
    assert rows["L1.1"].locus_id != rows["X1.1"].locus_id


def test_a_feature_over_the_origin_is_clipped_and_named(judge):
    _, warnings = judge("c10_origin")
    assert any("TO" in warning for warning in warnings)


def test_an_unknown_word_is_decided_by_the_cds(judge):
    rows, _ = judge("c11_biotype_words")
    assert rows["X1.1"].reason == "intergenic"


def test_flybase_names_the_kind_in_column_three(judge):
    rows, _ = judge("c12_flybase_gtf")
    for place in (80001, 90001, 100001, 110001):
        assert rows[f"N{place}.1"].reason == "housekeeping"
    twin = rows["FBtr6"]
    assert twin.collected.origin == "known"
    assert twin.collected.assembled_as == ("N120001.1",)
    assert "pseudogene" in rows["N130001.1"].evidence.touches


def test_tair10_names_the_kind_in_note_and_row(judge):
    rows, _ = judge("c13_tair10")
    assert rows["N80001.1"].reason == "housekeeping"
    twin = next(row for row in rows.values() if row.collected.known_as == "AT1G03.1")
    assert twin.collected.assembled_as == ("N90001.1",)
    assert rows["N100301.1"].evidence.touches["transposable element"].name == "AT1G04"
    assert rows["N110101.1"].evidence.touches["pseudogene"].name == "AT1G05"


def test_refseq_gff3(judge):
    rows, _ = judge("c14_refseq_gff3")
    assert rows["N89996.1"].reason == "housekeeping"
    assert rows["N94990.1"].reason == "housekeeping"
    assert "intergenic" in rows["N120101.1"].failed
    assert rows["R.1"].verdict == "candidate"
    assert rows["N150001.1"].evidence.neighbours.overlaps == ()
    assert "distance" not in rows["N150001.1"].failed
    assert not {"match", "cDNA_match"} & {
        row.evidence.class_code.ref_id for row in rows.values()
    }


@pytest.mark.parametrize("name", ["rc.gff3", "t.gff"])
def test_housekeeping_files_of_rnacentral_and_trnascan(judge, name):
    rows, _ = judge("c26_rnacentral", housekeeping=name)
    assert rows["L1.1"].reason == "housekeeping"
    kind = {"rc.gff3": "rRNA", "t.gff": "tRNA"}[name]
    assert rows["L1.1"].evidence.housekeeping.biotype == kind


@pytest.mark.parametrize("name", ["cpat.ORF_prob.best.tsv", "cpat2.tsv"])
def test_votes_are_matched_without_regard_to_case(judge, name):
    rows, _ = judge("c27_cpat_case", votes=[name], settings={"vote_rule": "any"})
    assert rows["transcript7.chr1.nnic"].reason == "coding"


def test_the_genetic_code_is_a_setting(judge):
    rows, _ = judge("c31_tetrahymena")
    assert rows["T.1"].evidence.longest_orf_aa < 100
    rows, _ = judge("c31_tetrahymena", settings={"genetic_code": 6})
    assert rows["T.1"].evidence.longest_orf_aa == 351  # ATG and 350 codons
    assert "orf" in rows["T.1"].failed


def test_a_masked_transcript_is_doubted_aloud(judge):
    rows, warnings = judge("c32_hardmask")
    assert any("% of it is N" in doubt for doubt in rows["C1.1"].doubts)
    assert any("C1.1" in warning and "% N" in warning for warning in warnings)


def test_an_isoform_of_a_known_lncrna_names_its_gene(judge):
    rows, _ = judge("c34_isoform_of_known")
    assert rows["MSTRG.5.1"].evidence.touches["lncRNA"].name == "LINC1"


def test_the_folders_are_all_tried(cases_dir):
    folders = {path.name for path in Path(cases_dir / "lincrna").iterdir()}
    tried = {*CLEAN, "c06_concat", "c26_rnacentral", "c27_cpat_case"}
    assert folders == tried
