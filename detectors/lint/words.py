"""Can an analyst read it, in every language, with every number that the sentence promises?"""

from __future__ import annotations

from collections.abc import Iterator

from detectors.lint.draft import Check, Draft, Fault
from detectors.wording import LANGUAGES, placeholders
from schemas.detector import Words

MEMBERS = frozenset({"subject", "senders", "receivers"})
RESERVED_FACTS = frozenset({"currency", "left_out"})
_COMPARABLE: tuple[frozenset[str], ...] = (
    frozenset({"count"}),
    frozenset({"money"}),
    frozenset({"percent", "per_mille"}),
    frozenset({"days", "hours", "seconds"}),
    frozenset({"ratio"}),
)


def _texts(draft: Draft) -> Iterator[tuple[tuple[str, ...], Words]]:
    meta = draft.meta
    yield ("title",), meta.title
    yield ("why",), meta.why
    yield ("next_step",), meta.next_step
    for benign in meta.benign:
        yield ("benign",), benign
    for indicator in meta.indicators:
        yield ("indicators", "label"), indicator.label


def every_language(draft: Draft) -> Iterator[Fault]:
    """Missions work in English, French or Spanish; a draft may wait for its translation, a detector that runs may not."""
    if draft.meta.status == "draft":
        return
    for path, words in _texts(draft):
        for language in LANGUAGES:
            if not words.get(language, "").strip():
                yield draft.head_fault(
                    path, f"the text is missing in `{language}`", f"Write `{'.'.join(path)}.{language}`."
                )


def the_sentence_keeps_its_promises(draft: Draft) -> Iterator[Fault]:
    """A placeholder without a value would break an explanation; a sentence without one would be an adjective."""
    meta = draft.meta
    known = set(meta.facts) | set(meta.params)
    try:
        asked = {language: set(placeholders(text)) for language, text in meta.why.items()}
    except ValueError as broken:
        yield draft.head_fault(
            ("why",), f"the sentence cannot be read: {broken}", "Close every brace; double a literal one."
        )
        return
    for language, names in asked.items():
        for name in sorted(names - known):
            yield draft.head_fault(
                ("why", language), "the sentence asks for something that is neither fact nor parameter",
                "Declare it under [facts] and give it as a column.", value=name,
            )  # fmt: skip
        if not names & set(meta.facts):
            yield draft.head_fault(("why", language), "the sentence states no fact", "Name at least one `{fact}`.")
    if len({frozenset(names) for names in asked.values()}) > 1:
        yield draft.head_fault(
            ("why",), "the languages do not state the same facts", "Use the same placeholders in each."
        )


def indicators_compare_like_with_like(draft: Draft) -> Iterator[Fault]:
    """The table of observed against threshold shows two numbers of one kind, or the distance between them means nothing."""
    meta = draft.meta
    kinds: dict[str, str] = {name: parameter.unit for name, parameter in meta.params.items()} | dict(meta.facts)
    for line in meta.indicators:
        if line.observed not in meta.facts:
            yield draft.head_fault(
                ("indicators",), "the observed side names no fact", "Name a fact.", value=line.observed
            )
        elif line.threshold not in kinds:
            yield draft.head_fault(
                ("indicators",), "the threshold names neither parameter nor fact", "Name one.", value=line.threshold
            )
        elif not any({kinds[line.observed], kinds[line.threshold]} <= alike for alike in _COMPARABLE):
            pair = f"{line.observed} ({kinds[line.observed]}) and {line.threshold} ({kinds[line.threshold]})"
            yield draft.head_fault(
                ("indicators",), "the two sides are of different kinds", "Compare one kind.", value=pair
            )


def roles_are_those_of_a_rule(draft: Draft) -> Iterator[Fault]:
    """A rule knows three kinds of member; whoever is not named would be shown without a role."""
    for name in sorted(MEMBERS ^ set(draft.meta.roles)):
        yield draft.head_fault(
            ("roles",), "the roles are not those of subject, senders and receivers",
            "Give a role to each of subject, senders and receivers, and to nobody else.", value=name,
        )  # fmt: skip


def facts_have_free_names(draft: Draft) -> Iterator[Fault]:
    """The runner adds `currency` and `left_out` itself, and the columns of a finding are no facts."""
    taken = (
        RESERVED_FACTS | {"subject", "window_start_s", "window_end_s", "strength", "evidence"} | set(draft.meta.params)
    )
    for name in sorted(set(draft.meta.facts) & taken):
        yield draft.head_fault(("facts", name), "the fact has a name that is taken", "Choose another name.", value=name)


CHECKS: tuple[Check, ...] = (
    every_language,
    the_sentence_keeps_its_promises,
    indicators_compare_like_with_like,
    roles_are_those_of_a_rule,
    facts_have_free_names,
)
