"""What is said on the command line before the command: which data directory, or which server, and with which settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from schemas.errors import RequestInvalid
from service.home import Home
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Given:
    """`url` names a server; without it the commands look for one at the data directory. `token` is the key shown to it."""

    settings: Settings
    url: str | None = None
    token: str | None = None

    @property
    def home(self) -> Path:
        """The data directory, as an absolute path."""
        return self.settings.home.resolve()


def standing_home(given: Given) -> Home:
    """The data directory, for commands that only look at what is there. Raises RequestInvalid where there is none: a check of
    nothing must not pass, nor make a directory at a mistyped path."""
    home = Home(given.home)
    if not any(part.exists() for part in (home.journal, home.originals, home.ledger)):
        raise RequestInvalid(
            "there is no data directory here", where=f"--home {given.home}",
            remedy="Name one that exists with --home or THALWEG_HOME; thalweg submit and thalweg serve make a new one.",
        )  # fmt: skip
    return home


def settings_at(**said: Any) -> Settings:
    """The settings of the environment, with what the command line says in their place where it says something.

    Raises RequestInvalid for a variable of the environment that is no valid setting.
    """
    try:
        return Settings(**{name: value for name, value in said.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise RequestInvalid(
            f"this setting is not valid: {first['msg']}", where=f"THALWEG_{name}", remedy="See docs/settings.md."
        ) from error
    except SettingsError as error:
        raise RequestInvalid(str(error), where="environment", remedy="See docs/settings.md.") from error
