"""Inputs: networks of any format → checked graphs with a split."""
