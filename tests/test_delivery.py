"""The image and the service description, read and checked without a container engine: what they must never lose."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def stages() -> list[list[tuple[str, str]]]:
    """The Dockerfile as stages of (instruction, argument), continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found: list[list[tuple[str, str]]] = []
    for word, _, rest in (line.partition(" ") for line in lines):
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest.strip()))
    return found


@pytest.fixture(scope="module")
def service() -> dict[str, Any]:
    described = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    assert list(described["services"]) == ["thalweg"]
    return described["services"]["thalweg"] | {"all_volumes": described["volumes"]}


def _last(stage: list[tuple[str, str]], word: str) -> str:
    return [rest for name, rest in stage if name == word][-1]


def test_the_image_stands_on_a_named_version_of_the_slim_python(stages: list[list[tuple[str, str]]]) -> None:
    assert {stage[0][1].split(" AS ")[0] for stage in stages} == {"python:3.11-slim"}
    assert len(stages) == 2


def test_the_image_installs_by_hash_and_then_from_those_files_alone(stages: list[list[tuple[str, str]]]) -> None:
    runs = " ; ".join(rest for word, rest in stages[0] if word == "RUN")
    assert "pip wheel --require-hashes --wheel-dir /wheels -r requirements.lock" in runs
    for command in re.findall(r"pip install[^&;]*", runs):
        assert "--no-index --find-links /wheels" in command


def test_the_image_runs_as_nobody_in_particular(stages: list[list[tuple[str, str]]]) -> None:
    assert _last(stages[-1], "USER") == "10001"
    order = [word for word, _ in stages[-1]]
    assert order.index("USER") > max(place for place, word in enumerate(order) if word in {"RUN", "COPY"})


def test_the_image_starts_thalweg_and_asks_whether_it_is_well(stages: list[list[tuple[str, str]]]) -> None:
    assert json.loads(_last(stages[-1], "ENTRYPOINT")) == ["thalweg"]
    health = _last(stages[-1], "HEALTHCHECK").partition("CMD ")[2]
    command = json.loads(health)
    assert command[:2] == ["python", "-c"]
    compile(command[2], "healthcheck", "exec")
    assert "/healthz" in command[2]


def test_everything_the_image_copies_is_there_and_is_let_through(stages: list[list[tuple[str, str]]]) -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    for word, rest in stages[0]:
        if word == "COPY":
            for source in rest.split()[:-1]:
                assert source in allowed
                assert (ROOT / source).exists(), f"COPY {source}: no such file"


def test_the_service_can_write_to_its_volume_and_nowhere_else(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["user"] == "10001:10001"
    assert service["volumes"] == ["thalweg-data:/data"]
    assert service["environment"]["THALWEG_HOME"] == "/data"
    assert list(service["all_volumes"]) == ["thalweg-data"]


def test_the_service_has_no_privileges_to_lose(service: dict[str, Any]) -> None:
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


def test_the_service_is_published_to_this_machine_alone_and_is_asked_for_its_health(service: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert "/healthz" in service["healthcheck"]["test"][-1]


def test_the_unit_runs_as_nobody_in_particular_with_one_place_to_write_to() -> None:
    lines = (ROOT / "docs/deploy/thalweg.service").read_text("utf-8").splitlines()
    said = [line.partition("=")[::2] for line in lines if "=" in line and not line.startswith("#")]
    unit = dict(said)
    assert (unit["User"], unit["StateDirectory"], unit["StateDirectoryMode"]) == ("thalweg", "thalweg", "0700")
    assert (unit["ProtectSystem"], unit["NoNewPrivileges"], unit["CapabilityBoundingSet"]) == ("strict", "yes", "")
    assert ("Environment", "THALWEG_HOME=/var/lib/thalweg") in said
    assert "serve --host 127.0.0.1" in unit["ExecStart"]
    assert unit["Restart"] == "on-failure"


def test_the_proxy_speaks_tls_keeps_the_host_and_writes_down_nobody() -> None:
    text = (ROOT / "docs/deploy/nginx.conf").read_text("utf-8")
    for needed in (
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "proxy_set_header Host $http_host;",
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "proxy_request_buffering off;",
        "access_log off;",
    ):
        assert needed in text
    assert text.count("{") == text.count("}")
    assert not re.search(r"proxy_pass (?!http://127\.0\.0\.1:8000;)", text)
