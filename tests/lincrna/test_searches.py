"""Which transcripts are searched for domains, what it costs, and what it changes."""

import logging
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.genome.gtf import read_annotation, write_gtf
from bioloom.lincrna.filtering import filter_transcripts
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.output.figures import not_judged
from bioloom.lincrna.output.working import read_working, write_working
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict import segments
from bioloom.lincrna.verdict.criteria import NOT_NEEDED
from bioloom.lincrna.verdict.domain_search import DomainSearch
from bioloom.lincrna.verdict.domains import DomainLibrary
from bioloom.lincrna.verdict.searches import (
    Case,
    Searches,
    read_domain_hits,
    write_hits,
)
from bioloom.lincrna.verdict.sequences import Spliced
from tests.lincrna.builders import collected, evidence, hit, protein_hit, tx

PACKAGED = FilterSettings(coding_model="packaged")
CASES = st.lists(
    st.tuples(
        st.sampled_from("ABC"),  # its locus
        st.sampled_from(["", "distance", "length", "orf", "coding"]),  # what it fails
        st.booleans(),  # whether it has a domain
    ),
    min_size=1,
    max_size=8,
)


def case_of(patterns, settings):
    failing = {
        "distance": {"gap_nt": 10},
        "orf": {"orf_aa": 150},
        "coding": {"probability": 0.9},
    }
    transcripts = [
        tx(f"t{number}", (0, 150 if fails == "length" else 900))
        for number, (_, fails, _) in enumerate(patterns)
    ]
    found = [
        evidence(transcript, **failing.get(fails, {}))
        for transcript, (_, fails, _) in zip(transcripts, patterns, strict=True)
    ]
    loci = [locus for locus, *_ in patterns]
    return Case([collected(each) for each in transcripts], found, loci, settings)


@given(
    CASES,
    st.sampled_from(["locus", "transcript"]),
    st.sets(st.sampled_from(["orf", "coding", "domain"])),
)
def test_searching_only_where_it_is_needed_changes_no_verdict(
    patterns, strictness, by_locus
):
    settings = FilterSettings(
        coding_threshold=0.5, strictness=strictness, locus_criteria=tuple(by_locus)
    )
    case = case_of(patterns, settings)
    hits = {
        f"t{number}": hit() if has_domain else None
        for number, (*_, has_domain) in enumerate(patterns)
    }
    names = [each.transcript_id for each in case.domain_targets()]
    some = case.judged(Searches({name: hits[name] for name in names}))
    every = case.judged(Searches(hits))
    assert [row.verdict for row in some] == [row.verdict for row in every]
    # and no transcript is searched in vain: a hit would reject a candidate
    without = case.judged(Searches(dict.fromkeys(names)))
    for name in names:
        one = case.judged(Searches({**dict.fromkeys(names), name: hit()}))
        assert [row.verdict for row in one] != [row.verdict for row in without]


@given(
    CASES,
    st.sampled_from(["locus", "transcript"]),
    st.sets(st.sampled_from(["orf", "coding", "domain", "homology"])),
    st.sets(st.integers(0, 9)),
)
def test_proteins_are_looked_for_only_where_they_change_a_verdict(
    patterns, strictness, by_locus, similar
):
    settings = FilterSettings(
        coding_threshold=0.5, strictness=strictness, locus_criteria=tuple(by_locus)
    )
    case = case_of(patterns, settings)
    names = [f"t{number}" for number in range(len(patterns))]
    domains = {
        name: hit() if has_domain else None
        for name, (*_, has_domain) in zip(names, patterns, strict=True)
    }
    hits = {
        name: protein_hit() if number in similar else None
        for number, name in enumerate(names)
    }
    so_far = Searches(domains)
    needed = [each.transcript_id for each in case.homology_targets(so_far)]
    some = replace(so_far, homology={name: hits[name] for name in needed})
    every = replace(so_far, homology=hits)
    assert [row.verdict for row in case.judged(some)] == [
        row.verdict for row in case.judged(every)
    ]
    # one that a domain rejects already is not searched
    left = [row for row in case.judged(so_far) if row.verdict == "candidate"]
    assert {row.transcript_id for row in left} <= set(needed)
    assert {row.locus_id for row in left} >= {
        row.locus_id for row in case.judged(so_far) if row.transcript_id in needed
    }


