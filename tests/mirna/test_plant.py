"""Sites of plants: penalties as TargetFinder publishes them, and where they are cut."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bioloom as bl
from bioloom.errors import BadInput
from bioloom.mirna.search.plant import plant_sites
from bioloom.seq.alphabet import encode

MIR399A = "UGCCAAAGGAGAUUUGCCCUG"
# sites of miR399a in the 5'UTR of AT2G33770 and their scores, as the README of
# TargetFinder (carringtonlab/TargetFinder) shows them
PUBLISHED = {
    "UAGGGCAAAUCUUCUUUGGCA": 1.5,
    "UAGGGCAUAUCUCCUUUGGCA": 1.5,
    "UAGAGCAAAUCUCCUUUGGCA": 1.5,
    "UUGGGCAAAUCUCCUUUGGCA": 1.5,
    "UCGAGCAAAUCUCCUUUGGCA": 2.5,
}
SPACER = "CUCUCACUCUCACUCUUACUCUCACUCUC"


@pytest.mark.parametrize(("site", "score"), PUBLISHED.items())
def test_published_sites_have_their_published_scores(site, score):
    [found] = plant_sites(encode(MIR399A), encode(SPACER + site + SPACER), 4.0)
    assert found.expectation == score
    assert found.opposite[0] == len(SPACER) + len(site) - 1


def test_all_sites_of_a_target_are_found_with_their_cut():
    target = SPACER + SPACER.join(PUBLISHED) + SPACER
    frame = bl.mirna.predict(MIR399A, target, plant=True).to_frame()
    frame = frame.sort_values("start")
    assert frame["expectation"].tolist() == list(PUBLISHED.values())
    # the base opposite miRNA base 10 begins the 3' fragment
    ends = [
        (k + 1) * len(SPACER) + (k + 1) * len(MIR399A) for k in range(len(PUBLISHED))
    ]
    assert frame["cut"].tolist() == [end - 10 for end in ends]
    assert set(frame["effect"]) == {"cleavage"}
    assert frame["p"].isna().all()


def one_by_one(mirna, target, most):  # noqa: C901 (by hand, on purpose)
    """Lowest penalty at each target base opposite base 1, over every alignment."""
    m, best = len(mirna), {}
    for column, shift in product(range(len(target)), (0, 1, -1)):
        for after in range(2, m - 1) if shift else (0,):
            total, place, ok = 0.0, column, True
            for k in range(1, m + 1):
                weight = 2 if 2 <= k <= 13 else 1
                if shift == -1 and k == after + 1:
                    total += weight
                    continue
                if not 0 <= place < len(target):
                    ok = False
                    break
                pair = {int(mirna[k - 1]), int(target[place])}
                if mirna[k - 1] + target[place] != 3:
                    total += weight * (0.5 if pair == {2, 3} else 1)
                place -= 1
                if shift == 1 and k == after:
                    total += 2 if k >= 2 and k + 1 <= 13 else 1
                    place -= 1
            if ok and total <= most:
                best[column] = min(best.get(column, 99), total)
    return best


@settings(max_examples=40)
@given(st.data())
def test_every_site_is_found_that_an_alignment_one_by_one_finds(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    mirna = rng.integers(0, 4, 20).astype(np.uint8)
    site = 3 - mirna[::-1]
    for _ in range(data.draw(st.integers(0, 3))):
        site[rng.integers(0, 20)] = rng.integers(0, 4)
    edit = data.draw(st.sampled_from(["", "bulge", "gap"]))
    place = int(rng.integers(3, 17))
    if edit == "bulge":
        site = np.insert(site, place, rng.integers(0, 4))
    elif edit == "gap":
        site = np.delete(site, place)
    pads = [rng.integers(0, 4, 15).astype(np.uint8) for _ in range(2)]
    target = np.concatenate([pads[0], site, pads[1]]).astype(np.uint8)
    lowest = one_by_one(mirna, target, 4.0)
    found = plant_sites(mirna, target, 4.0)
    for each in found:
        assert each.is_allowed
        # the alignment that is shown may save a gap for half a penalty more
        assert lowest[each.opposite[0]] <= each.expectation <= 4.0
    if lowest and not found:
        # only sites with too many faults of a kind may be missing
        assert min(lowest.values()) > 1.5


def test_a_central_mismatch_hinders_the_cut():
    perfect = encode(MIR399A)[::-1]
    site = 3 - perfect
    site[len(site) - 10] = (site[len(site) - 10] + 2) % 4
    target = np.concatenate([encode(SPACER), site, encode(SPACER)]).astype(np.uint8)
    [found] = plant_sites(encode(MIR399A), target, 4.0)
    assert not found.is_cut
    assert [(f.kind, f.position) for f in found.faults] in (
        [("mismatch", 10)],
        [("G:U", 10)],
    )


def test_the_explanation_adds_up_to_the_table_s_numbers():
    target = SPACER + "UCGAGCAAAUCUCCUUUGGCA" + SPACER
    sites = bl.mirna.predict(MIR399A, target, plant=True)
    steps = sites.explain(0).steps
    values = [step.value.number for step in steps if step.value]
    row = sites.to_frame().iloc[0]
    assert row["mfe"] in values
    assert row["expectation"] in values
    assert "18" in " ".join(steps[2].detail)


def test_tapir_s_ratio_is_a_filter():
    target = SPACER + SPACER.join(PUBLISHED) + SPACER
    frame = bl.mirna.predict(MIR399A, target, plant=True, min_mfe_ratio=0.8).to_frame()
    assert len(frame) == 4
    assert frame["mfe_ratio"].min() >= 0.8


def test_rules_without_a_meaning_for_plants_are_refused():
    with pytest.raises(BadInput, match="seed_region too"):
        bl.mirna.predict(MIR399A, "ACGU" * 9, plant=True, seed_region="2-8")
