"""
What does each filter take away?
================================

A small transcriptome is simulated, with decoys that fail one filter each; its true
transcripts stand in for an assembly. No reads are needed for that. In the
shell: ``bioloom lincrna filter --gtf transcripts.gtf --genome genome.fa --annotation
annotation.gtf --domains domains.hmm --out filtered``.
"""

from tempfile import mkdtemp

import bioloom as bl
from bioloom.lincrna.simulate import simulate

data = simulate(mkdtemp())
result = bl.lincrna.filter(
    data.models_path,
    genome=data.genome_path,
    annotation=data.annotation_path,
    domains=data.domains_path,
)
print(result)

# %%
# Each branch is as wide as what one criterion drops.
figure = result.plot()

# %%
# Why was this one dropped? Every criterion is judged for every transcript, so near
# misses and clear cases can be distinguished.
row = next(row for row in result.rows if row.reason == "domain")
print(result.explain(row.transcript_id))
