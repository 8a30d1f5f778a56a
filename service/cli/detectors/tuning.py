"""`thalweg detectors propose`, `proposals`, `approve` and `refuse`: how a detector is set, by two people."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from schemas.errors import RequestInvalid
from service.cli.desk import open_desk
from service.cli.detectors.authoring import COUNTS, read_pair, tell_backtest
from service.cli.printing import AsJson, say, show_facts, show_json
from service.cli.runs import say_step

DetectorId = Annotated[str, typer.Argument(metavar="ID")]
ProposalId = Annotated[str, typer.Argument(metavar="PROPOSAL")]


def propose(
    context: typer.Context,
    detector: DetectorId,
    why: Annotated[str, typer.Option(help="Why, for the journal and for whoever decides.")],
    param: Annotated[list[str] | None, typer.Option(help="name=value, a number to change; repeatable.")] = None,
    status: Annotated[str | None, typer.Option(help="live, test, or off: runs only where it is named.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Go back to its file, in everything.")] = False,
    since: Annotated[
        str | None, typer.Option(help="Try it first on what ends on this day or later, and tell whoever decides.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="And on this day at the latest.")] = None,
    as_json: AsJson = False,
) -> None:
    """Propose how a detector is set. Nothing changes until somebody else approves it; what is not named stays as it is set."""
    params = dict(read_pair(each) for each in param or ())
    if reset and (params or status or since):
        raise RequestInvalid("--reset goes back to the file in everything", where="--reset", remedy="Give it alone.")
    with open_desk(context.obj) as desk:
        tried = None
        if since is not None:
            on_step = None if as_json else say_step
            tried = desk.backtest(detector, since=since, until=until, params=params, on_step=on_step)
        made = desk.propose_detector(detector, params=params, status=status, why=why, reset=reset, tried=tried)
    if as_json:
        show_json(made)
        return
    if tried:
        tell_backtest(tried)
        print()
    _tell(made)
    say(f"Somebody else approves it: thalweg detectors approve {detector} {made['proposal']}")


def proposals(context: typer.Context, detector: DetectorId, as_json: AsJson = False) -> None:
    """What was proposed of how a detector is set, newest first, and who decided it."""
    with open_desk(context.obj) as desk:
        found = desk.detector_proposals(detector)
    if as_json:
        show_json(*found)
        return
    for each in found:
        _tell(each)
        print()
    if not found:
        say(f"Nothing was proposed of {detector}: it is set as in its file.")


def approve(
    context: typer.Context,
    detector: DetectorId,
    proposal: ProposalId,
    why: Annotated[str, typer.Option(help="A remark, for the journal.")] = "",
    as_json: AsJson = False,
) -> None:
    """Put a proposal to use, for runs from now on. Whoever made it may not; nor the operator: call with a supervisor's key."""
    _decide(context, (detector, proposal, "approve"), why, as_json)


def refuse(
    context: typer.Context,
    detector: DetectorId,
    proposal: ProposalId,
    why: Annotated[str, typer.Option(help="Why, for the journal.")],
    as_json: AsJson = False,
) -> None:
    """Refuse a proposal, or take back one's own."""
    _decide(context, (detector, proposal, "refuse"), why, as_json)


def _decide(context: typer.Context, what: tuple[str, str, str], why: str, as_json: bool) -> None:
    with open_desk(context.obj) as desk:
        made = desk.decide_detector(*what, why=why)
    if as_json:
        show_json(made)
    else:
        _tell(made)


def _tell(made: dict[str, Any]) -> None:
    tried = made["tried"]
    counts = ", ".join(f"{name} {tried['findings'][name]}" for name in COUNTS) if tried else ""
    decided = filter(None, (made["decided_by"], made["decided_at"], made["decided_why"]))
    show_facts(
        {
            "proposal": made["proposal"],
            "detector": made["detector"],
            "was": _setting(made["was"]),
            "proposed": _setting(made),
            "why": made["why"],
            "by": f"{made['proposed_by']} {made['proposed_at']}",
            "tried": f"since {tried['since']}: findings {counts}" if tried else None,
            "state": made["state"],
            "decided": " ".join(decided) or None,
        }
    )


def _setting(told: dict[str, Any]) -> str:
    numbers = ", ".join(f"{name} = {value}" for name, value in told["params"].items())
    return ", ".join(filter(None, (told["status"], numbers))) or "as in its file"
