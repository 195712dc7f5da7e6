"""
Where does a miRNA stick to a target?
=====================================

let-7 on a made-up 3'UTR that holds two sites: one with a full seed, one without.
"""

from bioloom.mirna.inputs.records import Mirna, Target
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.output.explain import explain
from bioloom.mirna.output.figures import map_figure, site_figure
from bioloom.mirna.prediction import predict
from bioloom.seq.alphabet import encode

let7 = Mirna("let-7", encode("UGAGGUAGUAGGUUGUAUAGUU"))
utr = Target(
    "UTR",
    encode(
        "GGCAUUCCAAUGACUUAUACAAUUUCUACCUCAGGAUCCGAAUUACGCAAUCGG"
        "AACUAUGCAACCUACGGAUUCAUUGCAAGCUUACGUAUGCCAAUAAAGGCAUUC"
    ),
)

# %%
# The two best sites. Energies are RNAhybrid's, to the last digit.
(sites,) = predict([let7], [utr], SearchOptions(top=2)).sites
for energy, seed in zip(sites.hits.mfe, sites.seeds.kind, strict=True):
    print(f"{energy:.1f} kcal/mol, seed {seed}")

# %%
# The firmer one, base by base.
figure = site_figure(sites, 0)

# %%
# Both along the target.
figure = map_figure(sites)

# %%
# And where the energy comes from, loop by loop.
print(explain(let7, utr).to_text())
