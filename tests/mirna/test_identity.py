"""Sites beside those of RNAhybrid 2.1.2: energy, position and drawing, with ties."""

import numpy as np
import pytest

from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.searcher import Searcher
from bioloom.mirna.sites.duplex import fold_all
from bioloom.seq.alphabet import decode, encode
from bioloom.seq.fasta import read_fasta
from tests.mirna.reference import random_mirnas, random_targets, rnahybrid

# energy limits between two hundredths: RNAhybrid holds its limit in single precision
OPTIONS = {
    "": SearchOptions(),
    "-f 2,7": SearchOptions(seed_region=(2, 7)),
    "-f 2,8": SearchOptions(seed_region=(2, 8)),
    "-u 3 -v 2": SearchOptions(max_loop=3, max_bulge=2),
    "-u 1 -v 1": SearchOptions(max_loop=1, max_bulge=1),
    "-u 7": SearchOptions(max_loop=7),
    "-b 3": SearchOptions(top=3),
    "-b 4 -e -9.005": SearchOptions(top=4, max_mfe=-9.005),
    "-b 2 -f 2,6 -u 5": SearchOptions(top=2, seed_region=(2, 6), max_loop=5),
    "-e -15.005": SearchOptions(top=1, max_mfe=-15.005),
}


def as_printed(duplex):
    return f"{duplex.summed:.1f}", duplex.position, duplex.lines


def n_alike(searcher, targets, theirs):
    """Number of sites, all of which must be those of RNAhybrid."""
    n_sites = 0
    for number, target in enumerate(targets):
        hits = searcher.search(target)
        ours = {m: [] for m in range(len(searcher.mirnas))}
        drawn = searcher.duplexes(target, hits)
        for mirna, duplex in zip(hits.mirna.tolist(), drawn, strict=True):
            ours[mirna].append(as_printed(duplex))
        for m, mirna in enumerate(searcher.mirnas):
            assert ours[m] == theirs[number, m], (decode(target), decode(mirna))
        n_sites += len(hits)
    return n_sites


@pytest.mark.tools
@pytest.mark.parametrize("flags", OPTIONS)
def test_the_fast_search_prints_what_rnahybrid_prints(reference, tmp_path, flags):
    rng = np.random.default_rng(sum(map(ord, flags)))
    mirnas = random_mirnas(rng, 20)
    targets = random_targets(rng, mirnas, 100)
    searcher = Searcher(mirnas, OPTIONS[flags])
    if flags == "-e -15.005":
        flags += " -b 1"
    theirs = rnahybrid(tmp_path, mirnas, targets, flags)
    assert n_alike(searcher, targets, theirs) > 50


@pytest.mark.tools
@pytest.mark.parametrize(
    ("n_hits", "lengths"), [(10, (300, 900, 2_000)), (40, (500, 600))]
)
def test_many_sites_of_a_pair_are_those_of_rnahybrid(
    reference, tmp_path, n_hits, lengths
):
    rng = np.random.default_rng(n_hits)
    mirnas = random_mirnas(rng, 8)
    targets = [rng.integers(0, 4, n).astype(np.uint8) for n in lengths]
    theirs = rnahybrid(tmp_path, mirnas, targets, f"-b {n_hits}")
    searcher = Searcher(mirnas, SearchOptions(top=n_hits))
    assert n_alike(searcher, targets, theirs) > 10 * len(mirnas) * len(targets) - 1


@pytest.mark.tools
@pytest.mark.parametrize("flags", ["", "-f 2,7", "-u 3 -v 2", "-b 3"])
def test_the_plain_recursion_prints_what_rnahybrid_prints(reference, tmp_path, flags):
    rng = np.random.default_rng(17)
    mirnas = random_mirnas(rng, 8)
    targets = random_targets(rng, mirnas, 8, longest=120)
    theirs = rnahybrid(tmp_path, mirnas, targets, flags)
    for t, target in enumerate(targets):
        for m, mirna in enumerate(mirnas):
            ours = list(map(as_printed, fold_all(mirna, target, OPTIONS[flags])))
            assert ours == theirs[t, m], (decode(target), decode(mirna))


def test_the_worked_example_has_no_seed_site_and_nothing_strong():
    # miR-123 of fly on a fragment of E75, as the program's manual shows it
    mirna = encode("AUGUACUGAGCUAGUACUGGA")
    target = encode("GCAUUCAUGAUCAUGAUGACCAU")
    found = list(fold_all(mirna, target, SearchOptions(top=5)))
    assert [duplex.mfe for duplex in found] == [-7.7, -7.7, -3.5, -2.8, -1.7]
    assert [duplex.position for duplex in found[:2]] == [1, 19]
    assert found[0].lines == (
        "            AU   UGAU   G",
        "          GC  UCA    CAU ",
        "          CG  AGU    GUA ",
        "AGGUCAUGAU       CAU     ",
    )
    for helix in ((2, 7), (2, 8)):
        assert not list(fold_all(mirna, target, SearchOptions(seed_region=helix)))


@pytest.mark.data
def test_bantam_on_the_3_utr_of_hid(data_dir):
    examples = data_dir / "mirna" / "examples"
    bantam, hid = (
        encode(next(read_fasta(examples / name)).sequence)
        for name in ("bantam_stRNA.fasta", "hid_UTR.fasta")
    )
    searcher = Searcher([bantam], SearchOptions(top=3, seed_region=(2, 7)))
    hits = searcher.search(hid)
    # RNAhybrid -m 5000 -b 3 -f 2,7
    assert hits.mfe.tolist() == [-27.9, -24.7, -19.8]
    assert hits.position.tolist() == [1719, 889, 2205]
    assert [d.mfe for d in searcher.duplexes(hid, hits)] == hits.mfe.tolist()
