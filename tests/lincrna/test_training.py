"""Training of a coding-potential model."""

import re

import numpy as np
import pytest

import bioloom as bl
from bioloom.cli import main
from bioloom.errors import BadModel, InputWarning
from bioloom.genome.gtf import read_annotation
from bioloom.genome.sequence import Genome
from bioloom.lincrna.coding.potential import FEATURES, load_model, save_model, score
from bioloom.lincrna.inputs.reference import sort_reference
from bioloom.lincrna.models import coding_model
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.training.annotated import train_on_annotation
from bioloom.lincrna.training.examples import made_up, thinned
from bioloom.lincrna.training.fit import Example, train, train_on_sequences
from bioloom.lincrna.training.utrs import lacks_utrs, with_utrs
from bioloom.seq.fasta import Record, write_fasta

CODONS = ["GCA", "GAA", "CTG", "AAA", "GGT", "GAT", "ATT", "CCA"]


def mrna(rng, n_codons=120):
    codons = "".join(rng.choice(CODONS, n_codons))
    return random_bases(rng, 30) + "ATG" + codons + "TAA" + random_bases(rng, 60)


def random_bases(rng, n):
    return "".join(rng.choice(list("ACGT"), n))


def examples(n, seed=1):
    rng = np.random.default_rng(seed)
    return [
        Example(mrna(rng) if is_coding else random_bases(rng, 450), is_coding, f"{i}")
        for i in range(2 * n)
        for is_coding in [i < n]
    ]


def test_clear_examples_are_told_apart_and_new_ones_too():
    model = train(examples(60), name="made up")
    assert model.evaluation["auc"] > 0.99
    assert (model.evaluation["n_coding"], model.evaluation["n_noncoding"]) == (60, 60)
    assert model.name == "made up"
    rng = np.random.default_rng(9)
    for _ in range(20):
        assert score(mrna(rng), "+", model).probability > model.threshold
        assert score(random_bases(rng, 450), "+", model).probability < model.threshold


def test_the_same_seed_gives_the_same_model():
    first, again = (train(examples(55), name="x", rng_seed=3) for _ in range(2))
    assert first.threshold == again.threshold
    assert first.evaluation == again.evaluation
    assert first.forest.to_entries() == again.forest.to_entries()
    assert (first.usage.hexamer == again.usage.hexamer).all()


def copies_of_noise(*, is_grouped):
    """Noise in which only copies of the same sequence tell its label."""
    rng = np.random.default_rng(4)
    found = []
    for gene in range(40):
        noise = "ATG" + "".join(rng.choice(CODONS, 150)) + "TAA"
        for copy in range(8):
            # codons changed here and there: few shared 24-mers betray the copy
            codons = [noise[i : i + 3] for i in range(0, len(noise), 3)]
            for place in range(2 + copy % 5, len(codons) - 1, 5):
                codons[place] = str(rng.choice(CODONS))
            group = f"{gene}" if is_grouped else f"{gene}-{copy}"
            found.append(Example("".join(codons), gene % 2 == 0, group))
    return found


def test_isoforms_of_a_gene_are_never_on_both_sides():
    leaking = train(copies_of_noise(is_grouped=False), name="x").evaluation["auc"]
    honest = train(copies_of_noise(is_grouped=True), name="x").evaluation["auc"]
    assert leaking > honest + 0.1  # the copies are learnt by heart
    assert honest < 0.65


def test_copies_are_never_on_both_sides_whatever_they_are_called():
    rng = np.random.default_rng(4)
    found = []
    for gene in range(40):
        noise = "ATG" + "".join(rng.choice(CODONS, 150)) + "TAA"
        found += [Example(noise, gene % 2 == 0, f"{gene}-{i}") for i in range(4)]
    assert train(found, name="x").evaluation["auc"] < 0.65


def test_the_threshold_balances_sensitivity_and_specificity():
    rng = np.random.default_rng(6)
    mixed = [
        Example(mrna(rng, 60 + 4 * (i % 12)), True, f"c{i}") for i in range(60)
    ] + [
        Example(random_bases(rng, 300) + mrna(rng, 52), False, f"n{i}")
        for i in range(90)
    ]
    found = train(mixed, name="x").evaluation
    assert abs(found["sensitivity"] - found["specificity"]) < 0.1


