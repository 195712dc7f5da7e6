"""Coding potential: ORFs, features, and the model that combines them."""
