"""From assembled transcripts to lincRNA candidates, with a reason for every drop."""
