"""Sites in several species: one p-value for all orthologs of a target."""