def test_without_noncoding_examples_some_are_made_up():
    mrnas = [one for one in examples(60) if one.is_coding]
    model = train(mrnas, name="mRNAs alone")
    assert model.evaluation["n_coding"] == 60
    assert model.evaluation["n_made_up"] == model.evaluation["n_noncoding"] >= 100
    rng = np.random.default_rng(9)
    for _ in range(20):
        assert score(mrna(rng), "+", model).probability > model.threshold
        assert score(random_bases(rng, 450), "+", model).probability < model.threshold


def test_made_up_examples_belong_to_the_gene_that_they_come_from():
    mrnas = [one for one in examples(50) if one.is_coding]
    found = list(made_up([*mrnas, examples(50)[-1]], np.random.default_rng(1)))
    assert {one.group for one in found} == {one.group for one in mrnas}
    assert all(one.is_made_up and not one.is_coding for one in found)


def test_thinning_keeps_a_transcript_of_every_gene(monkeypatch):
    monkeypatch.setattr("bioloom.lincrna.training.examples.MAX_PER_CLASS", 30)
    drawn = [Example("A", True, f"{i % 25}") for i in range(200)]
    drawn += [Example("C", False, f"{i}") for i in range(10)]
    kept = thinned(drawn, np.random.default_rng(1))
    assert sum(one.is_coding for one in kept) == 30
    assert len({one.group for one in kept if one.is_coding}) == 25
    assert sum(not one.is_coding for one in kept) == 10


@pytest.mark.parametrize("n_coding", [0, 49])
def test_too_few_examples_are_told(n_coding):
    few = examples(60)[60 - n_coding :]
    with pytest.raises(BadModel) as caught:
        train(few, name="a.fa and b.fa")
    assert str(caught.value).startswith(
        f"a.fa and b.fa: found {n_coding} coding and 60 non-coding transcripts, "
        "expected at least 50 of either."
    )


def test_too_few_genes_are_told():
    one_gene = [
        Example(one.sequence, one.is_coding, "one" if one.is_coding else one.group)
        for one in examples(60)
    ]
    with pytest.raises(BadModel, match="found 1 coding and 60 non-coding genes"):
        train(one_gene, name="x")


def test_files_in_model_out(tmp_path):
    for name, is_coding in (("coding.fa", True), ("noncoding.fa.gz", False)):
        write_fasta(
            tmp_path / name,
            (
                Record(one.group, one.sequence.lower(), f"gene:G{i // 2} pseudogene:x")
                for i, one in enumerate(examples(50))
                if one.is_coding is is_coding
            ),
        )
    model = train_on_sequences(tmp_path / "coding.fa", tmp_path / "noncoding.fa.gz")
    save_model(model, tmp_path / "m.json")
    loaded = load_model(tmp_path / "m.json")
    assert loaded.name == "coding.fa and noncoding.fa.gz"
    assert loaded.threshold == model.threshold


def test_mrnas_alone_in_model_out(tmp_path):
    records = (Record(one.group, one.sequence) for one in examples(55) if one.is_coding)
    write_fasta(tmp_path / "coding.fa", records)
    result = bl.lincrna.train(tmp_path / "coding.fa", out=tmp_path / "m.json")
    model = result.model
    assert model.name == "coding.fa and sequence made of them"
    assert load_model(tmp_path / "m.json").leak_threshold == model.leak_threshold
    assert repr(result).startswith("<TrainingResult: coding model of coding.fa and")
    assert [*result.to_frame()["measure"]] == [*result.evaluation]


