"""Replay: carry out a run's manifest again, in a fresh process, and say whether the same came out."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from detectors.catalogue import Catalogue
from schemas.canonical import digest_file
from schemas.errors import DigestMismatch, NotFound, ThalwegError
from schemas.run import Engine, Manifest, Verdict
from service.children import Child
from service.home import Home
from service.runs.execute import RunOptions, engine_of, execute
from service.runs.manifest import code_digest
from service.runs.outputs import FINDINGS, read_records
from service.runs.told import runs_in_journal, segment_bytes_in_journal

Answer = dict[str, Any]
_SHOWN = 20


def replay(home: Home, run: str, *, child: Child, options: RunOptions) -> Answer:
    """Replay one run: `run, verdict, original_digest, replayed_digest, differences`.

    `identical`: the same findings and alerts to the byte. `different`: something the result depends on has changed, or the
    result has; each difference is named. `not comparable`: models were run where numbers come out otherwise. Raises NotFound
    for an unknown run and for one that never finished. Reads files only: no ledger is opened and nothing is recorded.
    """
    original = runs_in_journal(home.journal).get(run)
    if original is None:
        raise NotFound("there is no such run", value=run, remedy="thalweg runs list shows them.")
    if original["digest"] is None:
        raise NotFound(
            "this run has no result to compare with", value=run, remedy=f"Its status is {original['status']}."
        )
    answer: Answer = {"run": run, "original_digest": original["digest"], "replayed_digest": None, "differences": []}
    path = home.run(run) / "manifest.json"
    if not path.exists() or digest_file(path) != original["manifest"]:
        return answer | {"verdict": "different", "differences": [_difference("manifest.json", "is not as journalled")]}
    manifest = Manifest.model_validate_json(path.read_bytes())
    named = _changed_files(home, run, original["files"], manifest)
    named += _changed_inputs(manifest, options, engine_of(child))
    try:
        result, again = _carried_out(home, manifest, child, options)
    except (DigestMismatch, NotFound) as error:
        gone = [_difference(error.where or error.value or "input", error.why)]
        return answer | {"verdict": "different", "differences": named + gone}
    answer["replayed_digest"] = result["digest"]
    if result["digest"] == original["digest"] and not named:
        return answer | {"verdict": "identical"}
    verdict: Verdict = "different"
    if _only_models_differ(manifest, named, original, result):
        verdict = "not comparable"
    differences = named + _findings_that_differ(_stored(home, run), again)
    if result["digest"] != original["digest"] and not differences:
        differences.append(
            _difference("result", "the digest differs though no finding does: scores or outcomes differ")
        )
    return answer | {"verdict": verdict, "differences": differences}


def _carried_out(home: Home, manifest: Manifest, child: Child, options: RunOptions) -> tuple[Answer, list[Answer]]:
    out = Path(tempfile.mkdtemp(prefix="replay-", dir=home.workroom))
    try:
        result = execute(home, manifest, out, child=child, options=options)
        return result, read_records(out / FINDINGS)
    finally:
        shutil.rmtree(out, ignore_errors=True)


def _changed_files(home: Home, run: str, files: dict[str, str], manifest: Manifest) -> list[Answer]:
    """Files of the run that are there and are not byte for byte as they were recorded, whatever a reader makes of them."""
    recorded = segment_bytes_in_journal(home.journal)
    claims = [(home.segment(ref.digest), recorded.get(ref.digest, "")) for ref in manifest.segments]
    claims += [(home.run(run) / name, digest) for name, digest in sorted(files.items())]
    claims += [(home.code / ref.code_digest, ref.code_digest) for ref in manifest.detectors]
    return [
        _difference(str(path.relative_to(home.root)), "is not as it was recorded")
        for path, digest in claims
        if path.exists() and digest_file(path) != digest
    ]


def _changed_inputs(manifest: Manifest, options: RunOptions, here: Engine) -> list[Answer]:
    """What the manifest names and this installation has otherwise: detectors, code, engine."""
    catalogue = Catalogue.load(options.rule_directories)
    named = []
    for ref in manifest.detectors:
        try:
            detector = catalogue.get(ref.id)
        except NotFound:
            named.append(_difference(f"detector {ref.id}", "is not in this catalogue"))
            continue
        if detector.logic_hash != ref.logic_hash:
            named.append(_difference(f"detector {ref.id}", "logic differs", ref.logic_hash, detector.logic_hash))
        elif detector.code_digest != ref.code_digest:
            named.append(_difference(f"detector {ref.id}", "source differs", ref.code_digest, detector.code_digest))
    if manifest.code != code_digest():
        named.append(_difference("code", "the sources of detectors and schemas differ", manifest.code, code_digest()))
    named.extend(
        _difference(f"engine {part}", "differs", getattr(manifest.engine, part), getattr(here, part))
        for part in Engine.model_fields
        if getattr(manifest.engine, part) != getattr(here, part)
    )
    return named


def _only_models_differ(manifest: Manifest, named: list[Answer], original: Answer, result: Answer) -> bool:
    """Whether rules and patterns agree and the numbers that models rest on are known to come out otherwise here."""
    has_models = any(ref.kind == "model" for ref in manifest.detectors)
    elsewhere = {"engine fingerprint", "engine python"} & {difference["what"] for difference in named}
    beyond = [each for each in named if not each["what"].startswith("engine ")]
    exact = original["exact_digest"] == result["exact_digest"]
    return has_models and bool(elsewhere) and not beyond and exact


def _stored(home: Home, run: str) -> list[Answer]:
    """The findings as stored; none where the file is damaged, which is named as a difference already."""
    try:
        return read_records(home.run(run) / FINDINGS)
    except (OSError, ThalwegError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return []


def _findings_that_differ(before: list[Answer], after: list[Answer]) -> list[Answer]:
    old = {finding["id"]: finding for finding in before}
    new = {finding["id"]: finding for finding in after}
    differences = [_difference(f"finding {key}", "was found before and is not now") for key in sorted(old.keys() - new)]
    differences += [
        _difference(f"finding {key}", "is found now and was not before") for key in sorted(new.keys() - old)
    ]
    for key in sorted(old.keys() & new.keys()):
        parts = sorted(part for part in old[key] if old[key][part] != new[key].get(part))
        if parts:
            differences.append(_difference(f"finding {key}", f"differs in {', '.join(parts)}"))
    left_out = len(differences) - _SHOWN
    if left_out > 0:
        differences = [*differences[:_SHOWN], _difference("findings", f"{left_out} further differences are not listed")]
    return differences


def _difference(what: str, why: str, was: str | None = None, now: str | None = None) -> Answer:
    parts = {"what": what, "why": why, "was": was, "now": now}
    return {name: text for name, text in parts.items() if text is not None}
