"""The ledger: DuckDB's view of the journal, rebuilt from it at will and never trusted over it."""
