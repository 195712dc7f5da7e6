"""Results: tables, files, figures, explanations."""
