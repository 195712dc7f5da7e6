"""A coding-potential model trained on labelled transcripts, and judged."""
