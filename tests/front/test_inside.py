"""The front and the API with deploy/compose.inside.yml: TLS between them, and both show a certificate."""

import re
import shutil
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from adapters.certificates import certify_all
from commands.certificates import SERVICES
from tests.front.standing import Api, Front, echoing, started
from tests.ground import ROOT

OVERLAY = yaml.safe_load((ROOT / "deploy" / "compose.inside.yml").read_text("utf-8"))["services"]
BASE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
INCLUDED = ROOT / "deploy" / "nginx" / "inside" / "api.conf"


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inside")
    certify_all(folder, SERVICES, {}, datetime.now(UTC), again=False)
    return folder


def shown(folder: Path, service: str) -> tuple[str, str]:
    return str(folder / service / "certificate.pem"), str(folder / service / "key.pem")


@contextmanager
def serving(inside: Path, service: str = "api") -> Iterator[Api]:
    certificate, key = shown(inside, service)
    asked = {"ssl_ca_certs": str(inside / "ca.pem"), "ssl_cert_reqs": ssl.CERT_REQUIRED}
    with echoing(ssl_certfile=certificate, ssl_keyfile=key, **asked) as api:
        yield api


@contextmanager
def fronted(folder: Path, inside: Path, api: Api) -> Iterator[Front]:
    """With the file that the overlay mounts; the address of the API is exchanged, and the folder."""
    place = folder / "inside"
    place.mkdir()
    told = INCLUDED.read_text("utf-8").replace("/etc/nginx/inside/", f"{place}/")
    assert "https://api:8000" in told
    (place / "api.conf").write_text(
        told.replace("https://api:8000", f"https://127.0.0.1:{api.port}"), "utf-8"
    )
    shutil.copy(inside / "ca.pem", place / "ca.pem")
    for path in shown(inside, "front"):
        shutil.copy(path, place / Path(path).name)
    with started(folder, api.port) as front:
        yield front


def test_what_comes_by_the_front_reaches_the_api_and_nothing_else_does(inside: Path, tmp_path: Path) -> None:
    with serving(inside) as api, fronted(tmp_path, inside, api) as front:
        with front.client() as client:
            told = client.get(f"{front.address}/v1/me").json()
        assert (told["client"], told["scheme"], told["path"]) == ("127.0.0.1", "https", "/v1/me")
        address = f"127.0.0.1:{api.port}"
        believing = ssl.create_default_context(cafile=str(inside / "ca.pem"))
        with httpx.Client(trust_env=False) as clear, pytest.raises(httpx.TransportError):
            clear.get(f"http://{address}/v1/me")
        with httpx.Client(trust_env=False, verify=believing) as nameless, pytest.raises(httpx.TransportError):
            nameless.get(f"https://{address}/v1/me")
        believing.load_cert_chain(*shown(inside, "platform"))
        with httpx.Client(trust_env=False, verify=believing) as known:
            assert known.get(f"https://{address}/metrics").status_code == 200
    assert api.seen == ["GET /v1/me", "GET /metrics"]


@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_the_front_gives_nothing_to_an_api_that_is_another(inside: Path, tmp_path: Path, wrong: str) -> None:
    others = tmp_path / "others"
    certify_all(others, SERVICES, {}, datetime.now(UTC), again=False)
    with (
        serving(
            others if wrong == "authority" else inside, "api" if wrong == "authority" else "postgres"
        ) as api,
        fronted(tmp_path, inside, api) as front,
        front.client() as client,
    ):
        assert client.get(f"{front.address}/v1/me").status_code == 503
    assert api.seen == []


def test_every_part_of_compose_is_told_of_its_certificate() -> None:
    assert OVERLAY.keys() == BASE.keys()
    for name, service in OVERLAY.items():
        mounted = dict(one.removesuffix(":ro").rsplit(":", 1) for one in service["volumes"])
        assert all(one.endswith(":ro") for one in service["volumes"]), name
        authority = "/etc/nginx/inside/ca.pem" if name == "front" else "/inside/ca.pem"
        assert authority in mounted.values(), name
        made = {source.rsplit("/", 2)[1] for source in mounted if source.endswith("key.pem")}
        assert made <= SERVICES.keys(), name
        assert not [source for source in mounted if "authority" in source]
        for path in re.findall(r"/(?:inside|served)/[a-z_]+\.(?:pem|conf)", str(service)):
            assert path in mounted.values() or f"/etc/nginx{path}" in mounted.values(), (name, path)


def test_the_platform_under_the_overlay_refuses_what_is_in_clear() -> None:
    ours = {name for name, service in BASE.items() if service.get("image") == "echeance"}
    for name in ours:
        told: dict[str, Any] = OVERLAY[name]["environment"]
        assert told["ECHEANCE_ENCRYPTED_ONLY"] == told["ECHEANCE_TEMPORAL_TLS"] == "true", name
        assert told.keys() <= BASE[name]["environment"].keys(), name
    plain = BASE["api"]["command"]
    assert OVERLAY["api"]["command"][: len(plain)] == plain
    assert "--ssl-cert-reqs=2" in OVERLAY["api"]["command"]
    rules = (ROOT / "deploy" / "postgres" / "pg_hba.conf").read_text("utf-8")
    assert re.findall(r"^(\w+) .*$", rules, re.MULTILINE) == ["local", "hostssl"]
    assert "clientcert=verify-ca" in rules
