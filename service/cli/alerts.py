"""`thalweg alerts`: the queue, best first, and one alert with its reasons."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from schemas.alert import OPEN_STATES
from service.alerts.book import EVERYTHING, Filter
from service.cli.printing import AsJson, show, show_all
from service.house import open_house

app = typer.Typer(help="Look at the queue of alerts.", no_args_is_help=True)
_EVERY = 1_000_000
_BODY = ("why", "members", "evidence", "window_start", "window_end")


@app.command("list")
def list_alerts(
    context: typer.Context,
    limit: Annotated[int | None, typer.Option(min=1, help="How many; all where not given.")] = None,
    every_state: Annotated[bool, typer.Option("--decided", help="Also the alerts that are decided.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the open alerts, best first."""
    with open_house(context.obj) as house:
        only = Filter(states=None if every_state else OPEN_STATES)
        page = house.alerts.page(EVERYTHING, only=only, limit=limit or _EVERY)
        records = [alert_answer(house.alerts.get(each["alert"], EVERYTHING)) for each in page]
    if as_json:
        show_all(records, as_json, columns={})
        return
    show_all(
        [each | {"subject": each["members"][0]["account"]} for each in records],
        as_json,
        columns={"id": 22, "score": 6, "severity": 8, "subject": 24, "why": 80},
    )


@app.command("show")
def show_alert(context: typer.Context, alert: Annotated[str, typer.Argument()], as_json: AsJson = False) -> None:
    """Show one alert: why, who, the parts of its score, its evidence and what was done with it."""
    with open_house(context.obj) as house:
        found = house.alerts.get(alert, EVERYTHING)
        acts = house.alerts.acts(alert)
    body = found["body"]
    answer = alert_answer(found) | {name: found[name] for name in ("state", "assignee", "revision", "version")}
    show(answer | {"parts": body["parts"], "findings": body["findings"], "acts": acts}, as_json)


def alert_answer(found: dict[str, Any]) -> dict[str, Any]:
    """An alert as `alerts list --json` prints it: the score from 0 to 100, the reason in English."""
    body = found["body"]
    answer = {
        "id": found["alert"],
        "key": found["alert_key"],
        "score": found["score"] / 1000,
        "severity": found["severity"],
        "family": found["family"],
        "detectors": found["detectors"],
    }
    return answer | {name: body[name] for name in _BODY} | {"why": body["why"]["en"]}
