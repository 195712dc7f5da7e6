"""Self-contained HTML pages: one file, no outside address, readable without scripts."""
