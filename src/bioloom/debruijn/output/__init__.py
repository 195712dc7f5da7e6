"""Run folders and pages of graphs and assemblies."""
