"""Self-contained HTML pages: one file, no external links, readable without scripts."""