def annotated_genes(tmp_path, n=60):
    """A genome with mRNAs one after the other, and its GTF."""
    rng = np.random.default_rng(3)
    genome, lines = "", []
    for number in range(n):
        rna = mrna(rng)
        begin = len(genome) + 1
        genome += rna + random_bases(rng, 50)
        names = f'gene_id "g{number}"; transcript_id "t{number}"; '
        names += 'gene_biotype "protein_coding";'
        cds = (begin + 30, begin + len(rna) - 61)
        for kind, (start, end) in (
            ("exon", (begin, begin + len(rna) - 1)),
            ("CDS", cds),
        ):
            row = ("1", "x", kind, start, end, ".", "+", ".", names)
            lines.append("\t".join(map(str, row)))
    (tmp_path / "a.gtf").write_text("\n".join(lines) + "\n")
    write_fasta(tmp_path / "g.fa", [Record("1", genome)])
    return tmp_path / "a.gtf", tmp_path / "g.fa"


def test_an_annotation_without_lncrnas_in_model_out(tmp_path):
    gtf, genome = annotated_genes(tmp_path)
    model = train_on_annotation(gtf, genome)
    assert model.name == "mRNAs of a.gtf and sequence made of them"
    assert model.evaluation["n_coding"] == 60


def test_sequences_of_a_dictionary_in_model_out():
    mrnas = {one.group: one.sequence for one in examples(52) if one.is_coding}
    assert train_on_sequences(mrnas).name == "mRNAs and sequence made of them"


def test_neither_sequences_nor_an_annotation_or_both():
    for sources in ({}, {"annotation": "a.gtf"}, {"coding": "c.fa", "genome": "g.fa"}):
        with pytest.raises(TypeError, match="Give coding sequences, or an annotation"):
            bl.lincrna.train(**sources)


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--coding", "coding.fa"], 0, "n_made_up"),
        (["--annotation", "a.gtf", "--genome", "g.fa"], 0, "leak_threshold"),
        ([], 2, "Give --coding, or --annotation and --genome"),
        (["--annotation", "a.gtf"], 2, "Give --coding, or"),
        (["--coding", "coding.fa", "--genome", "g.fa"], 2, "Give --coding, or"),
        (["--coding", "none.fa"], 1, "none.fa"),
    ],
)
def test_the_command(tmp_path, monkeypatch, options, code, told, capsys):
    annotated_genes(tmp_path)
    records = (Record(one.group, one.sequence) for one in examples(52) if one.is_coding)
    write_fasta(tmp_path / "coding.fa", records)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "sys.argv", ["bioloom", "lincrna", "train", *options, "--out", "m.json"]
    )
    left = 0
    try:
        main()
    except SystemExit as exit_:
        left = exit_.code
    shown = capsys.readouterr()
    assert left == code
    assert told in shown.out + shown.err
    assert (tmp_path / "m.json").is_file() == (code == 0)


# what is not mRNAs and lncRNAs


def fasta(path, sequences):
    write_fasta(path, (Record(f"r{i}", each) for i, each in enumerate(sequences)))
    return path


def classes(n=60, seed=5):
    coding, noncoding = [], []
    for one in examples(n, seed):
        (coding if one.is_coding else noncoding).append(one.sequence)
    return coding, noncoding


def proteins(n=60):
    rng = np.random.default_rng(2)
    return [
        "M" + "".join(rng.choice(list("ACDEFGHIKLMNPQRSTVWY"), 99)) for _ in range(n)
    ]


def changed(sequences, share=0.01):
    """Copies with some bases changed and both ends cut off."""
    rng = np.random.default_rng(8)
    return [
        "".join(
            str(rng.choice(list("ACGT"))) if rng.random() < share else base
            for base in sequence[20:-20]
        )
        for sequence in sequences
    ]


CODING, NONCODING = classes()
REFUSED = [
    (proteins(), NONCODING, "c.fa: found amino acids in 60 of 60 sequences", "cDNA"),
    (CODING, proteins(), "n.fa: found amino acids in 60 of 60 sequences", "cDNA"),
    (CODING, CODING, "c.fa and n.fa: found the same sequence", "given twice"),
    (CODING, [one.lower() for one in CODING], "c.fa and n.fa: found the same", "twice"),
    (CODING, [*CODING[:40], *NONCODING[:25]], "same sequence in both", "given twice"),
    (CODING, changed(CODING), "same sequence in both classes (60 of 60", "given twice"),
    (CODING, [one[60:300] for one in CODING], "same sequence in both", "given twice"),
    (NONCODING, CODING, "c.fa and n.fa: found longest ORFs of", "are not swapped"),
    (CODING, NONCODING[:49], "60 coding and 49 non-coding transcripts", "leave few"),
    (CODING, [], "n.fa: found no sequence", "Leave them out"),
]


