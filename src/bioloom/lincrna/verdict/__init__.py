"""Evidence and criteria: what each transcript passes or fails."""
