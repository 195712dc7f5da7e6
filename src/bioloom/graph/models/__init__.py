"""Layers, sparse products and the models built of them; their weights as files."""
