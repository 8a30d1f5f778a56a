"""The description of the API as it is: every error is a problem document, also those that the framework would describe otherwise,
and whoever sends JSON calls it so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def describe_problems(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The OpenAPI document of `app`, with a problem document for every answer from 400 on; made once."""
    framework = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = framework()
            for methods in document["paths"].values():
                for call in methods.values():
                    for status, told in _always(call).items():
                        call["responses"].setdefault(status, {"description": told})
                    if "application/json" in call.get("requestBody", {}).get("content", {}):
                        call["responses"]["415"] = {"description": "the body is not called JSON"}
                    for status, told in call["responses"].items():
                        if status >= "400":
                            told["content"] = _PROBLEM
            for name in ("HTTPValidationError", "ValidationError"):
                document["components"]["schemas"].pop(name, None)
        return app.openapi_schema or document

    return described


def _always(call: dict[str, Any]) -> dict[str, str]:
    """What may be answered whatever a route does: it follows from who asks, for what, and with how much."""
    found: dict[str, str] = {}
    if call.get("security"):
        found |= {"401": "nobody known", "403": "not theirs to do", "429": "too often; `Retry-After` says when"}
    if call.get("parameters") or call.get("requestBody"):
        found |= {"404": "no such thing, or not theirs", "422": "not valid"}
    if call.get("requestBody"):
        found["413"] = "too large"
    return found
