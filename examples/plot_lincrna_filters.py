"""
What does each filter take away?
================================

A small transcriptome is simulated, with decoys that fail one filter each; its true
transcripts stand in for an assembly. No reads are needed for that.
"""

from pathlib import Path
from tempfile import mkdtemp

from bioloom.genome.sequence import Genome
from bioloom.lincrna.filtering import filter_transcripts
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.output.explain import explain
from bioloom.lincrna.output.figures import attrition_figure
from bioloom.lincrna.simulate import simulate

folder = Path(mkdtemp())
simulate(folder)
inputs = FilterInputs(
    assembly=folder / "transcripts.gtf",
    genome=folder / "genome.fa",
    annotation=folder / "annotation.gtf",
    domains=folder / "domains.hmm",
)
result = filter_transcripts(inputs, cache=folder)
print(f"{len(result.candidates)} of {len(result.rows)} transcripts are candidates")

# %%
# Each branch is as wide as what one criterion drops.
figure = attrition_figure(result)

# %%
# Why was this one dropped? Every criterion is judged for every transcript, so a near
# miss can be told from a clear case.
row = next(row for row in result.rows if row.reason == "domain")
with Genome(inputs.genome, cache=folder) as genome:
    sequence = genome.spliced(row.collected.transcript)
print(explain(row, sequence, result.model, result.settings).to_text())
