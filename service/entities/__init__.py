"""Accounts as people look at them: by an opaque id, with their identifiers masked, and with what links them to others."""
