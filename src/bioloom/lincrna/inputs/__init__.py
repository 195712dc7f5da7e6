"""What a run reads: configuration, samples, annotation, assembly, votes."""