@pytest.mark.parametrize(("coding", "noncoding", "found", "advice"), REFUSED)
def test_what_teaches_nothing_is_refused(tmp_path, coding, noncoding, found, advice):
    files = [fasta(tmp_path / "c.fa", coding), fasta(tmp_path / "n.fa", noncoding)]
    with pytest.raises(BadModel) as caught:
        train_on_sequences(*files)
    assert found in str(caught.value)
    assert advice in str(caught.value)


def cds_of(sequences):
    return [sequence[30:-60] for sequence in sequences]


SAID = [
    (
        [*CODING, *proteins(3)],
        NONCODING,
        "c.fa: amino acids in 3 of 63 sequences, left",
    ),
    (CODING, [*NONCODING, CODING[0]], "1 sequence in both classes, left out"),
    (CODING, [*NONCODING, *changed(CODING[:9])], "n.fa: 9 of 69 sequences share most"),
    (cds_of(CODING), NONCODING, "c.fa: 100% of the mRNAs are coding sequence (CDS)"),
    ([one[:-3] for one in cds_of(CODING)], NONCODING, "stand in for the UTRs"),
    ([*CODING, *cds_of(classes(20, 6)[0])], NONCODING, "(CDS) without UTRs. Whole"),
]


@pytest.mark.parametrize(("coding", "noncoding", "message"), SAID)
def test_what_is_left_out_or_made_is_said(tmp_path, coding, noncoding, message):
    files = [fasta(tmp_path / "c.fa", coding), fasta(tmp_path / "n.fa", noncoding)]
    with pytest.warns(InputWarning, match=re.escape(message)) as said:
        train_on_sequences(*files)
    assert len(said) == 1


def test_whole_mrnas_and_lncrnas_pass_in_silence(tmp_path):
    files = [fasta(tmp_path / "c.fa", CODING), fasta(tmp_path / "n.fa", NONCODING)]
    assert train_on_sequences(*files).evaluation["n_coding"] == 60


@pytest.mark.filterwarnings("ignore::bioloom.errors.InputWarning")
@pytest.mark.parametrize("has_lncrnas", [True, False])
def test_a_model_of_cds_knows_whole_mrnas(has_lncrnas):
    cds, others = dict(enumerate(cds_of(CODING))), dict(enumerate(NONCODING))
    cds = {f"c{n}": sequence for n, sequence in cds.items()}
    model = train_on_sequences(cds, others if has_lncrnas else None)
    rng = np.random.default_rng(9)
    for _ in range(20):
        assert score(mrna(rng), "+", model).probability > model.threshold
        assert score(random_bases(rng, 450), "+", model).probability < model.threshold


@pytest.mark.parametrize(
    ("sequence", "is_cds"),
    [
        ("ATG" + "GCA" * 40 + "TAA", True),
        ("GCA" * 40, True),
        ("ATG" + "GCA" * 40 + "TAAG", False),
        ("ATG" + "GCA" * 20 + "TAA" + "GCA" * 20, False),
        ("GATG" + "GCA" * 40 + "TAATA", True),
        ("ATG" + "GCA" * 9, False),
        ("", False),
    ],
)
def test_cds_are_known(sequence, is_cds):
    assert lacks_utrs([CODING[0], sequence]).tolist() == [False, is_cds]


def test_made_utrs_leave_the_cds_as_it_is_and_whole_mrnas_alone():
    given = [Example(each, True, f"{i}") for i, each in enumerate(cds_of(CODING))]
    given += [Example(CODING[0], True, "w"), Example(NONCODING[0], False, "n")]
    made = with_utrs(given, "x", np.random.default_rng(1)).examples
    assert made[-2:] == given[-2:]
    for before, after in zip(given[:-2], made[:-2], strict=True):
        assert before.sequence in after.sequence
        assert before.group == after.group
    lengths = [
        len(one.sequence) - len(a.sequence)
        for one, a in zip(made[:-2], given[:-2], strict=True)
    ]
    assert 200 < np.median(lengths) < 600


