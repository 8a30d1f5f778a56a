"""Talks to a server: JSON there and back, files streamed, problem documents raised again as the errors they were.

It follows no redirect and sends no key over an open network.
"""

from __future__ import annotations

import http.client
import json
import secrets
import shutil
from collections.abc import Iterable
from copy import copy
from ipaddress import ip_address
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from schemas.errors import Busy, HomeUnavailable, NotFound, RateLimited, RequestInvalid, ThalwegError
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
        self._token, self._seconds = server.token, float(_SECONDS)

    def hurried(self, seconds: float) -> Client:
        """The same, giving up on an answer that does not come in this time."""
        hurried = copy(self)
        hurried._seconds = seconds
        return hurried

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        """GET: the JSON of the answer. Query parameters that are None are left out."""
        return self._ask("GET", path, query, headers=headers)

    def head(self, path: str) -> dict[str, str]:
        """HEAD: the fields of the head, their names in small letters."""
        status, told, heads = self.exchange("HEAD", path)
        if status == 404:  # a head has no document that says so
            raise NotFound("the server does not have this any more", where=path)
        if status >= 300:
            raise as_error(status, told, heads.get("retry-after"), self._url)
        return heads

    def fetch(self, path: str, out: Path, *, headers: dict[str, str] | None = None) -> None:
        """GET a file of any size into `out`, which is not there where the line breaks."""
        connection = self._connection()
        try:
            connection.request("GET", path, headers={"authorization": f"Bearer {self._token}"} | (headers or {}))
            response = connection.getresponse()
            if response.status >= 300:
                raise as_error(response.status, _parsed(response.read()), response.getheader("retry-after"), self._url)
            with out.open("xb") as handle:
                shutil.copyfileobj(response, handle, _PIECE)
        except (OSError, http.client.HTTPException) as error:
            out.unlink(missing_ok=True)
            raise HomeUnavailable("the server does not answer", where=self._url) from error
        finally:
            connection.close()

    def exchange(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any, dict[str, str]]:
        """One request: the status, the JSON of the answer (None where there is none), and the head."""
        said = {"authorization": f"Bearer {self._token}", "accept": "application/json"} | (headers or {})
        connection = self._connection()
        try:
            connection.request(method, path, body=body, headers=said)
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
        return response.status, _parsed(text), {name.lower(): value for name, value in response.getheaders()}

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
        asked = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
        status, told, heads = self.exchange(method, f"{path}?{asked}" if asked else path, body, headers)
        if status >= 300 and not (answers_to and isinstance(told, dict) and answers_to in told):
            raise as_error(status, told, heads.get("retry-after"), self._url)
        return told

    def _connection(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=self._seconds)


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


def as_error(status: int, told: Any, retry: str | None, url: str) -> ThalwegError:
    """A problem document as the error that it was."""
    if not isinstance(told, dict) or "type" not in told:
        return HomeUnavailable(f"the server answered {status}, and not as Thalweg does", where=url)
    slug, why, remedy = str(told["type"]).rpartition("/")[2], str(told.get("detail", "")), told.get("remedy")
    kind = _kinds(ThalwegError).get(slug, RequestInvalid if status < 500 else ThalwegError)
    seconds = int(retry) if retry and retry.isdigit() else 60
    if issubclass(kind, RateLimited):
        return kind(why, retry_seconds=seconds, remedy=remedy)
    if issubclass(kind, Busy):
        return kind(why, retry_seconds=seconds)
    return kind(why, where=told.get("field"), value=told.get("value"), remedy=remedy)


def error_of(problem: dict[str, str]) -> ThalwegError:
    """A problem that a resource tells of, as the error that it was."""
    named = {"detail": problem["why"], "field": problem.get("where")} | problem
    return as_error(422, named, None, "")


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
