"""Tables and what their columns mean."""

import math

import pandas as pd
import pytest

from bioloom.lincrna.loci.touches import Touch
from bioloom.lincrna.output.tables import (
    ATTRITION_COLUMNS,
    COLUMNS,
    attrition_frame,
    described,
    transcripts_frame,
    tsv,
)
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.attrition import criteria_of
from bioloom.lincrna.verdict.criteria import criteria_in_force
from bioloom.lincrna.verdict.judged import judged
from tests.lincrna.builders import collected, evidence, hit, tx

DEFAULT_CRITERIA = criteria_in_force(
    FilterSettings(), has_expression=False, has_junctions=False, has_proteins=False
)


def rows(*found, locus="L"):
    return judged(
        [collected(one.transcript) for one in found],
        list(found),
        [locus] * len(found),
        FilterSettings(coding_threshold=0.5),
    )


def test_one_column_a_fact_and_one_a_criterion():
    [row] = transcripts_frame(
        rows(evidence(gap_nt=7, domain=hit(), is_domain_searched=True))
    ).to_dict("records")
    optional = {
        *("pseudogene_verdict", "repeat_verdict", "expression_verdict"),
        *("junctions_verdict", "max_tpm", "junction_reads"),
    }
    assert list(row) == [name for name in COLUMNS if name not in optional]
    assert (row["nearest_gene"], row["nearest_nt"]) == ("g", 7)
    assert (row["domain"], row["domain_bits"]) == ("RRM_1", 30.0)
    assert (row["domain_verdict"], row["orf_verdict"]) == ("fail", "pass")
    assert (row["reason"], row["failed"]) == ("domain", "domain")
    assert [name for name in row if name.endswith("_verdict")] == [
        f"{criterion.name}_verdict" for criterion in DEFAULT_CRITERIA
    ]


def test_criteria_that_the_settings_ask_for_have_a_column_too():
    strict = FilterSettings(
        coding_threshold=0.5, pseudogene_overlap="reject", repeat_overlap="reject"
    )
    touched = {"pseudogene": Touch("PS1", "processed_pseudogene", 120, 0.2)}
    found = evidence(touches=touched)
    [row] = judged([collected(found.transcript)], [found], ["L"], strict)
    [record] = transcripts_frame([row]).to_dict("records")
    assert (record["pseudogene_verdict"], record["repeat_verdict"]) == ("fail", "pass")
    assert (record["reason"], record["pseudogene"]) == ("pseudogene", "PS1")


def test_what_is_absent_is_an_empty_field():
    text = tsv(transcripts_frame(rows(evidence())))
    header, line, end = text.split("\n")
    row = dict(zip(header.split("\t"), line.split("\t"), strict=True))
    assert end == ""
    for name in ("n_samples", "nearest_gene", "nearest_nt", "domain", "reason"):
        assert row[name] == ""
    assert row["domain_verdict"] == "not judged"


def test_only_the_first_three_spoilers_are_listed():
    many = [evidence(tx(f"t{i}", (0, 900)), orf_aa=150) for i in range(5)]
    frame = transcripts_frame(rows(*many))
    assert frame.loc[0, "spoiled_by"] == "orf:t0,orf:t1,orf:t2 +2"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3.0, "3"),
        (3, "3"),
        (0.123456789, "0.123457"),
        (1.5e-30, "1.5e-30"),
        (math.nan, ""),
        (None, ""),
        (math.inf, "inf"),
        ("a b", "a b"),
        (1234567.0, "1234567"),
    ],
)
def test_numbers_are_short_and_what_is_not_there_is_empty(value, shown):
    # a second column: a line of one empty field would be quoted
    assert tsv(pd.DataFrame({"x": [value], "y": ["z"]})) == f"x\ty\n{shown}\tz\n"


def test_whole_numbers_stay_whole_beside_absent_ones():
    assert tsv(pd.DataFrame({"x": [1, None], "y": "z"})) == "x\ty\n1\tz\n\tz\n"


def test_tables_of_nothing_have_their_header():
    assert tsv(transcripts_frame(())) == "\t".join(COLUMNS) + "\n"
    frame = attrition_frame(())
    assert list(frame.columns) == list(ATTRITION_COLUMNS)
    assert len(frame) == 4 * (len(criteria_of(())) + 1)
    assert frame["n_after"].sum() == 0


def test_every_column_has_a_meaning():
    meanings = {name: meaning for name, (meaning, _) in COLUMNS.items()}
    assert all(meanings.values())
    assert described({"a": "b", "c": "d"}) == "- `a`: b\n- `c`: d"
