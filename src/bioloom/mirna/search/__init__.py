"""Searchers that find the sites of miRNAs on targets."""
