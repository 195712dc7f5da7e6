"""
Ten miRNAs of the fly on one 3'UTR
==================================

The files come with bioloom. In the shell: ``bioloom mirna demo --out mirna_demo``, then
``bioloom mirna draw mirna_demo/mirnas.fa mirna_demo/targets.fa --map --out hid``.
"""

from tempfile import mkdtemp

import bioloom as bl

sites = bl.mirna.demo(mkdtemp())
names = [record.name for record in sites.targets]

# %%
# All sites along the 3'UTR of *hid*.
figure = sites.plot_map(names[0])

# %%
# And along an RNA made as a sponge.
figure = sites.plot_map(names[1])

# %%
# The strongest of all sites, base by base.
strongest = int(sites.to_frame()["mfe"].to_numpy().argmin())
figure = sites.plot(strongest)
