"""Screening against lists: the only detectors that see names and owners, and only where a mission has loaded a watchlist."""