def test_what_is_not_searched_says_so_and_counts_as_judged():
    patterns = [("A", "", False), ("B", "orf", True), ("A", "distance", False)]
    case = case_of(patterns, FilterSettings(coding_threshold=0.5))
    targets = [each.transcript_id for each in case.domain_targets()]
    assert targets == ["t0", "t2"]
    rows = case.judged(Searches(dict.fromkeys(targets)))
    notes = [row.judgements["domain"].note for row in rows]
    assert notes == ["", NOT_NEEDED, ""]
    assert [row.judgements["domain"].is_passed for row in rows] == [True, None, True]
    assert not_judged(rows) == ()
    assert not_judged(case.judged(Searches({}))) == ()
    assert not_judged(case.judged(Searches())) == ("domain",)


def test_all_are_searched_if_asked_for():
    settings = FilterSettings(coding_threshold=0.5, domain_search="all")
    case = case_of([("A", "orf", False), ("B", "", False)], settings)
    assert [each.transcript_id for each in case.domain_targets()] == ["t0", "t1"]


def test_hits_are_written_unrounded_and_read_back(tmp_path):
    found = {"a": hit(evalue=1 / 3), "b": None, 'c"\t': hit(score_bits=0.1)}
    paths = [tmp_path / "1.jsonl", tmp_path / "2.jsonl"]
    write_hits(found, paths[0])
    write_hits({}, paths[1])
    assert read_domain_hits(paths) == found
    assert list(read_domain_hits(paths)) == list(found)


@pytest.fixture
def filtered(small, tmp_path):
    """Filter the small simulation with domains, needed or all."""

    def run(**settings):
        inputs = FilterInputs(
            assembly=small.models_path,
            genome=small.genome_path,
            annotation=small.annotation_path,
            domains=small.domains_path,
        )
        chosen = FilterSettings(coding_model="packaged", **settings)
        return inputs, filter_transcripts(inputs, chosen, cache=tmp_path)

    return run


def test_needed_and_all_give_the_same_verdicts_and_hits(filtered, tmp_path):
    _, some = filtered()
    inputs, every = filtered(domain_search="all")
    assert [row.verdict for row in some.rows] == [row.verdict for row in every.rows]
    assert any(row.reason == "domain" for row in some.rows)
    searched = [row for row in some.rows if row.evidence.is_domain_searched]
    by_name = {row.transcript_id: row.evidence.domain for row in every.rows}
    assert 0 < len(searched) < len(some.rows)
    assert all(row.evidence.is_domain_searched for row in every.rows)
    assert [row.evidence.domain for row in searched] == [
        by_name[row.transcript_id] for row in searched
    ]
    [note] = some.notes
    assert f"{len(searched)} of {len(some.rows)} transcripts" in note
    assert every.notes == ()
    assert not_judged(some.rows) == ()
    row = next(row for row in some.rows if not row.evidence.is_domain_searched)
    text = some.explain(row.transcript_id).to_text()
    assert "Not searched for domains: the verdict stands without them." in text
    verdicts = some.to_frame().domain_verdict
    assert (verdicts == "not needed").sum() == len(some.rows) - len(searched)
    folder = tmp_path / "working/filtered"
    write_working(some, folder, genome=inputs.genome, annotation=inputs.annotation)
    assert read_working(tmp_path).notes == some.notes


def random_transcripts(small, n=40):
    from bioloom.seq.fasta import read_fasta

    [record, *_] = read_fasta(small.genome_path)
    return [
        Spliced(f"t{number}", "+-."[number % 3], record.sequence[at : at + 900])
        for number, at in enumerate(range(0, 700 * n, 700))
    ]


def test_batches_and_threads_change_nothing(small, monkeypatch):
    transcripts = random_transcripts(small)
    search = DomainSearch(DomainLibrary(small.domains_path, PACKAGED), PACKAGED)
    whole = search.search(transcripts)
    assert list(whole) == [each.transcript_id for each in transcripts]
    monkeypatch.setattr(segments, "BATCH_AA", 3000)
    assert search.search(transcripts, threads=2) == whole
    halves = [search.search(part) for part in (transcripts[:7], transcripts[7:])]
    assert halves[0] | halves[1] == whole
    assert search.search([]) == {}


