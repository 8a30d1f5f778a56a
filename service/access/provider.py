"""Single sign-on by OpenID Connect: authorization code, PKCE and nonce, with whichever provider the settings name.

It tells who somebody is at the provider, after everything that proves it, and nothing else: accounts are found elsewhere, and
none is ever made.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from schemas.errors import HomeUnavailable, NotAuthenticated
from service.access.credentials import same

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures with a key of the provider alone: neither none, nor one that a shared secret makes."""
SECRET_FILE = "oidc-client-secret"  # noqa: S105 - the name of the file
_LEEWAY_SECONDS, _KEPT_SECONDS = 60, 3600
_LONGEST_ANSWER = 256 * 1024


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-on that has left for the provider. `state`, `nonce` and `verifier` stay here; `address` is where the browser goes."""

    state: str
    nonce: str
    verifier: str
    address: str


@dataclass(frozen=True, slots=True)
class Registration:
    """What the provider knows this house by, and by which of its claims the house knows people."""

    issuer: str
    client: str
    claim: str
    back: str
    secret: str | None = None


class Provider:
    """One provider. `now` is the time of day; `client` reaches it over HTTP, with a limit of time, and follows no redirect."""

    def __init__(self, registration: Registration, client: httpx2.Client, now: Callable[[], datetime]) -> None:
        self._known, self._client, self._now = registration, client, now
        self._lock = threading.Lock()
        self._kept: tuple[float, dict[str, Any], jwk.KeySet] | None = None

    def begin(self) -> Begun:
        """Where to send a browser, and what to compare when it comes back. Raises HomeUnavailable where the provider is not there."""
        document, _ = self._document()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        query = {
            "response_type": "code",
            "client_id": self._known.client,
            "redirect_uri": self._known.back,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in document["authorization_endpoint"] else "?"
        return Begun(state, nonce, verifier, f"{document['authorization_endpoint']}{joint}{urlencode(query)}")

    def finish(self, begun: Begun, *, code: str, state: str) -> str:
        """Who came back, as the claim of the settings says. Raises NotAuthenticated for everything that does not prove it."""
        if not same(state, begun.state):
            raise _not_proved("the answer belongs to another sign-on")
        document, keys = self._document()
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._known.back,
            "client_id": self._known.client,
            "code_verifier": begun.verifier,
        }
        auth = None if self._known.secret is None else (self._known.client, self._known.secret)
        token = self._json("POST", document["token_endpoint"], data=asked, auth=auth).get("id_token")
        if not isinstance(token, str):
            raise _not_proved("the provider gave no identity")
        claims = self._claims(token, keys)
        if not same(str(claims.get("nonce", "")), begun.nonce):
            raise _not_proved("the identity was made for another sign-on")
        return self._identity(claims)

    def _claims(self, token: str, keys: jwk.KeySet) -> dict[str, Any]:
        rules = jwt.JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self._known.issuer},
            aud={"essential": True, "value": self._known.client},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            claims = jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
            rules.validate(claims)
        except (JoseError, ValueError) as error:
            raise _not_proved("the identity is not signed, or not for this house, or no longer") from error
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != self._known.client:
            raise _not_proved("the identity was made for another client")
        return dict(claims)

    def _identity(self, claims: dict[str, Any]) -> str:
        if self._known.claim == "email" and claims.get("email_verified") is not True:
            raise _not_proved("the provider has not verified the address")
        found = claims.get(self._known.claim)
        if not isinstance(found, str) or not found:
            raise _not_proved("the identity lacks the claim by which accounts are found")
        return found

    def _document(self) -> tuple[dict[str, Any], jwk.KeySet]:
        """The provider's description and keys, asked for anew every hour."""
        with self._lock:
            now = self._now().timestamp()
            if self._kept is None or not 0 <= now - self._kept[0] < _KEPT_SECONDS:
                address = f"{self._known.issuer.rstrip('/')}/.well-known/openid-configuration"
                document = self._json("GET", address)
                if document.get("issuer") != self._known.issuer:
                    raise _unreachable("it calls itself by another name than the settings do")
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                    _require_safe(str(document.get(name, "")))
                try:
                    keys = jwk.KeySet.import_key_set(self._json("GET", document["jwks_uri"]))  # type: ignore[arg-type]
                except (JoseError, ValueError, KeyError, TypeError) as error:
                    raise _unreachable("its keys cannot be read") from error
                self._kept = (now, document, keys)
            return self._kept[1], self._kept[2]

    def _json(self, method: str, address: str, **sent: Any) -> dict[str, Any]:
        _require_safe(address)
        try:
            answer = self._client.request(method, address, **sent)
            found = answer.json() if answer.status_code == 200 and len(answer.content) <= _LONGEST_ANSWER else None
        except (httpx2.HTTPError, ValueError) as error:
            raise _unreachable("it does not answer as it should") from error
        if not isinstance(found, dict):
            if method == "POST":
                raise _not_proved("the provider does not accept the code")
            raise _unreachable("it does not answer as it should")
        return found


def client_secret(keys: Path) -> str | None:
    """The secret that the provider gave this house, from its file in `keys/`; None for a client without one."""
    path = keys / SECRET_FILE
    return path.read_text().strip() if path.exists() else None


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _require_safe(address: str) -> None:
    """Raise HomeUnavailable for an address that is not TLS, but on this machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}):
        raise _unreachable("its addresses are not https")


def _unreachable(why: str) -> HomeUnavailable:
    return HomeUnavailable(f"single sign-on: {why}", remedy="Sign in with a password; tell the operator.")


def _not_proved(why: str) -> NotAuthenticated:
    return NotAuthenticated(why, remedy="Begin again; ask the administrator for help.")
