"""Serving a house: the listening socket, the patience with clients, the operator at the gate."""
