"""Measured evidence beside predicted sites: CLIP peaks, degradome cuts."""
