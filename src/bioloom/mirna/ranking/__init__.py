"""Ranking of sites: features, the score and its parts, its quality on known pairs."""
