"""Patterns: shapes that money takes across several accounts, found exactly. What each one means stands in docs/patterns.md."""
