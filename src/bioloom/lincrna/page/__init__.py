"""What the report of a run shows: one model, built once, without any layout."""
