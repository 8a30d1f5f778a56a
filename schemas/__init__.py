"""What things are: the canonical columns, the records and the errors, each declared once."""
