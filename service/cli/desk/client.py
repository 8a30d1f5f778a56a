"""Talks to a server: JSON there and back, files streamed, problem documents raised again as the errors they were.

It follows no redirect and sends no key over an open network.
"""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Iterable
from ipaddress import ip_address
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from schemas.errors import HomeUnavailable, RateLimited, RequestInvalid, ThalwegError
from service.cli.desk.running import Server

_SECONDS = 330
"""Longer than the longest wait that a request may ask for."""
_PIECE = 1 << 20


class Client:
    """Requests to one server, with its key. Raises HomeUnavailable where it does not answer."""

    def __init__(self, server: Server) -> None:
        parts = urlsplit(server.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            raise RequestInvalid(
                "this is not the address of a server", where="--url", value=server.url,
                remedy="Write it as https://thalweg.example or http://127.0.0.1:8000.",
            )  # fmt: skip
        if parts.scheme == "http" and not (server.is_operator or _is_this_machine(parts.hostname)):
            raise RequestInvalid(
                "a key is not sent over an open network", where="--url", value=server.url, remedy="Use https."
            )
        self._secure = parts.scheme == "https"
        self._host, self._port, self._url = parts.hostname, parts.port, server.url
        self._token = server.token

    def get(self, path: str, **query: Any) -> Any:
        """GET: the JSON of the answer. Query parameters that are None are left out."""
        return self._ask("GET", path, query)

    def post(self, path: str, asked: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> Any:
        """POST a JSON object: the JSON of the answer."""
        body = None if asked is None else json.dumps(asked).encode()
        return self._ask("POST", path, {}, body=body, headers={"content-type": "application/json"} | (headers or {}))

    def send(self, path: str, file: Path, *, fields: dict[str, str], headers: dict[str, str]) -> Any:
        """POST a form with a file, read as it goes. A refusal that carries the submission's `batch` is an answer too."""
        boundary = secrets.token_hex(16)
        before, after = _around(fields, boundary)
        about = {
            "content-type": f"multipart/form-data; boundary={boundary}",
            "content-length": str(len(before) + file.stat().st_size + len(after)),
        }
        with file.open("rb") as body:
            pieces = chain([before], iter(lambda: body.read(_PIECE), b""), [after])
            return self._ask("POST", path, {}, body=pieces, headers=about | headers, answers_to="batch")

    def _ask(
        self,
        method: str,
        path: str,
        query: dict[str, Any],
        *,
        body: bytes | Iterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
        answers_to: str | None = None,
    ) -> Any:
        said = {"authorization": f"Bearer {self._token}", "accept": "application/json"} | (headers or {})
        asked = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
        connection = self._connection()
        try:
            connection.request(method, f"{path}?{asked}" if asked else path, body=body, headers=said)
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise HomeUnavailable(
                "the server does not answer",
                where=self._url,
                remedy="See that it is running; the act may have been done.",
            ) from error
        finally:
            connection.close()
        told = _parsed(text)
        if response.status >= 300 and not (answers_to and isinstance(told, dict) and answers_to in told):
            raise _as_error(response.status, told, response.getheader("retry-after"), self._url)
        return told

    def _connection(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=_SECONDS)


def _around(fields: dict[str, str], boundary: str) -> tuple[bytes, bytes]:
    """What stands before the bytes of a file in a form, and what after."""
    parts = [
        f'--{boundary}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in fields.items()
    ]
    opened = f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="file"\r\n\r\n'
    return ("".join(parts) + opened).encode(), f"\r\n--{boundary}--\r\n".encode()


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _as_error(status: int, told: Any, retry: str | None, url: str) -> ThalwegError:
    if not isinstance(told, dict) or "type" not in told:
        return HomeUnavailable(f"the server answered {status}, and not as Thalweg does", where=url)
    kind = _kinds(ThalwegError).get(
        str(told["type"]).rpartition("/")[2], RequestInvalid if status < 500 else ThalwegError
    )
    why, remedy = str(told.get("detail", "")), told.get("remedy")
    if kind is RateLimited:
        return RateLimited(why, retry_seconds=int(retry or 60), remedy=remedy)
    return kind(why, where=told.get("field"), value=told.get("value"), remedy=remedy)


def _kinds(kind: type[ThalwegError]) -> dict[str, type[ThalwegError]]:
    found = {kind.slug: kind}
    for below in kind.__subclasses__():
        found |= _kinds(below)
    return found


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
