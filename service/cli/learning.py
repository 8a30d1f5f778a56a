"""`thalweg learning`: what decisions teach the order of the queue, proposed by one person and promoted by another."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from service.cli.desk import open_desk
from service.cli.printing import SHORT, AsJson, count, plain, say, show_facts, show_json, show_table

learning = typer.Typer(help="What decisions teach the order of the queue.", no_args_is_help=True, rich_markup_mode=None)


@learning.command("show")
def show_learning(context: typer.Context, as_json: AsJson = False) -> None:
    """Tell what orders the queue, what there is to learn from, and which orders were proposed."""
    with open_desk(context.obj) as desk:
        told = desk.learning()
    if as_json:
        show_json(told)
        return
    print(
        f"The queue is ordered by {'learned weights ' + told['promoted'][:SHORT] if told['promoted'] else 'the formula'}"
    )
    found = told["decisions"]
    print(f"{count(found['count'], 'decision')} to learn from, {found['worth']:,} of them worth a look")
    if found["sampled"]:
        print(f"  {found['sampled']:,} of alerts drawn from below the line")
    if found["by_learned_order"]:
        print(f"  {found['by_learned_order']:,} made from a queue that learned weights had ordered")
    for reason, number in found["without_bearing"].items():
        print(f"  {number:,} more do not count: {reason}")
    if found["missing"]:
        print(f"Nothing can be proposed now: {found['missing']}")
    for each in told["proposals"]:
        print()
        _tell(each)


@learning.command("propose")
def propose_order(context: typer.Context, as_json: AsJson = False) -> None:
    """Learn an order from the earlier decisions and try it on the later ones. It changes nothing until somebody promotes it."""
    with open_desk(context.obj) as desk:
        made = desk.propose_learning()
    _answer(made, as_json)
    if made["better"]:
        say("Somebody else promotes it: thalweg learning promote " + made["model"][:SHORT])
    else:
        say("It was not better than the present order, beyond chance. The present order stands.")


@learning.command("promote")
def promote_order(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="The digest of the latest proposal, or its beginning.")],
    as_json: AsJson = False,
) -> None:
    """Put a proposal to use, for runs from now on. Whoever proposed it may not; nor the operator: call with a supervisor's key."""
    with open_desk(context.obj) as desk:
        whole = next((each["model"] for each in desk.learning()["proposals"] if each["model"].startswith(model)), model)
        made = desk.promote_learning(whole)
    _answer(made, as_json)


@learning.command("withdraw")
def withdraw_order(
    context: typer.Context,
    why: Annotated[str, typer.Option(help="Why, for the journal.")],
    as_json: AsJson = False,
) -> None:
    """Go back to the formula, for runs from now on."""
    with open_desk(context.obj) as desk:
        made = desk.withdraw_learning(why)
    _answer(made, as_json)


def _answer(made: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show_json(made)
    else:
        _tell(made)


def _tell(made: dict[str, Any]) -> None:
    compared = made["comparison"]
    show_facts(
        {
            "proposal": made["model"][:SHORT],
            "proposed": f"{made['proposed_at']} by {made['proposed_by']}",
            "tried on": f"{count(compared['decisions'], 'later decision')}, {compared['worth']:,} worth a look",
            "present order": _share(compared["present"]),
            "proposed order": _share(compared["proposed"]),
            "gain": _share(compared["gain"]),
            "better": made["better"],
        }
    )
    for act in made["acts"]:
        print(plain(f"{act['at']} {act['actor']} {act['act']}{': ' + act['why'] if act.get('why') else ''}"))
    rows = [each | {"weight": f"x{each['per_mille'] / 1000:.2f}"} for each in made["detectors"]]
    show_table(rows, ("worth", "decided", "weight", "detector"), nothing="No detector had a part in these decisions.")


def _share(found: dict[str, Any]) -> str:
    low, high = found["interval_per_mille"]
    return f"{found['per_mille'] / 10:.1f} % worth a look in the first half of the budget ({low / 10:.1f} to {high / 10:.1f})"