def without_utrs(gtf):
    """The annotation with its exons cut down to the CDS."""
    rows = [line.split("\t") for line in gtf.read_text().splitlines()]
    cds = {row[8]: row[3:5] for row in rows if row[2] == "CDS"}
    lines = ["\t".join([*row[:3], *cds[row[8]], *row[5:]]) for row in rows]
    gtf.write_text("\n".join(lines) + "\n")


def test_an_annotation_without_utrs_is_said_and_completed(tmp_path):
    gtf, genome = annotated_genes(tmp_path)
    without_utrs(gtf)
    with pytest.warns(InputWarning, match=r"a.gtf: 100% of the mRNAs are coding"):
        model = train_on_annotation(gtf, genome)
    rng = np.random.default_rng(9)
    called = [score(mrna(rng), "+", model).probability for _ in range(20)]
    assert min(called) > model.threshold


def test_few_lncrnas_of_an_annotation_are_said(tmp_path):
    gtf, genome = annotated_genes(tmp_path)
    rows = gtf.read_text().splitlines()
    lncrna = (
        rows[0]
        .replace("g0", "l")
        .replace("t0", "l")
        .replace("protein_coding", "lncRNA")
    )
    gtf.write_text("\n".join([*rows[2:], lncrna]) + "\n")
    with pytest.warns(InputWarning, match="a.gtf: 1 lncRNA, fewer than 50, left out"):
        model = train_on_annotation(gtf, genome)
    assert model.name == "mRNAs of a.gtf and sequence made of them"


def test_the_filter_completes_an_annotation_without_utrs_too(tmp_path):
    gtf, fasta_path = annotated_genes(tmp_path)
    exons = [row for row in gtf.read_text().splitlines() if "\texon\t" in row]
    without_utrs(gtf)
    opposite = [row.replace("\t+\t", "\t-\t").replace('"g', '"l') for row in exons]
    opposite = [
        row.replace('"t', '"l').replace("protein_coding", "lncRNA") for row in opposite
    ]
    gtf.write_text(gtf.read_text() + "\n".join(opposite) + "\n")
    settings = FilterSettings(min_training_genes=50)
    reference = sort_reference(read_annotation(gtf), settings)
    with Genome(fasta_path, cache=tmp_path) as genome:
        model, warnings = coding_model(reference, genome, settings, rng_seed=1)
    assert model.name == "genes of a.gtf"
    (warning,) = warnings
    assert warning.startswith("genes of a.gtf: 100% of the mRNAs are coding sequence")
    rng = np.random.default_rng(9)
    called = [score(mrna(rng), "+", model).probability for _ in range(20)]
    assert min(called) > model.threshold


def ciliate_mrna(rng):
    """An mRNA in which TAA and TAG are glutamine."""
    codons = rng.choice([*CODONS, "TAA", "TAG", "CAA"], 120)
    return random_bases(rng, 30) + "ATG" + "".join(codons) + "TGA" + "C" * 60


def test_a_model_is_trained_in_the_genetic_code_of_its_transcripts():
    rng = np.random.default_rng(4)
    given = {f"m{n}": ciliate_mrna(rng) for n in range(60)}
    others = {f"n{n}": random_bases(rng, 450) for n in range(60)}
    new = [ciliate_mrna(rng) for _ in range(20)]
    model = bl.lincrna.train(given, others, genetic_code=6).model
    with pytest.warns(InputWarning, match="Genetic code 6"):
        found = bl.lincrna.score(new, model=model, genetic_code=6)
    assert found.counts.n_coding == len(new)
    standard = bl.lincrna.train(given, others).model
    orf_length = [*FEATURES].index("log10_orf_nt")
    assert model.typical[orf_length] > standard.typical[orf_length]
