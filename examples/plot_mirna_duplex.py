"""
Where does a miRNA bind a target?
=================================

let-7 on an artificial 3'UTR with two sites: one with a full seed, one without. In the
shell: ``bioloom mirna draw mirnas.fa utrs.fa --out site``.
"""

import bioloom as bl

let7 = {"let-7": "UGAGGUAGUAGGUUGUAUAGUU"}
utr = {
    "UTR": "GGCAUUCCAAUGACUUAUACAAUUUCUACCUCAGGAUCCGAAUUACGCAAUCGG"
    "AACUAUGCAACCUACGGAUUCAUUGCAAGCUUACGUAUGCCAAUAAAGGCAUUC"
}

# %%
# The two best sites. Energies equal RNAhybrid's to the last digit.
sites = bl.mirna.predict(let7, utr, top=2)
print(sites.to_frame()[["mfe", "seed", "start", "end"]].to_string(index=False))

# %%
# The stronger one, base by base.
figure = sites.plot(0)

# %%
# Both along the target.
figure = sites.plot_map("UTR")

# %%
# The energy, loop by loop.
print(sites.explain(0))
