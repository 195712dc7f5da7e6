"""From reads to candidates with Snakemake: the steps and what starts them."""
