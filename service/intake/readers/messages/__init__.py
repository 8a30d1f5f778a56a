"""Messages rather than tables: ISO 20022, goAML and SWIFT MT, each record turned into canonical columns, parties and accounts."""
