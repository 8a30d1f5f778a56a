"""The catalogue as pages: one for each detector, written from its own file, and an index by family. It says nothing of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from detectors.api import Detector
from detectors.picture import draw
from detectors.references import default_reference, parse_reference
from schemas.detector import DetectorMeta, Family, Parameter
from schemas.transaction import DAY_SECONDS

PAGES = Path("docs/detectors")
"""Where the pages of the detectors that ship stand, from the root of the repository."""
INDEX = "README.md"
MARK = "Written by `thalweg detectors pages`: change the detector and write it again."
_ROOT = Path(__file__).parent.parent
_HOUR = 3600
_FORMS = re.compile(r"\{(\w+)(?:(?:\|[^{}|]*){1,2}\|([^{}|]*))?\}")


def write(detectors: Sequence[Detector], directory: Path) -> list[Path]:
    """Write every page and take away those of detectors that are gone; the files, sorted. Other files there stay."""
    texts = render(detectors)
    directory.mkdir(parents=True, exist_ok=True)
    for path in directory.iterdir():
        if path.suffix in {".md", ".svg"} and path.name not in texts and MARK in path.read_text(encoding="utf-8"):
            path.unlink()
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")
    return sorted(directory / name for name in texts)


def render(detectors: Sequence[Detector]) -> dict[str, str]:
    """The text of every file by name: a page and a picture for each detector, and the index."""
    measured = {row["detector"]: row for row in parse_reference("baseline", default_reference("baseline")).to_dicts()}
    texts = {INDEX: _index(detectors)}
    for each in sorted(detectors, key=lambda detector: detector.meta.id):
        row = measured.get(each.meta.id)
        texts[f"{each.meta.id}.md"] = "\n".join(_page(each, row)).rstrip() + "\n"
        if each.meta.fires:
            texts[f"{each.meta.id}.svg"] = draw(each.meta.fires[0]).replace("</svg>", f"<!-- {MARK} -->\n</svg>")
    return texts


def _index(detectors: Sequence[Detector]) -> str:
    live = sum(each.meta.status == "live" for each in detectors)
    lines = ["# The catalogue", "", f"<!-- {MARK} -->", ""]
    lines += [
        f"{len(detectors)} detectors, {live} of them live: what each looks for, where that comes from, its numbers with "
        "their reasons, and what else its findings may be. `thalweg detectors list` says which of them are silent on your "
        "data, and what they lack; [rule-authors.md](../rule-authors.md) how to write another.",
        "",
    ]
    for family in Family.__args__:  # type: ignore[attr-defined]
        of_family = sorted((each.meta for each in detectors if each.meta.family == family), key=lambda meta: meta.id)
        if of_family:
            lines += [f"## {family.replace('_', ' ').capitalize()}", ""]
            lines += [
                "| detector | what it looks for | kind | tier | status | severity | weight |",
                "|---|---|---|---|---|---|---|",
            ]
            lines += [
                f"| [{meta.id}]({meta.id}.md) | {_cell(meta.title['en'])} | {meta.kind} | {meta.tier} | {meta.status} "
                f"| {meta.severity} | {meta.weight} |"
                for meta in of_family
            ]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _page(detector: Detector, measured: dict[str, object] | None) -> Iterator[str]:
    meta = detector.meta
    yield from (f"# {meta.title['en']}", "", f"<!-- {MARK} -->", "")
    family, grave = meta.family.replace("_", " "), f"severity {meta.severity} · weight {meta.weight} of 10"
    yield f"`{meta.id}` · {meta.kind} · {family} · {meta.tier} · {meta.status} · {grave}"
    yield from ("", *(f"- *{language}*: {text}" for language, text in meta.title.items() if language != "en"), "")
    yield from ("## What a finding says", "", f"> {_sentence(meta.why['en'])}", "")
    yield from _indicators(meta)
    yield from _needs(meta)
    yield from ("## Sources", "", *(f"- {source}" for source in meta.sources), "")
    yield from _parameters(meta)
    yield from _examples(meta)
    yield from ("## Roles", "", *(f"- {member}: {role.replace('_', ' ')}" for member, role in meta.roles.items()), "")
    yield from ("## What else it may be", "", *(f"- {words['en']}" for words in meta.benign), "")
    yield from ("## Next step", "", meta.next_step["en"], "")
    yield from _record(measured)
    yield from _logic(detector)


def _indicators(meta: DetectorMeta) -> Iterator[str]:
    if meta.indicators:
        yield from ("| indicator | observed | threshold |", "|---|---|---|")
        for line in meta.indicators:
            sense = line.sense.replace("_", " ")
            yield f"| {_cell(line.label['en'])} | `{line.observed}` | {sense} `{line.threshold}` |"
        yield ""


def _needs(meta: DetectorMeta) -> Iterator[str]:
    yield from ("## What it needs", "")
    if not (meta.needs or meta.tables or meta.exclusions):
        yield "Nothing but what every transaction has."
    if meta.needs:
        yield f"- Columns, without which it stays silent: {_names(meta.needs)}."
    if meta.tables:
        yield f"- [Reference tables](../references.md), without rows of which it stays silent: {_names(meta.tables)}."
    if meta.exclusions:
        yield f"- Accounts that the table `segments` knows as {_names(meta.exclusions)} are left alone."
    yield ""


def _parameters(meta: DetectorMeta) -> Iterator[str]:
    if meta.params:
        yield from ("## Parameters", "", "| parameter | default | from | to | why |", "|---|---|---|---|---|")
        for name, each in meta.params.items():
            bounds = " | ".join(_number(each, value) for value in (each.default, each.least, each.most))
            yield f"| `{name}` | {bounds} | {_cell(each.reason)} |"
        yield ""


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _number(parameter: Parameter, value: object) -> str:
    if parameter.unit == "seconds":
        seconds = int(str(value))
        for unit, length in (("days", DAY_SECONDS), ("hours", _HOUR)):
            if seconds >= length and seconds % length == 0:
                return f"{seconds // length} {unit if seconds > length else unit[:-1]}"
        return f"{seconds:,} s"
    unit = {"per_mille": " ‰", "days": " days", "money": " (base currency)"}.get(parameter.unit, "")
    return f"{value:,}{unit}"


def _examples(meta: DetectorMeta) -> Iterator[str]:
    if not meta.fires:
        return
    first = meta.fires[0]
    yield from ("## Examples", "", f"![{first.name}]({meta.id}.svg)", "")
    yield f"*{first.name}*: flags {', '.join(f'`{account}`' for account in first.flags)}."
    yield from ("", "It fires:", "", *(f"- {example.name}" for example in meta.fires), "")
    yield from ("It stays silent:", "", *(f"- {example.name}" for example in meta.silent), "")


def _record(measured: dict[str, object] | None) -> Iterator[str]:
    yield from ("## Measured", "")
    if measured is None:
        yield "Nothing is measured yet: the baseline that ships has no row for it, so a finding is worth one bit."
    else:
        yield f"The baseline that ships has it flag {measured['flagged']:,} of {measured['population']:,} accounts."
        yield "Measure it on your own data: [references.md](../references.md)."
    yield from ("Recall by kind of pattern: [evaluation.md](../evaluation.md).", "")


def _logic(detector: Detector) -> Iterator[str]:
    path = detector.source_path
    place = path.relative_to(_ROOT).as_posix() if path.is_relative_to(_ROOT) else path.name
    link = f"[{place}](../../{place})"
    yield from ("## Logic", "")
    if path.suffix != ".sql":
        yield f"A {detector.meta.kind} in Python: {link}."
        return
    _, _, sql = path.read_text(encoding="utf-8").partition("---*/\n")
    yield from (
        f"{link}, with every example. The relations are described in [rule-authors.md](../rule-authors.md).",
        "",
    )
    yield from ("```sql", sql.rstrip(), "```")


def _sentence(template: str) -> str:
    """A sentence with its placeholders as names between angle quotes, in the form for many."""
    return _FORMS.sub(lambda found: (found[2] or "#").replace("#", f"‹{found[1]}›"), template)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
