"""`thalweg users` and `keys`: who may come in, and with what. A secret is printed once, where it is made, and nowhere else."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from service.cli.desk import open_desk
from service.cli.printing import AsJson, say, show_facts, show_json, show_table

users = typer.Typer(help="Accounts: who may come in.", no_args_is_help=True, rich_markup_mode=None)
keys = typer.Typer(help="Keys of accounts, for programs.", no_args_is_help=True, rich_markup_mode=None)
Login = Annotated[str, typer.Argument(help="Small letters and digits, with single dots or dashes between them.")]
_SHOWN = ("account", "name", "role", "partner", "active")


@users.command("add")
def add_user(
    context: typer.Context,
    account: Login,
    name: Annotated[str, typer.Option(help="Their name, as colleagues know it.")],
    role: Annotated[str, typer.Option(help="partner, analyst, supervisor, auditor or admin.")],
    partner: Annotated[str | None, typer.Option(help="Whose batches they submit; for the role partner alone.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an account. Its password is printed, this once."""
    with open_desk(context.obj) as desk:
        made = desk.add_account(account, name=name, role=role, partner=partner)
    _show_secret(_shown(made) | {"password": made["password"]}, as_json)


@users.command("list")
def list_users(context: typer.Context, as_json: AsJson = False) -> None:
    """List the accounts, by login."""
    with open_desk(context.obj) as desk:
        records = [_shown(each) | {"keys": each["keys"]} for each in desk.accounts()]
    if as_json:
        show_json(*records)
    else:
        show_table(
            [each | {"keys": len(each["keys"])} for each in records],
            ("account", "role", "partner", "active", "keys", "name"),
            nothing="There is no account yet: thalweg users add",
        )


@users.command("close")
def close_user(context: typer.Context, account: Login, as_json: AsJson = False) -> None:
    """Close an account: its sessions and keys end. It is never deleted."""
    _change(context, account, "close", as_json)


@users.command("open")
def open_user(context: typer.Context, account: Login, as_json: AsJson = False) -> None:
    """Open a closed account again."""
    _change(context, account, "open", as_json)


@users.command("password")
def new_password(context: typer.Context, account: Login, as_json: AsJson = False) -> None:
    """Give an account another password. It is printed, this once."""
    with open_desk(context.obj) as desk:
        changed = desk.change_account(account, "password")
    _show_secret({"account": changed["account"], "password": changed["password"]}, as_json)


@users.command("factor")
def remove_factor(context: typer.Context, account: Login, as_json: AsJson = False) -> None:
    """Take the second factor of an account away, as when a telephone is lost. Its sessions end."""
    with open_desk(context.obj) as desk:
        changed = _shown(desk.change_account(account, "factor"))
    if as_json:
        show_json(changed)
    else:
        print(f"{account} has no second factor any more")


@users.command("link")
def link_user(
    context: typer.Context,
    account: Login,
    identity: Annotated[
        str, typer.Option(help="What the provider of single sign-on calls them; none ends the link.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say who an account is at the provider of single sign-on, or that it is nobody there."""
    with open_desk(context.obj) as desk:
        changed = _shown(desk.change_account(account, "link", identity=identity or None))
    if as_json:
        show_json(changed)
    else:
        print(f"{account} is {'linked' if identity else 'linked to nobody'}")


@keys.command("issue")
def issue_key(
    context: typer.Context,
    account: Login,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    scope: Annotated[list[str], typer.Option(help="What it may do, as `metrics.read`; all that the role may.")] = [],  # noqa: B006 - typer copies it
    days: Annotated[int | None, typer.Option(min=1, max=366, help="How long it lasts; until it is revoked.")] = None,
    as_json: AsJson = False,
) -> None:
    """A new key for an account. It is printed, this once."""
    with open_desk(context.obj) as desk:
        made = desk.issue_key(account, label=label, scopes=scope, days=days)
    _show_secret({"account": made["account"], "key": made["key"]}, as_json)


@keys.command("list")
def list_keys(
    context: typer.Context,
    account: Annotated[str | None, typer.Argument(help="Only of this account.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the keys that work, by their public ids."""
    with open_desk(context.obj) as desk:
        found = desk.accounts()
    records = [
        {"key": key, "account": each["account"]}
        for each in found
        if account in (None, each["account"])
        for key in each["keys"]
    ]
    if as_json:
        show_json(*records)
    else:
        show_table(records, ("key", "account"), nothing="No key works: thalweg keys issue")


@keys.command("revoke")
def revoke_key(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Its public id, as `keys list` shows it.")],
    as_json: AsJson = False,
) -> None:
    """End a key."""
    with open_desk(context.obj) as desk:
        desk.revoke_key(key)
    if as_json:
        show_json({"key": key, "active": False})
    else:
        print(f"{key} has ended")


def _change(context: typer.Context, account: str, act: str, as_json: bool) -> None:
    with open_desk(context.obj) as desk:
        changed = _shown(desk.change_account(account, act))
    if as_json:
        show_json(changed)
    else:
        print(f"{account} is {'open' if changed['active'] else 'closed'}")


def _shown(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in _SHOWN}


def _show_secret(made: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show_json(made)
        return
    show_facts(made)
    say("It is shown this once and kept nowhere: write it down now.")
