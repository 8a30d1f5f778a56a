"""`thalweg serve`: hold the data directory and answer over HTTP until told to end."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.listening import listen
from service.cli.printing import say
from service.cli.serving.server import serve_house
from service.house import open_house


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on; THALWEG_HOST, or 127.0.0.1.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Port; THALWEG_PORT, or 8000; 0 takes a free one.")
    ] = None,
) -> None:
    """Serve the data directory over HTTP. Local commands find the server and go through it."""
    settings = context.obj.settings
    with (
        listen(host or settings.host, settings.port if port is None else port) as listener,
        open_house(settings, spare_cores=1) as house,
    ):
        if not house.accounts.all():
            say("nobody can sign in yet: make an account with thalweg users add")
        serve_house(settings, house, listener, on_ready=lambda url: say(f"serving {house.home.root} on {url}"))
    say("stopped")