def test_the_cost_is_told_before_the_search(small, caplog, monkeypatch):
    transcripts = random_transcripts(small)
    twice = [*transcripts, Spliced("same", "+", transcripts[0].sequence)]
    search = DomainSearch(DomainLibrary(small.domains_path, PACKAGED), PACKAGED)
    steps = []
    with caplog.at_level(logging.INFO, "bioloom"):
        search.search(twice, on_step=lambda *step: steps.append(step))
    cost = search.tell_cost(twice)
    assert cost.n_transcripts == 41
    # what isoforms share is searched once
    assert cost.n_segments == search.tell_cost(transcripts).n_segments
    assert cost.cpu_s > 0
    assert "domain search: 41 transcripts" in caplog.messages[0]
    assert "of CPU time" in caplog.messages[0]
    assert steps[0][0].startswith("domains: 41 transcripts")
    assert (steps[0][1:], steps[-1][1:]) == ((0, 41), (41, 41))


@pytest.mark.data
def test_the_estimate_is_the_time_of_the_sample_by_its_share(data_dir, monkeypatch):
    library = DomainLibrary(data_dir / "lincrna/pfam/mini_Pfam-A.hmm.gz", PACKAGED)

    def seconds(_library, models, proteins):
        cells = sum(model.M for model in models) * sum(map(len, proteins))
        return 0.01 * len(models) + 1e-6 * cells

    monkeypatch.setattr(DomainLibrary, "_seconds", seconds)
    sample = ["MKLVINGHTRWACDEFPQSY" * 60] * 20
    positions = sum(model.M for model in library.models)
    for n_residues, n_batches in ((10**6, 1), (10**7, 1), (10**6, 7)):
        estimate = library.estimated_cpu_s(
            sample, n_residues=n_residues, n_batches=n_batches
        )
        preparing = 0.01 * library.n_models * n_batches
        assert estimate == pytest.approx(
            preparing + 1e-6 * positions * n_residues, rel=0.1
        )


def test_a_shared_segment_counts_for_each_of_its_transcripts(small):
    library = DomainLibrary(small.domains_path, PACKAGED)
    search = DomainSearch(library, PACKAGED)
    transcripts = random_transcripts(small)
    found = search.search(transcripts)
    doubled = [Spliced(f"{tx.transcript_id}x", *tx_rest(tx)) for tx in transcripts]
    both = search.search([*transcripts, *doubled])
    assert {name: both[name] for name in found} == found
    assert {name: both[f"{name}x"] for name in found} == found


def tx_rest(transcript):
    return transcript.strand, transcript.sequence


@pytest.mark.data
def test_on_human_chromosome_9_needed_and_all_agree(data_dir, tmp_path):
    source = data_dir / "lincrna/human_chr9"
    annotation = source / "chr9_1_1000000.ensembl91.gtf.gz"
    known = read_annotation(annotation).transcripts
    moved = [
        replace(
            each,
            transcript_id=f"NEW.{number}",
            gene_id=f"NEW.{number}",
            exons=tuple((start + shift, end + shift) for start, end in each.exons),
        )
        for shift in (0, 13_331)
        for number, each in enumerate(known, shift)
        if each.end + shift < 1_000_000
    ]
    write_gtf(tmp_path / "moved.gtf", moved)
    inputs = FilterInputs(
        assembly=tmp_path / "moved.gtf",
        genome=source / "chr9_1_1000000.fa.gz",
        annotation=annotation,
        domains=data_dir / "lincrna/pfam/mini_Pfam-A.hmm.gz",
    )
    some, every = (
        filter_transcripts(
            inputs, replace(PACKAGED, domain_search=which), cache=tmp_path
        )
        for which in ("needed", "all")
    )
    assert [row.verdict for row in some.rows] == [row.verdict for row in every.rows]
    searched = [
        number
        for number, row in enumerate(some.rows)
        if row.evidence.is_domain_searched
    ]
    assert 0 < len(searched) < len(some.rows) / 2
    for number in searched:
        found, expected = some.rows[number].evidence, every.rows[number].evidence
        assert found == expected
    assert any(row.evidence.domain for row in every.rows)
