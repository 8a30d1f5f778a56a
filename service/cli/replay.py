"""`thalweg replay`: carry out a run again in a fresh process. It opens no ledger and may run beside a server."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from service.children import Child
from service.cli.given import standing_home
from service.cli.printing import AsJson, show_json
from service.home import Home
from service.house import run_limits, run_options
from service.runs.replay import replay


def replay_run(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="The run to carry out again.")],
    as_json: AsJson = False,
) -> None:
    """Carry out a run again in a fresh process, from its manifest. Exit 0 where the same comes out to the byte."""
    home, settings = standing_home(context.obj), context.obj.settings
    options = run_options(settings)
    child = Child("service.runs.worker", run_limits(settings), threads=options.threads)
    try:
        answer = replay(Home.open(home.root), run, child=child, options=options)
    finally:
        child.close()
    names = ("run", "verdict", "original_digest", "replayed_digest", "differences")
    if as_json:
        show_json({name: answer[name] for name in names})
    else:
        _tell(answer)
    if answer["verdict"] != "identical":
        raise typer.Exit(1)


def _tell(answer: dict[str, Any]) -> None:
    if answer["verdict"] == "identical":
        print(f"identical: {answer['run']} gives {answer['original_digest']} again")
        return
    print(f"{answer['verdict']}: {answer['run']}")
    print(f"was {answer['original_digest']}")
    print(f"now {answer['replayed_digest'] or 'nothing: it could not be carried out'}")
    for each in answer["differences"]:
        change = f": was {each['was']}, now {each['now']}" if {"was", "now"} <= each.keys() else ""
        print(f"  {each['what']} {each['why']}{change}")
