"""Who may do what: accounts, keys, sessions, limits, and the one filter through which everything is read.

Whatever is not permitted here by name is refused, and a refusal of a known caller is written to the journal.
"""
