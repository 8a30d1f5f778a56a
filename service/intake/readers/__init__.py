"""One reader a format: each gives the records of a file as text columns with their line numbers, and never guesses a value."""
