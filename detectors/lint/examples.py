"""Are there examples that fire and twice as many that must stay silent? There is no way round this check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from detectors.example_table import read_table
from detectors.lint.draft import Check, Draft, Fault
from detectors.references import parse_tables
from schemas.errors import DetectorInvalid, ReferenceInvalid

SILENT_PER_FIRING = 2


def enough_counter_examples(draft: Draft) -> Iterator[Fault]:
    """A rule without look-alikes that stay silent is a guess: its false positives are found by analysts instead."""
    if draft.meta.status == "draft":
        return
    fires, silent = len(draft.meta.fires), len(draft.meta.silent)
    if fires < 1:
        yield draft.head_fault(("status",), "no example fires", "Add [[fires]] with rows and flags.")
    if silent < SILENT_PER_FIRING * max(fires, 1):
        yield draft.head_fault(
            ("status",), f"{fires} example(s) fire and only {silent} stay silent",
            f"Add [[silent]]: at least {SILENT_PER_FIRING} for each that fires, near misses and innocent look-alikes.",
        )  # fmt: skip


def examples_can_be_read(draft: Draft) -> Iterator[Fault]:
    """A table that is misread proves nothing."""
    meta = draft.meta
    for example in (*meta.fires, *meta.silent):
        line = draft.file.line_of_text(f'"{example.name}"')
        try:
            table = read_table(example)
            dict(parse_tables(example.tables))
        except (DetectorInvalid, ReferenceInvalid) as refused:
            yield Fault(line, f"the example `{example.name}`: {refused.why}", refused.value, refused.remedy or "")
            continue
        present = {row[side] for row in table for side in ("from_account", "to_account") if row[side]}
        for account in sorted(set(example.flags) - {str(name) for name in present}):
            yield Fault(
                line,
                f"the example `{example.name}` flags an account that is not in it",
                account,
                "Flag one of its accounts.",
            )
        for name, value in example.params.items():
            known = meta.params.get(name)
            if known is None or not known.least <= value <= known.most:
                yield Fault(
                    line,
                    f"the example `{example.name}` sets a parameter that is unknown or out of bounds",
                    name,
                    "See [params].",
                )


def examples_say_what_they_show(draft: Draft) -> Iterator[Fault]:
    """A firing example names whom it flags, a silent one nobody, and each has its own name."""
    meta = draft.meta
    for example in meta.fires:
        if not example.flags:
            yield Fault(
                draft.file.line_of_text(f'"{example.name}"'),
                "an example that fires flags nobody",
                example.name,
                "Add flags.",
            )
    for example in meta.silent:
        if example.flags:
            yield Fault(
                draft.file.line_of_text(f'"{example.name}"'),
                "an example that stays silent flags somebody",
                example.name,
                "Remove its flags.",
            )
    for name, times in Counter(example.name for example in (*meta.fires, *meta.silent)).items():
        if times > 1:
            yield Fault(draft.file.line_of_text(f'"{name}"'), "two examples have one name", name, "Give each its own.")


CHECKS: tuple[Check, ...] = (enough_counter_examples, examples_can_be_read, examples_say_what_they_show)
