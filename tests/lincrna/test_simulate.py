"""The truth of a simulation, recomputed from its files by other code."""

import csv
import re
from dataclasses import dataclass, field

import pytest

from bioloom.errors import BadInput
from bioloom.lincrna.simulate import Simulation, simulate

INNOCENT = {
    "known_lincrna",
    "known_monoexonic",
    "known_host",
    "novel_lincrna",
    "novel_low",
    "novel_monoexonic",
    "novel_unstranded",
    "novel_host",
    "decoy_length",
    "decoy_housekeeping",
    "decoy_antisense",
    "decoy_intronic",
    "decoy_distance",
}
COMPLEMENT = str.maketrans("ACGT", "TGCA")
OPEN_FRAME = re.compile("(?=(ATG(?:(?!TAA|TAG|TGA)[ACGT]{3})*))")


@dataclass
class Model:
    chrom: str = ""
    strand: str = ""
    exons: list = field(default_factory=list)
    parts: dict = field(default_factory=dict)
    gene_type: str = ""

    @property
    def start(self):
        return self.exons[0][0]

    @property
    def end(self):
        return self.exons[-1][1]

    @property
    def length(self):
        return sum(end - start for start, end in self.exons)

    @property
    def introns(self):
        return [
            (left[1], right[0])
            for left, right in zip(self.exons[:-1], self.exons[1:], strict=True)
        ]


def read_fasta(path):
    records = path.read_text().split(">")[1:]
    return {
        record.split("\n", 1)[0]: record.split("\n", 1)[1].replace("\n", "")
        for record in records
    }


def read_gtf(path):
    models = {}
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            continue
        chrom, _, feature, start, end, _, strand, frame, attributes = line.split("\t")
        names = dict(re.findall(r'(\w+) "([^"]+)"', attributes))
        if "transcript_id" not in names:
            continue
        model = models.setdefault(names["transcript_id"], Model(chrom, strand))
        model.gene_type = names.get("gene_type", "")
        span = (int(start) - 1, int(end))
        if feature == "exon":
            model.exons = sorted([*model.exons, span])
        model.parts.setdefault(feature, []).append((*span, frame))
    return models


def on_strand(sequence, strand):
    return sequence.translate(COMPLEMENT)[::-1] if strand == "-" else sequence


def spliced(genome, model, spans=None):
    spans = sorted(span[:2] for span in spans or model.exons)
    joined = "".join(genome[model.chrom][start:end] for start, end in spans)
    return on_strand(joined, model.strand)


