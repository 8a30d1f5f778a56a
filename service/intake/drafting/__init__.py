"""A first mapping from a sample of a file: what its columns seem to be, with the reasons, for a person to confirm."""
