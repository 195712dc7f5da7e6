"""Files for genome browsers: candidates, coverage, session and track hub."""
