"""The compose file runs what the settings describe, and no secret stands in it."""

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.local.temporal import SEARCH_ATTRIBUTES
from settings import PREFIX, TASK_QUEUES, Settings

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
EXAMPLE = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
VARIABLES = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
DEFAULTED = {"TEMPORAL_VERSION", "TEMPORAL_UI_VERSION", "TEMPORAL_UI_PORT", "NGINX_VERSION"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(TEXT)
    services: dict[str, Any] = content["services"]
    return services


def test_it_runs_every_part(services: dict[str, Any]) -> None:
    workers = {f"worker-{queue}" for queue in TASK_QUEUES}
    servers = {
        "postgres",
        "temporal",
        "search-attributes",
        "temporal-ui",
        "migrate",
        "backup",
        "api",
        "front",
    }
    assert services.keys() == servers | workers


def test_each_worker_serves_its_own_queue(services: dict[str, Any]) -> None:
    for queue in TASK_QUEUES:
        assert services[f"worker-{queue}"]["environment"]["ECHEANCE_TASK_QUEUES"] == queue


def test_every_variable_is_a_setting_and_every_setting_is_given(services: dict[str, Any]) -> None:
    given = {
        name
        for service in ("migrate", "worker-fleet", "worker-platform", "backup")
        for name in services[service]["environment"]
    }
    assert given == VARIABLES


def given_to(services: dict[str, Any], variable: str) -> list[str]:
    return [name for name, service in services.items() if variable in service.get("environment", {})]


def test_only_migration_and_backup_own_the_schema(services: dict[str, Any]) -> None:
    assert given_to(services, "ECHEANCE_DATABASE_ADMIN_URL") == ["migrate", "backup"]


def test_the_keys_of_the_archives_are_with_the_backup_alone(services: dict[str, Any]) -> None:
    assert given_to(services, "ECHEANCE_BACKUP_KEYS") == ["backup"]
    assert services["backup"]["volumes"][0] == "backups:/backups"
    assert EXAMPLE["ECHEANCE_BACKUP_FOLDER"] == "/backups"


def test_every_variable_it_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT))
    assert asked - DEFAULTED <= EXAMPLE.keys()


def test_every_value_of_ours_comes_from_outside(services: dict[str, Any]) -> None:
    for name, value in services["api"]["environment"].items():
        assert value.startswith(f"${{{name}:"), name


def test_nothing_of_ours_has_a_fixed_name_or_port_that_would_forbid_scaling(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name == "api" or name.startswith("worker-"):
            assert "container_name" not in service
            assert "ports" not in service


def test_the_internet_reaches_the_front_alone(services: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published.keys() == {"front", "temporal-ui"}
    assert published["temporal-ui"] == ["${TEMPORAL_UI_PORT:-127.0.0.1:8233}:8080"]
    assert [port.rpartition(":")[2] for port in published["front"]] == ["80", "443"]


def test_addresses_are_believed_from_the_network_of_the_front_alone(services: dict[str, Any]) -> None:
    content = yaml.safe_load(TEXT)
    [network] = content["networks"]["front"]["ipam"]["config"]
    assert f"--forwarded-allow-ips={network['subnet']}" in services["api"]["command"]
    assert "--proxy-headers" in services["api"]["command"]
    members = [name for name, service in services.items() if "front" in service.get("networks", [])]
    assert members == ["api", "front"]


def test_the_front_runs_the_file_that_its_test_runs(services: dict[str, Any]) -> None:
    mounted = dict(volume.removesuffix(":ro").rsplit(":", 1) for volume in services["front"]["volumes"])
    assert mounted["./deploy/nginx/nginx.conf"] == "/etc/nginx/nginx.conf"
    told = (ROOT / "deploy" / "nginx" / "nginx.conf").read_text("utf-8")
    assert "ssl_certificate /etc/nginx/tls/fullchain.pem;" in told
    assert "/etc/nginx/tls" in mounted.values()
    assert all(volume.endswith(":ro") for volume in services["front"]["volumes"])


def test_paths_that_hold_secrets_are_logged_by_nobody(services: dict[str, Any]) -> None:
    assert "--no-access-log" in services["api"]["command"]
    assert "--no-access-log" in (ROOT / "Dockerfile").read_text("utf-8")


def test_every_part_is_told_with_whom_it_speaks(services: dict[str, Any]) -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    told = runbook.partition("## Who speaks with whom")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z-]+\*?)`", told))
    assert {name for name in services if not name.startswith("worker-")} <= named
    assert {"worker-*", "worker-platform"} <= named
    assert {name for name in named if name != "worker-*"} <= services.keys()


def context() -> Iterator[Path]:
    """What ``COPY .`` sees: all of this folder that .dockerignore lets by."""
    patterns = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert not [pattern for pattern in patterns if pattern.startswith("!") or "[" in pattern]
    for folder, folders, files in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        folders[:] = [name for name in folders if not ignored(here / name, patterns)]
        yield from (here / name for name in files if not ignored(here / name, patterns))


def ignored(path: Path, patterns: list[str]) -> bool:
    """A pattern is of the whole path; with ``**/`` in front, of a name at any depth."""
    return any(
        path.match(pattern[3:]) if pattern.startswith("**/") else fnmatch(str(path), pattern)
        for pattern in patterns
    )


def test_the_image_has_no_history_no_secret_and_no_data() -> None:
    assert re.findall(r"^COPY (?!--from)(.*)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE) == [
        "requirements.lock /tmp/requirements.lock",
        ". /app",
    ]
    taken = set(context())
    assert {Path("worker.py"), Path("templates/web/static/editor.js")} <= taken
    within = {part for path in taken for part in path.parts}
    assert not within & {".git", ".env", ".data", ".venv", "secrets.json", "tls", "tests", "__pycache__"}
    assert not [path for path in taken if path.suffix in {".pem", ".key", ".backup", ".p12"}]


def test_the_search_attributes_are_those_of_the_embedded_server() -> None:
    assert dict(re.findall(r"(Echeance\w+)=(\w+)", TEXT)) == SEARCH_ATTRIBUTES
