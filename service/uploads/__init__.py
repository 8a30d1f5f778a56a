"""Submissions on their way in: bytes that arrive in pieces, and what becomes of them once they are whole."""
