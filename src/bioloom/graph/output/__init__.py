"""The run folder: figures, tables, and how it is read again."""
