"""How a command runs: its files, its record, its settings, the tools it calls."""
