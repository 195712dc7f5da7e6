"""One score for a miRNA and a gene, over sites and isoforms."""
