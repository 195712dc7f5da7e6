"""
Genes that change between conditions
====================================

Six samples and 200 genes with made-up counts, ten of them changed. In the shell:
``bioloom lincrna compare --counts counts.tsv --samples samples.tsv
--design "~ condition" --out compared``.
"""

from random import Random

import bioloom as bl

rng = Random(1)
means = [rng.uniform(30, 900) for _ in range(200)]
counts = {"gene": [f"g{n}" for n in range(200)]}
for sample in "abcdef":
    changed = 4 if sample in "def" else 1
    factors = [changed] * 5 + [1 / changed] * 5 + [1] * 190
    counts[sample] = [
        round(rng.gammavariate(10, mean * factor / 10))
        for mean, factor in zip(means, factors, strict=True)
    ]
samples = {"sample": [*"abcdef"], "condition": ["control"] * 3 + ["treated"] * 3}
contrast = ("condition", "treated", "control")
compared = bl.lincrna.compare(
    counts, samples, design="~ condition", contrasts=[contrast]
)
print(compared)

# %%
# A volcano: far to the side is a large change, high up a sure one.
figure = compared.plot()

# %%
# One of them with its working.
print(compared.explain("g0"))
