"""Settings: documented one by one, read strictly, and silent about secrets."""

import re
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pydantic import ValidationError

from domain.errors import BadInput
from settings import PREFIX, Settings, load
from worker import library_of

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = dict(re.findall(r"^(ECHEANCE_\w+)=(.*)$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))

NEW, OLD = "new" * 11, "old" * 11


def enter(environment: dict[str, str], patch: pytest.MonkeyPatch) -> None:
    for name in EXAMPLE:
        patch.delenv(name, raising=False)
    for name, value in environment.items():
        patch.setenv(name, value)


def test_the_example_and_the_settings_name_the_same_variables() -> None:
    assert EXAMPLE.keys() == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_the_example_is_accepted_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    enter(EXAMPLE, monkeypatch)
    settings = load()
    assert settings.application_role == "echeance_app"
    assert settings.task_queues == (
        "fleet",
        "training",
        "maintenance",
        "internships",
        "platform",
        "planner",
        "shadow",
    )


def test_several_link_secrets_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    enter({**EXAMPLE, "ECHEANCE_LINK_SECRETS": f"{NEW}, {OLD}"}, monkeypatch)
    assert [secret.get_secret_value() for secret in load().link_secrets] == [NEW, OLD]


@pytest.mark.parametrize("name", ["LINK_SECRETS", "MASTER_KEYS", "BACKUP_KEYS", "MOBILE_MONEY_SECRET"])
def test_a_secret_that_could_be_guessed_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    enter({**EXAMPLE, f"ECHEANCE_{name}": "hush" * 7}, monkeypatch)
    with pytest.raises(BadInput, match=f"ECHEANCE_{name}.*32 random characters") as caught:
        load()
    assert "hush" not in str(caught.value)


def test_every_mistake_is_named_at_once_and_no_value_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        **EXAMPLE,
        "ECHEANCE_DATABASE_URL": "mysql://me:hush@host/x",
        "ECHEANCE_TASK_QUEUES": "fleet,sailing",
        "ECHEANCE_WORKER_CONCURRENCY": "0",
    }
    del wrong["ECHEANCE_MOBILE_MONEY_SECRET"]
    enter(wrong, monkeypatch)
    with pytest.raises(BadInput) as caught:
        load()
    assert {mistake.field for mistake in caught.value.mistakes} == {
        "ECHEANCE_DATABASE_URL",
        "ECHEANCE_TASK_QUEUES",
        "ECHEANCE_WORKER_CONCURRENCY",
        "ECHEANCE_MOBILE_MONEY_SECRET",
    }
    assert "hush" not in str(caught.value)


def test_each_hour_of_the_day_has_its_traffic(monkeypatch: pytest.MonkeyPatch) -> None:
    rush = ["100"] * 7 + ["150"] * 2 + ["100"] * 15
    enter({**EXAMPLE, "ECHEANCE_ROADS_PERCENT": ",".join(rush)}, monkeypatch)
    assert load().roads_percent[6:10] == (100, 150, 150, 100)
    for wrong in (rush[1:], ["0", *rush[1:]], ["fast", *rush[1:]]):
        enter({**EXAMPLE, "ECHEANCE_ROADS_PERCENT": ",".join(wrong)}, monkeypatch)
        with pytest.raises(BadInput, match="ECHEANCE_ROADS_PERCENT"):
            load()


def test_what_would_go_in_clear_is_refused_where_all_must_be_encrypted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("ca", "own", "key"):
        (tmp_path / name).write_text("a certificate", "utf-8")
    verified = "?sslmode=verify-full&sslrootcert=/inside/ca.pem"
    enclosed = {
        **EXAMPLE,
        "ECHEANCE_ENCRYPTED_ONLY": "true",
        "ECHEANCE_DATABASE_URL": EXAMPLE["ECHEANCE_DATABASE_URL"] + verified,
        "ECHEANCE_DATABASE_ADMIN_URL": "postgresql+psycopg://postgres@/echeance?host=/run/postgresql",
        "ECHEANCE_TEMPORAL_TLS": "true",
        "ECHEANCE_TEMPORAL_TLS_CA": str(tmp_path / "ca"),
        "ECHEANCE_TEMPORAL_TLS_CERTIFICATE": str(tmp_path / "own"),
        "ECHEANCE_TEMPORAL_TLS_KEY": str(tmp_path / "key"),
        "ECHEANCE_SCAN_URL": "unix:///run/clamav/clamd.ctl",
    }
    enter(enclosed, monkeypatch)
    assert load().encrypted_only
    for name, value in {
        "ECHEANCE_DATABASE_URL": EXAMPLE["ECHEANCE_DATABASE_URL"],
        "ECHEANCE_DATABASE_ADMIN_URL": "postgresql+psycopg://postgres:hush@db/echeance?sslmode=require",
        "ECHEANCE_TEMPORAL_TLS": "false",
        "ECHEANCE_PUBLIC_BASE_URL": "http://echeance.example",
        "ECHEANCE_FILES_ENDPOINT": "http://minio:9000",
        "ECHEANCE_ROADS_URL": "http://osrm:5000",
        "ECHEANCE_SENDGRID_BASE_URL": "http://relay",
        "ECHEANCE_TWILIO_BASE_URL": "http://relay",
        "ECHEANCE_SCAN_URL": "tcp://clamd:3310",
        "ECHEANCE_OUTGOING_PRIVATE": "true",
    }.items():
        enter({**enclosed, name: value}, monkeypatch)
        with pytest.raises(BadInput) as caught:
            load()
        assert name in {mistake.field for mistake in caught.value.mistakes}
        assert "hush" not in str(caught.value)


@pytest.mark.parametrize("host", ["db", "db,/run", "&host=db", "127.0.0.1"])
def test_a_host_beside_a_socket_is_no_socket(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql+psycopg://app@/echeance?host=/run/postgresql{host if '&' in host else ',' + host}"
    enter({**EXAMPLE, "ECHEANCE_ENCRYPTED_ONLY": "true", "ECHEANCE_DATABASE_URL": url}, monkeypatch)
    with pytest.raises(BadInput, match="ECHEANCE_DATABASE_URL"):
        load()


def test_what_is_told_of_temporals_tls_goes_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "own").write_text("a certificate", "utf-8")
    half = {**EXAMPLE, "ECHEANCE_TEMPORAL_TLS_CERTIFICATE": str(tmp_path / "own")}
    enter(half, monkeypatch)
    with pytest.raises(BadInput) as caught:
        load()
    assert {mistake.field for mistake in caught.value.mistakes} == {
        "ECHEANCE_TEMPORAL_TLS_KEY",
        "ECHEANCE_TEMPORAL_TLS_CERTIFICATE",
    }
    enter({**EXAMPLE, "ECHEANCE_TEMPORAL_TLS_CA": str(tmp_path / "gone")}, monkeypatch)
    with pytest.raises(BadInput, match="ECHEANCE_TEMPORAL_TLS_CA"):
        load()
    enter({**EXAMPLE, "ECHEANCE_TEMPORAL_API_KEY": "hush-hush"}, monkeypatch)
    with pytest.raises(BadInput, match="ECHEANCE_TEMPORAL_API_KEY") as caught:
        load()
    assert "hush" not in str(caught.value)


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    enter({**EXAMPLE, "ECHEANCE_TWILIO_AUTH_TOKEN": "hush-hush"}, monkeypatch)
    assert "hush-hush" not in repr(load())


def test_settings_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    enter(EXAMPLE, monkeypatch)
    settings = load()
    with pytest.raises(ValidationError):
        settings.log_level = "DEBUG"  # type: ignore[misc]


@pytest.mark.parametrize(("backend", "asked"), [("python", False), ("durable", True)])
async def test_the_back_end_of_the_rules_is_chosen(
    backend: str, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = {f"ECHEANCE_{name.upper()}_FOLDER": str(ROOT / name) for name in ("rules", "templates")}
    enter({**EXAMPLE, **folders, "ECHEANCE_RULES_BACKEND": backend}, monkeypatch)
    async with AsyncExitStack() as stack:
        library = library_of(load(), stack)
        assert (library.book("fleet/contract").matching is not None) is asked
        assert library.book("fleet/misses").matching is None


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"{NEW},{OLD}\n", "utf-8")
    given = {name: value for name, value in EXAMPLE.items() if name != "ECHEANCE_MASTER_KEYS"}
    enter(given, monkeypatch)
    monkeypatch.setenv("ECHEANCE_MASTER_KEYS_FILE", str(keys))
    settings = load()
    assert [secret.get_secret_value() for secret in settings.master_keys] == [NEW, OLD]
    assert {NEW, OLD} <= set(settings.secrets())


def test_every_file_that_does_not_do_is_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "large").write_bytes(b"hush" * 99_999)
    (tmp_path / "odd").write_bytes(b"\xff\xfe")
    enter(EXAMPLE, monkeypatch)
    for name, file in [("LINK_SECRETS", "large"), ("TWILIO_AUTH_TOKEN", "odd"), ("SENDGRID_API_KEY", "gone")]:
        monkeypatch.delenv(f"ECHEANCE_{name}")
        monkeypatch.setenv(f"ECHEANCE_{name}_FILE", str(tmp_path / file))
    monkeypatch.setenv("ECHEANCE_MASTER_KEYS_FILE", str(tmp_path / "gone"))
    with pytest.raises(BadInput) as caught:
        load()
    assert {mistake.field: mistake.problem for mistake in caught.value.mistakes} == {
        "ECHEANCE_LINK_SECRETS_FILE": "the file is too large",
        "ECHEANCE_TWILIO_AUTH_TOKEN_FILE": "the file is not a text in UTF-8",
        "ECHEANCE_SENDGRID_API_KEY_FILE": "No such file or directory",
        "ECHEANCE_MASTER_KEYS_FILE": "ECHEANCE_MASTER_KEYS is set, too",
    }
    assert "hush" not in str(caught.value)


def test_all_that_is_secret_is_known_to_the_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    enter(EXAMPLE, monkeypatch)
    secrets = load().secrets()
    assert {"change-me", "change-me-too", "SG.change-me"} <= set(secrets)
    hidden = ("SECRET", "KEY", "TOKEN")
    for name, value in EXAMPLE.items():
        if any(word in name for word in hidden) and value and "VERIFICATION" not in name:
            assert value in secrets, name