def longest_aa(rna):
    return max((len(orf) // 3 for orf in OPEN_FRAME.findall(rna)), default=0)


def overlap(left, right):
    return sum(
        max(0, min(a_end, b_end) - max(a_start, b_start))
        for a_start, a_end in left
        for b_start, b_end in right
    )


def near(one, other):
    """Bases between two spans on one chromosome, 0 if they overlap."""
    return max(0, one.start - other.end, other.start - one.end)


class Read:
    """All files of a simulation as plain Python."""

    def __init__(self, simulation: Simulation):
        self.simulation = simulation
        self.genome = read_fasta(simulation.genome_path)
        self.models = read_gtf(simulation.models_path)
        self.known = read_gtf(simulation.annotation_path)
        with simulation.truth_path.open() as file:
            self.truth = list(csv.DictReader(file, delimiter="\t"))

    def of(self, *kinds):
        return [
            (row, self.models[f"{row['locus_id']}.1"])
            for row in self.truth
            if row["kind"] in kinds
        ]

    def coding_genes(self, chrom):
        return [
            model
            for model in self.known.values()
            if model.gene_type == "protein_coding" and model.chrom == chrom
        ]


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    return Read(simulate(tmp_path_factory.mktemp("full")))


def content(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes_other_seed_other_bytes(tmp_path):
    for name, rng_seed in (("one", 5), ("two", 5), ("three", 6)):
        simulate(tmp_path / name, rng_seed=rng_seed, scale=0.1)
    one, two, three = (content(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two
    assert one.keys() == three.keys()
    same = {str(path) for path in one if one[path] == three[path]}
    assert same == {"samples.tsv"}


def test_every_kind_stays_at_a_small_scale(read, tmp_path):
    small = Read(simulate(tmp_path, scale=0.01))
    assert {row["kind"] for row in small.truth} == {row["kind"] for row in read.truth}
    assert len(small.truth) < len(read.truth) / 2


def test_numbers_of_the_truth_table(read):
    for row, model in read.of(*{row["kind"] for row in read.truth}):
        isoforms = [
            other
            for name, other in read.models.items()
            if name.rpartition(".")[0] == row["locus_id"]
        ]
        rna = spliced(read.genome, model)
        both = row["kind"] == "novel_unstranded"
        orf = max(longest_aa(rna), longest_aa(on_strand(rna, "-")) if both else 0)
        assert row["chrom"] == model.chrom
        assert row["strand"] == model.strand
        assert int(row["start"]) == min(isoform.start for isoform in isoforms)
        assert int(row["end"]) == max(isoform.end for isoform in isoforms)
        assert int(row["n_exons"]) == len(model.exons)
        assert int(row["length_nt"]) == len(rna)
        assert int(row["longest_orf_aa"]) == orf
        is_known = f"{row['locus_id']}.1" in read.known
        assert row["annotated"] == ("yes" if is_known else "no")
        assert (row["expected"] == "candidate") == (row["expected_reason"] == "")


def test_both_strands_are_used(read):
    for kind in ("coding", "novel_lincrna", "known_lincrna"):
        assert {row["strand"] for row, _ in read.of(kind)} == {"+", "-"}


def test_innocent_transcripts_have_no_long_orf(read):
    for row, _ in read.of(*INNOCENT):
        limit = 99 if "exactly 99 aa" in row["note"] else 69
        assert int(row["longest_orf_aa"]) <= limit, row


def test_edges_of_length_and_orf(read):
    short = {int(row["length_nt"]) for row, _ in read.of("decoy_length")}
    assert max(short) == 200
    assert min(int(row["length_nt"]) for row, _ in read.of("known_lincrna")) == 201
    assert min(int(row["longest_orf_aa"]) for row, _ in read.of("decoy_orf")) == 100
    assert max(int(row["longest_orf_aa"]) for row, _ in read.of("novel_lincrna")) == 99


def test_orf_of_other_decoys_is_under_100_aa(read):
    for row, _ in read.of("decoy_coding", "decoy_domain"):
        assert 60 < int(row["longest_orf_aa"]) < 100
    for row, model in read.of("decoy_coding"):
        assert 3 * int(row["longest_orf_aa"]) > 0.7 * model.length > 140


@pytest.mark.parametrize("kinds", [INNOCENT, {"decoy_orf", "decoy_domain"}])
def test_packaged_model_calls_them_noncoding(read, kinds):
    from bioloom.lincrna.coding.potential import load_model, score

    model = load_model()
    for row, transcript in read.of(*kinds):
        strand = "." if row["kind"] == "novel_unstranded" else "+"
        rna = spliced(read.genome, transcript)
        assert score(rna, strand, model).probability < model.threshold, row


def test_packaged_model_calls_coding_decoys_coding(read):
    from bioloom.lincrna.coding.potential import load_model, score

    model = load_model()
    for row, transcript in read.of("decoy_coding", "unannotated_coding", "retrocopy"):
        rna = spliced(read.genome, transcript)
        assert score(rna, "+", model).probability > model.threshold, row


def gc3(rna):
    """Share of G and C at the third codon positions of the longest ORF."""
    third = max(OPEN_FRAME.findall(rna), key=len)[2::3]
    return (third.count("G") + third.count("C")) / len(third)


def test_codons_of_decoys_lean_the_right_way(read):
    """Human genes have 59 % G or C at third positions, the genome 41 %."""
    for row, model in read.of("decoy_coding"):
        assert gc3(spliced(read.genome, model)) > 0.62, row
    for row, model in read.of("decoy_orf", "decoy_domain"):
        assert gc3(spliced(read.genome, model)) < 0.48, row


def test_introns_are_gt_ag_and_cannot_be_shifted(read):
    n_introns = 0
    for name, model in read.models.items():
        chrom = read.genome[model.chrom]
        for start, end in model.introns:
            intron = on_strand(chrom[start:end], model.strand)
            assert intron.startswith("GT"), name
            assert intron.endswith("AG"), name
            assert end - start >= 100
            n_introns += 1
            around = on_strand(chrom[start - 10 : start + 10], model.strand)
            across = on_strand(chrom[end - 10 : end + 10], model.strand)
            if model.strand == "-":
                around, across = across, around
            places = [
                shift
                for shift in range(-8, 9)
                if around[10 + shift : 12 + shift] == "GT"
                and across[8 + shift : 10 + shift] == "AG"
                and around[: 10 + shift] + across[10 + shift :]
                == around[:10] + across[10:]
            ]
            assert places == [0], name
    assert n_introns > 200


def test_cds_rows_leave_the_stop_codon_out(read):
    coding = [m for m in read.known.values() if m.gene_type == "protein_coding"]
    assert len(coding) == 45
    for model in coding:
        cds = spliced(read.genome, model, model.parts["CDS"])
        rna = spliced(read.genome, model)
        assert len(cds) % 3 == 0
        assert longest_aa(cds) == len(cds) // 3 == longest_aa(rna)
        stop = spliced(read.genome, model, model.parts["stop_codon"])
        assert stop in {"TAA", "TAG", "TGA"}
        assert cds + stop in rna
        assert spliced(read.genome, model, model.parts["start_codon"]) == "ATG"


def test_frames_of_cds_rows(read):
    for model in read.known.values():
        before = 0
        rows = sorted(model.parts.get("CDS", []), reverse=model.strand == "-")
        for start, end, frame in rows:
            assert int(frame) == (3 - before % 3) % 3
            before += end - start


def test_lone_loci_lie_5_kb_from_coding_genes(read):
    leaning = {"coding", "decoy_antisense", "decoy_intronic", "decoy_distance"}
    for row, model in read.of(*{row["kind"] for row in read.truth} - leaning):
        genes = read.coding_genes(model.chrom)
        assert min(near(model, gene) for gene in genes) >= 5000, row


def test_antisense_decoys_overlap_exons_on_the_other_strand(read):
    decoys = read.of("decoy_antisense")
    assert decoys
    for _, model in decoys:
        genes = [g for g in read.coding_genes(model.chrom) if near(model, g) == 0]
        assert len(genes) == 1
        assert genes[0].strand != model.strand
        assert overlap(genes[0].exons, model.exons) >= 100
        assert len(model.exons) == 2


def test_intronic_decoys_lie_in_one_intron(read):
    strands = set()
    for _, model in read.of("decoy_intronic"):
        (gene,) = [g for g in read.coding_genes(model.chrom) if near(model, g) == 0]
        assert overlap(gene.exons, [(model.start, model.end)]) == 0
        strands.add(gene.strand == model.strand)
    assert strands == {True, False}


def test_distance_decoys_follow_a_gene_within_1_kb(read):
    for _, model in read.of("decoy_distance"):
        gene = min(read.coding_genes(model.chrom), key=lambda g: near(model, g))
        is_after = (
            model.start >= gene.end if model.strand == "+" else model.end <= gene.start
        )
        assert gene.strand == model.strand
        assert is_after
        assert 250 < near(model, gene) < 1000
        assert len(model.exons) == 1


def test_housekeeping_decoys_cover_half_of_a_known_small_rna(read):
    shares = []
    for _, model in read.of("decoy_housekeeping"):
        (small,) = [
            other
            for other in read.known.values()
            if other.chrom == model.chrom and near(model, other) == 0
        ]
        assert small.gene_type in {"snRNA", "rRNA"}
        assert small.strand == model.strand
        shares.append(overlap(small.exons, model.exons) / small.length)
    assert sorted(shares) == [0.7, 1.0, 1.0]


def test_hosts_hold_snornas_in_introns_only(read):
    for _, model in read.of("known_host", "novel_host"):
        inside = [
            other
            for other in read.known.values()
            if other.gene_type == "snoRNA"
            and other.chrom == model.chrom
            and near(model, other) == 0
        ]
        assert len(inside) == 2
        for small in inside:
            assert overlap(small.exons, model.exons) == 0
            assert small.strand == model.strand


def test_second_isoform_of_the_retrocopy_looks_innocent(read):
    ((row, main),) = read.of("retrocopy")
    other = read.models[f"{row['locus_id']}.2"]
    assert 250 <= int(row["longest_orf_aa"]) <= 343
    assert longest_aa(spliced(read.genome, other)) < 70
    assert other.introns != main.introns
    assert overlap(main.exons, other.exons) > 200
    assert other.length > 200


def scores(path, proteins):
    """(protein, score, gathering threshold) of every pair that scores at all."""
    import pyhmmer

    amino = pyhmmer.easel.Alphabet.amino()
    block = pyhmmer.easel.DigitalSequenceBlock(
        amino,
        [
            pyhmmer.easel.TextSequence(name=name, sequence=protein).digitize(amino)
            for name, protein in proteins.items()
        ],
    )
    with pyhmmer.plan7.HMMFile(path) as file:
        models = list(file)
    # E-value and heuristics open: even the weakest scores are seen
    found = pyhmmer.hmmsearch(models, block, cpus=1, E=1e9, F1=1.0, F2=1.0, F3=1.0)
    return [
        (hit.name, hit.score, hmm.cutoffs.gathering1)
        for hmm, top in zip(models, found, strict=True)
        for hit in top
    ]


def proteins_of(read, name):
    """Proteins of the ORFs of 20 aa or more, the longest first."""
    from pyhmmer.easel import Alphabet, TextSequence

    orfs = set(OPEN_FRAME.findall(spliced(read.genome, read.models[name])))
    longest_first = sorted(orfs, key=lambda orf: (-len(orf), orf))
    return {
        f"{name}/{number}": TextSequence(name=name, sequence=orf)
        .digitize(Alphabet.dna())
        .translate()
        .textize()
        .sequence
        for number, orf in enumerate(longest_first)
        if len(orf) >= 60
    }


def test_domains_hit_coding_loci_and_nothing_else(read):
    proteins = {}
    for name in read.models:
        proteins |= proteins_of(read, name)
    best = dict.fromkeys(proteins, 0.0)
    for name, score, gathering in scores(read.simulation.domains_path, proteins):
        best[name] = max(best[name], score / gathering)
    kinds = ("coding", "unannotated_coding", "decoy_domain", "retrocopy")
    with_domain = {f"{row['locus_id']}.1" for row, _ in read.of(*kinds)}
    longest = [best[f"{name}/0"] for name in with_domain]
    others = [
        margin
        for name, margin in best.items()
        if name.partition("/")[0] not in with_domain
    ]
    assert min(longest) > 1.2
    assert max(others) < 0.5
    assert len(others) > 100


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"rng_seed": -1},
            "rng_seed: found -1, expected a whole number of 0 or more.",
        ),
        ({"scale": 0}, "scale: found 0, expected a number over 0."),
        ({"scale": float("nan")}, "scale: found nan, expected a number over 0."),
    ],
)
def test_bad_arguments(tmp_path, wrong, message):
    with pytest.raises(BadInput, match=re.escape(message)):
        simulate(tmp_path / "out", **wrong)
    assert not (tmp_path / "out").exists()
