"""The embedded example: drawn creatures."""
