"""The command line. `main` is the console script: it runs a command and turns errors into one line and an exit code."""

from service.cli.app import main

__all__ = ["main"]
