"""Votes of other programs on coding potential.

The files are as the programs write them: CPC2 1.0.9's columns were taken from a run of
it, CPAT 3.0.5's and FEELnc's from the code that writes them, RNAsamba's from its
documentation.
"""

import math

import pytest

from bioloom.errors import MissingFile
from bioloom.lincrna.errors import BadVotes
from bioloom.lincrna.inputs.votes import Vote, read_ballot, votes_on
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.criteria import CRITERIA, own_coding
from tests.lincrna.builders import evidence

FILES = {
    "CPC2": "#ID\ttranscript_length\tpeptide_length\tFickett_score\tpI\tORF_integrity\t"
    "coding_probability\tlabel\n"
    "a\t1754\t74\t0.32682000000000005\t8.77\t-1\t0.128036\tnoncoding\n"
    "b\t2480\t339\t0.49076\t4.99\t1\t0.9911623\tcoding\n",
    "CPAT": "seq_ID\tID\tmRNA\tORF_strand\tORF_frame\tORF_start\tORF_end\tORF\t"
    "Fickett\tHexamer\tCoding_prob\n"
    "a\ta_ORF_1\t1754\t+\t1\t7\t228\t222\t0.9\t-0.1\t0.128036\n"
    "b\tb_ORF_1\t2480\t+\t2\t20\t1040\t1020\t1.2\t0.4\t0.9911623\n",
    "FEELnc": "name\tkmerScore_1mer\tORF_size\tRNA_size\tcoding_potential\tlabel\n"
    "a\t0.4\t222\t1754\t0.128036\t0\nb\t0.6\t1020\t2480\t0.9911623\t1\n",
    "RNAsamba": "sequence_name\tcoding_score\tclassification\n"
    "a\t0.128036\tnoncoding\nb\t0.9911623\tcoding\n",
}


@pytest.fixture
def ballot(tmp_path):
    def write(tool, text=None, **settings):
        path = tmp_path / f"{tool}.txt"
        path.write_text(FILES[tool] if text is None else text)
        return read_ballot(path, FilterSettings(**settings))

    return write


@pytest.mark.parametrize("tool", FILES)
def test_each_program_is_known_by_its_header(ballot, tool):
    found = ballot(tool)
    assert found.tool == tool
    assert found.votes == {
        "a": Vote(tool, 0.128036, is_coding=False),
        "b": Vote(tool, 0.9911623, is_coding=True),
    }


def test_the_cutoff_of_cpat_is_a_setting(ballot):
    assert ballot("CPAT", cpat_cutoff=0.1).votes["a"].is_coding is True
    assert ballot("CPAT", cpat_cutoff=0.128036).votes["a"].is_coding is True
    assert ballot("CPAT", cpat_cutoff=0.2).votes["a"].is_coding is False


def test_feelnc_between_two_cutoffs_casts_no_vote(ballot):
    text = FILES["FEELnc"].replace("0.9911623\t1", "0.5\t-1")
    assert ballot("FEELnc", text).votes["b"].is_coding is None


@pytest.mark.parametrize(
    ("tool", "text", "words"),
    [
        ("CPC2", "", "CPC2.txt: header: found an empty file"),
        ("CPC2", ">a\nACGT\n", "found >a, expected the results of one of CPC2, CPAT"),
        (
            "CPC2",
            FILES["CPC2"].replace("0.128036", "high"),
            "line 2: found coding_probability 'high', expected a number",
        ),
        ("CPAT", FILES["CPAT"].replace("0.9911623", "NA"), "line 3: found Coding_prob"),
    ],
)
def test_what_is_not_such_a_file_is_told(ballot, tool, text, words):
    with pytest.raises(BadVotes, match=words):
        ballot(tool, text)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(MissingFile, match="results of CPC2, CPAT, FEELnc or RNAsamba"):
        read_ballot(tmp_path / "none", FilterSettings())


def test_votes_go_to_their_transcripts_and_gaps_are_told(ballot):
    cpc2, samba = ballot("CPC2"), ballot("RNAsamba")
    votes, warnings = votes_on(["b", "c"], [cpc2, samba])
    assert votes == [(cpc2.votes["b"], samba.votes["b"]), ()]
    assert warnings == (
        "CPC2.txt lacks 1 of 2 transcripts: CPC2 does not vote on it.",
        "RNAsamba.txt lacks 1 of 2 transcripts: RNAsamba does not vote on it.",
    )


def test_results_on_other_sequences_are_an_error(ballot):
    with pytest.raises(BadVotes, match="none of the 2 transcripts .it begins with 'a'"):
        votes_on(["x", "y"], [ballot("CPC2")])


def test_two_files_of_one_program_are_an_error(ballot):
    with pytest.raises(BadVotes, match="a second file of CPC2"):
        votes_on(["a"], [ballot("CPC2"), ballot("CPC2")])


def by_rule(rule, calls, probability=0.01, **settings):
    votes = tuple(Vote(f"tool {n}", 0.5, call) for n, call in enumerate(calls))
    facts = evidence(probability=probability, votes=votes)
    told = FilterSettings(coding_threshold=0.5, vote_rule=rule, **settings)
    return CRITERIA["coding"].judge(facts, told), own_coding(facts, told)


@pytest.mark.parametrize(
    ("rule", "calls", "is_passed"),
    [
        ("own", [True, True, True], True),
        ("any", [False, False], True),
        ("any", [True, False], False),
        ("majority", [True, False], True),
        ("majority", [True], True),  # one of two is not more than half
        ("majority", [True, True], False),
        ("all", [True, True, True], True),  # bioloom's own vote is against
    ],
)
def test_the_rule_decides_with_bioloom_s_own_vote_counted(rule, calls, is_passed):
    ruled, own = by_rule(rule, calls)
    assert ruled.is_passed is is_passed
    assert own.is_passed is True


def test_all_agree_on_coding():
    ruled, _ = by_rule("all", [True, True], probability=0.99)
    assert (ruled.value, ruled.threshold, ruled.is_passed) == (3, 3, False)
    assert math.isnan(ruled.margin)


def test_who_is_unsure_casts_no_vote():
    ruled, own = by_rule("majority", [True, None], probability=0.4, when_unsure="leave")
    assert own.is_passed is None
    assert (ruled.value, ruled.threshold, ruled.is_passed) == (1, 1, False)


def test_without_votes_the_model_decides():
    for rule in ("any", "majority", "all"):
        ruled, own = by_rule(rule, [])
        assert ruled == own
