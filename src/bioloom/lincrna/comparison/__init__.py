"""Genes that differ between conditions, and how specific genes are to them."""
