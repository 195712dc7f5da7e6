"""Large predictions, scattered over blocks of targets by Snakemake."""
