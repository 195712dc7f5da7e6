"""The commands on words."""

import pytest


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sequence", "--alphabet", "01", "--order", "2"), "0011\n"),
        (("sequence", "--order", "3", "--linear"), "0001011100\n"),
        (("sequence", "--alphabet", "x", "--order", "3", "--linear"), "xxx\n"),
        (("sequence", "--order", "2", "--method", "euler"), "0011\n"),
        (("count", "--order", "5"), "2048\n"),
        (("locate", "T" * 30, "--alphabet", "ACGT"), f"{4**30 - 30}\n"),
        (("locate", "--at", "2", "--order", "2"), "11\n"),
    ],
)
def test_what_is_printed(bioloom_cli, words, told):
    assert bioloom_cli("debruijn", *words) == (0, told, "")


def test_both_strands_tell_the_bound(bioloom_cli):
    words = ("--alphabet", "ACGT", "--order", 3, "--both-strands")
    code, out, err = bioloom_cli("debruijn", "sequence", *words)
    assert (code, len(out)) == (0, 33)
    assert err == "32 letters; none has fewer than 32; one strand: 64\n"


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("sequence", "--alphabet", "00", "--order", "2"), 1, "'0' more than once"),
        (("sequence", "--order", "0"), 1, "order: found 0"),
        (("sequence", "--order", "3", "--both-strands"), 2, "--alphabet ACGT"),
        (("locate",), 2, "Give either a WORD or --at"),
        (("locate", "012"), 1, "the letter '2'"),
        (("locate", "--at", "1"), 2, "needs --order"),
    ],
)
def test_bad_words(bioloom_cli, words, code, part):
    found, out, err = bioloom_cli("debruijn", *words)
    assert (found, out) == (code, "")
    assert part in err
    assert "Traceback" not in err


def test_draw(bioloom_cli, tmp_path):
    code, out, _ = bioloom_cli("debruijn", "draw", "--order", 3, "--out", tmp_path)
    assert code == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        f"debruijn_{name}.{kind}"
        for name in ("graph", "wheel")
        for kind in ("png", "svg")
    }
