"""Prepare, fit, and predict every picture."""
