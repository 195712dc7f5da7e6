"""Coding potential: ORFs, features, and the model that weighs them."""
