"""Where a transcript lies: neighbours, class codes, loci."""
