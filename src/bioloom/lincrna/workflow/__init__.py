"""From reads to candidates with Snakemake: the steps, and how they are started."""
