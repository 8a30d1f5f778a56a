"""Serving a house: the listening socket, the patience with clients, the end where storage failed."""
