"""A run: a pure function from a manifest and the segments it names to findings and candidate alerts, in a child process."""
