"""The working behind an aggregation and behind a prediction."""
