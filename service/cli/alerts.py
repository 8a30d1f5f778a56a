"""`thalweg alerts`: the queue, best first, and one alert with its reasons."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from detectors.learning.order import NEUTRAL
from schemas.errors import NotFound
from service.alerts.flows import second_reports
from service.cli.desk import Desk, open_desk
from service.cli.desk.answers import alert_answer
from service.cli.printing import AsJson, count, plain, say, score, show_facts, show_json, show_table

alerts = typer.Typer(help="Look at the queue of alerts.", no_args_is_help=True, rich_markup_mode=None)
_SHOWN = 10
_AGAINST = {"chance": "chance (payments shuffled)", "held_back": "accounts held back from the model"}


@alerts.command("list")
def list_alerts(
    context: typer.Context,
    limit: Annotated[int | None, typer.Option(min=1, help="How many; all where not given.")] = None,
    every_state: Annotated[bool, typer.Option("--decided", help="Also the alerts that are decided.")] = False,
    below: Annotated[bool, typer.Option("--all", help="After them, the alerts below the line of the budget.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the open alerts, best first: those above the line of the queue's budget."""
    with open_desk(context.obj) as desk:
        if as_json:
            show_json(*desk.alerts_whole(limit, decided=every_state, below=below))
            return
        lines = desk.alerts(limit, decided=every_state, below=below)
    show_queue(lines)


@alerts.command("sample")
def show_sample(context: typer.Context, as_json: AsJson = False) -> None:
    """Tell what is missed: of the alerts drawn for review below the line, how many proved worth a look."""
    with open_desk(context.obj) as desk:
        found = desk.sample()
    if as_json:
        show_json(found)
        return
    print(f"{count(found['below'], 'alert')} below the line, {found['sampled']:,} more drawn from there for review")
    if not found["decided"]:
        print("None of those is decided yet, so nothing is known of the rest.")
        return
    low, high = (bound / 1000 for bound in found["interval_per_mille"])
    print(f"Of {found['decided']:,} decided, {found['escalated']:,} escalated: {found['share_per_mille'] / 1000:.2f}")
    print(f"With 95 % certainty between {low:.2f} and {high:.2f} of what lies below the line is worth a look.")


@alerts.command("show")
def show_alert(
    context: typer.Context,
    alert: Annotated[str, typer.Argument(help="Its id, or its rank in the list.")],
    as_json: AsJson = False,
) -> None:
    """Show one alert: why, who, the parts of its score, its evidence and what was done with it."""
    with open_desk(context.obj) as desk:
        found = desk.alert(_ranked(desk, int(alert)) if alert.isdecimal() else alert)
    if not as_json:
        _tell(found)
        return
    standing = {name: found[name] for name in ("state", "assignee", "revision", "version")}
    inside = {name: found["body"][name] for name in ("parts", "findings")}
    told = {name: found[name] for name in ("acts", "records")}
    show_json(alert_answer(found["id"], found["body"]) | standing | inside | told)


def show_queue(lines: list[dict[str, Any]]) -> None:
    """Alerts in short, as people read them: rank, score, severity, subject, why, and which lie below the line. What was drawn from
    there for review is not marked: who knows that it is a sample judges it otherwise."""
    rows = [
        each
        | {"rank": rank, "score": score(each["score"]).rjust(5), "line": "below" if each["place"] == "below" else ""}
        for rank, each in enumerate(lines, start=1)
    ]
    columns = ("rank", "score", "severity", "subject", "why")
    show_table(
        rows,
        ("line", *columns) if any(row["line"] for row in rows) else columns,
        nothing="There is no alert. Submit transactions, then: thalweg runs start",
    )


def _ranked(desk: Desk, rank: int) -> str:
    lines = desk.alerts(max(rank, 1), decided=False, below=True)
    if not 1 <= rank <= len(lines):
        raise NotFound("there is no alert of this rank", value=str(rank), remedy="thalweg alerts list shows them.")
    return str(lines[rank - 1]["id"])


def _tell(found: dict[str, Any]) -> None:
    body = found["body"]
    print(plain(body["why"]["en"]))
    print()
    show_facts(
        {
            "alert": f"{found['id']}, version {found['version']}",
            "state": found["state"] + (f", with {found['assignee']}" if found["assignee"] else ""),
            "score": f"{score(body['score'] / 1000)}, {body['severity']}",
            "subject": body["subject"],
            "window": f"{body['window_start']} to {body['window_end']}",
            "detectors": body["detectors"],
        }
    )
    for part in body["parts"]:
        print(f"  {score(part['points'] / 1000).rjust(5)} from {part['detector']}: {_usual(part)}{_learned(part)}")
        if record := found["records"].get(part["detector"]):
            low, high = (bound / 10 for bound in record["interval_per_mille"])
            print(
                f"        {record['worth']:,} of {record['decided']:,} decided alerts with it were worth a look"
                f" ({low:.0f} to {high:.0f} %)"
            )
    _tell_findings(body)
    _tell_some(
        "account",
        [f"{each['role'].replace('_', ' '):<16} {each['key']}" for each in body["members"]],
        body["members_left_out"],
    )
    _tell_evidence(body)
    for act in found["acts"]:
        reason = f": {act['reason']}" if act["reason"] else ""
        print(plain(f"{act['at']} {act['actor']} {act['act']}{reason}"))
    say("--json shows it whole")


def _tell_findings(body: dict[str, Any]) -> None:
    """What each detector says, what else it may be, and what to do next: the last two once a detector. Alerts of before they
    were recorded have no segments that are left alone."""
    told: set[str] = set()
    for each in body["findings"]:
        detector, words = each["detector"], each["explanation"]
        print(plain(f"{detector}: {words['sentence']['en']}"))
        if detector in told:
            continue
        told.add(detector)
        print(plain(f"  it may also be: {'; '.join(benign['en'] for benign in words['benign'])}"))
        print(plain(f"  next: {words['next_step']['en']}"))
        if segments := words.get("exclusions"):
            known = _either([segment.replace("_", " ") for segment in segments])
            print(f"  {detector} leaves alone accounts known as {known}; this one is not listed so for these days")


def _either(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _learned(part: dict[str, Any]) -> str:
    """What past decisions made of the part, where they made anything of it."""
    learned = part.get("learned") or NEUTRAL
    return f", x{learned / 1000:.2f} learned from decisions" if learned != NEUTRAL else ""


def _usual(part: dict[str, Any]) -> str:
    """What the surprisal of a part was measured against."""
    if (against := part.get("against", "baseline")) != "baseline":
        return f"{part['surprisal'] // 1000} bits against {_AGAINST[against]}"
    return f"flags {part['flagged']:,} of {part['population']:,} usually" if part["population"] else "no baseline"


def _tell_evidence(body: dict[str, Any]) -> None:
    """Every report, and what two partners reported counted once."""
    second = second_reports(body)
    lines = []
    for each in body["evidence"]:
        first = second.get((each["batch"], each["reference"]))
        note = f" (the same flow as {' '.join(first)}, counted once)" if first else ""
        lines.append(f"{each['batch']} {each['reference']}{note}")
    twice = f" ({len(second):,} of them reported by two partners)" if second else ""
    _tell_some("transaction", lines, body["evidence_left_out"], repeated=len(second), remark=twice)


def _tell_some(what: str, lines: list[str], left_out: int, *, repeated: int = 0, remark: str = "") -> None:
    print(f"{count(len(lines) + left_out - repeated, what)}{remark}:")
    for line in lines[:_SHOWN]:
        print(f"  {plain(line)}")
    if (more := len(lines) + left_out - _SHOWN) > 0:
        print(f"  and {more:,} more")
