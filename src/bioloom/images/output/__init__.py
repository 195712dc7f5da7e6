"""The run folder: tables, figures, model card, explanations."""
