"""`thalweg detectors new`, `lint` and `backtest`: write a rule, have it judged, and try it on what is in the ledger."""

from __future__ import annotations

import itertools
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detectors.catalogue import Catalogue
from schemas.detector import Family
from schemas.errors import DetectorInvalid, RequestInvalid
from service.cli.desk import open_desk
from service.cli.detectors.named import complain_of
from service.cli.detectors.skeleton import skeleton
from service.cli.printing import AsJson, complain, count, say, show_facts, show_json, show_table
from service.cli.runs import say_step

if TYPE_CHECKING:
    from service.runs.judging import Judged

_FAMILIES: tuple[str, ...] = Family.__args__  # type: ignore[attr-defined]
COUNTS = ("present", "changed", "kept", "lost", "gained")


def new(
    context: typer.Context,
    detector: Annotated[str, typer.Argument(metavar="ID", help="Small letters and digits, with hyphens.")],
    family: Annotated[str, typer.Option(help="The typology's family.")] = "generic",
    directory: Annotated[
        Path | None, typer.Option(help="Where to; the first of THALWEG_RULE_DIRECTORIES, or here, where not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the skeleton of a rule, with a comment on every part: a draft that passes the lint and runs nowhere."""
    settings = context.obj.settings
    folder = directory or next(iter(map(Path, settings.rule_directories)), Path())
    text = skeleton(detector, family)
    if detector in {each.meta.id for each in Catalogue.load(settings.rule_directories).detectors}:
        raise RequestInvalid(
            "there is a detector of this id", where="ID", value=detector, remedy="Choose another; ids stay for years."
        )
    path = folder / f"{detector}.sql"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise RequestInvalid("there is such a file already", where=str(path), remedy="Choose another id.") from error
    except OSError as error:
        raise RequestInvalid(
            f"it cannot be written: {error.strerror}", where=str(path), remedy="Name another --directory."
        ) from error
    if as_json:
        show_json({"id": detector, "written": str(path)})
    else:
        print(f"written: {path}")
        if folder.resolve() not in {Path(each).resolve() for each in settings.rule_directories}:
            say(
                f"so that commands know it by its id: export THALWEG_RULE_DIRECTORIES={shlex.quote(str(folder.resolve()))}"
            )
        say(f"next: change it, then: thalweg detectors lint {path}")


def lint(
    context: typer.Context,
    what: Annotated[
        list[str] | None, typer.Argument(metavar="FILE|ID...", help="All rules where nothing is named.")
    ] = None,
    examples: Annotated[bool, typer.Option(help="Run the examples too.")] = True,
    as_json: AsJson = False,
) -> None:
    """Judge rules: every fault with file, line and cure, and the examples that do not hold. Exit 1 where there is one."""
    from service.runs.judging import judge  # noqa: PLC0415 - only this command needs a child

    directories = [Path(each) for each in context.obj.settings.rule_directories]
    catalogue = Catalogue.load(directories)
    files = _files(catalogue, what)
    done = itertools.count(1)

    def tell(path: Path, each: Judged) -> None:
        examples = f"{count(each.examples, 'example')}, " if each.examples else ""
        say(f"{next(done)} of {len(files)}  {each.id or path.name}  {examples}{count(len(each.faults), 'fault')}")

    on_judged = None if as_json or len(files) == 1 else tell
    judged = judge(files, rule_directories=directories, examples=examples, on_judged=on_judged)
    faults = [fault for each in judged for fault in each.faults]
    if as_json:
        show_json(*({"file": (each.where or "").rpartition(":")[0]} | _fault(each) for each in faults))
    else:
        ran = sum(each.examples for each in judged)
        print(f"{count(len(judged), 'rule')} and {count(ran, 'example')}: {count(len(faults), 'fault')}")
        for fault in faults:
            complain(fault)
    if faults:
        raise typer.Exit(1)


def backtest(
    context: typer.Context,
    detector: Annotated[str, typer.Argument(metavar="ID")],
    since: Annotated[str, typer.Option(help="Count what ends on this day or later: 2026-01-01.")],
    param: Annotated[list[str] | None, typer.Option(help="name=value, a number to change; repeatable.")] = None,
    until: Annotated[str | None, typer.Option(help="And on this day at the latest.")] = None,
    as_json: AsJson = False,
) -> None:
    """What a detector would have raised with other numbers, against what it raises: in all and by week. It records no finding."""
    params = dict(read_pair(each) for each in param or ())
    complain_of(Catalogue.load(context.obj.settings.rule_directories).faults_of([detector]))
    with open_desk(context.obj) as desk:
        told = desk.backtest(detector, since=since, until=until, params=params, on_step=None if as_json else say_step)
    told.pop("backtest", None)  # by which a server knows it for as long as it runs
    if as_json:
        show_json(told)
    else:
        tell_backtest(told)


def _files(catalogue: Catalogue, named: list[str] | None) -> list[Path]:
    """The rule files that are meant: paths as they are, ids by their file; every rule where nothing is named."""
    rules = {each.meta.id: each.source_path for each in catalogue.detectors if each.source_path.suffix == ".sql"}
    broken = [Path((fault.where or "").rpartition(":")[0]) for fault in catalogue.refused]
    if not named:
        return sorted({*rules.values(), *(path for path in broken if path.suffix == ".sql")})
    return [path for each in named for path in _file(catalogue, rules, each)]


def _file(catalogue: Catalogue, rules: dict[str, Path], named: str) -> list[Path]:
    if named in rules:
        return [rules[named]]
    if Path(named).is_file():
        return [Path(named)]
    refused = sorted({Path((fault.where or "").rpartition(":")[0]) for fault in catalogue.faults_of([named])})
    if refused:
        return refused
    catalogue.get(named)  # raises NotFound, and lists what there is
    raise RequestInvalid(
        "this detector is not a rule file",
        where="ID",
        value=named,
        remedy=f"thalweg detectors test {named} runs its examples.",
    )


def read_pair(text: str) -> tuple[str, str]:
    """A name and a value that were given as one. Raises RequestInvalid."""
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise RequestInvalid("this is no name and value", where="--param", value=text, remedy="Write at_least=4.")
    return name.strip(), value.strip()


def _fault(fault: DetectorInvalid) -> dict[str, Any]:
    line = (fault.where or "").rpartition(":")[2]
    return {
        "line": int(line) if line.isdecimal() else None,
        "why": fault.why,
        "value": fault.value,
        "remedy": fault.remedy,
    }


def tell_backtest(told: dict[str, Any]) -> None:
    """A backtest for people: counts in all and by week, and where the house itself tells them the strongest accounts."""
    changes = ", ".join(f"{name} = {value}" for name, value in told["params"].items()) or "nothing changed"
    period = f"since {told['since']}" if told["until"] is None else f"from {told['since']} to {told['until']}"
    print(f"{told['detector']} {period}, with {changes}")
    if told["silent_for"]:
        say(f"it stays silent: the ledger has no {', no '.join(told['silent_for'])}")
    show_table([{"": what} | told[what] for what in ("findings", "accounts")], ("", *COUNTS), nothing="")
    if told["weeks"]:
        print()
        show_table(told["weeks"], ("week", *COUNTS), nothing="")
    for name in ("lost", "gained"):
        shown = told.get(name) or []
        if shown:
            print()
            print(f"{name}, the strongest {len(shown)} of {told['findings'][name]:,}:")
            show_table(shown, ("account", "window_start", "window_end", "strength"), nothing="")
    for side, notes in told["notes"].items():
        show_facts({f"left out with {side}, {name}": number for name, number in notes.items() if number})
