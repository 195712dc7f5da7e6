"""Picture files: found, recognised, read safely, compared byte by byte."""
