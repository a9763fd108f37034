"""What docs/access.md says of the policy is what the policy says."""

import re
from pathlib import Path

from click.testing import CliRunner

from commands.access import access, permissions, roles
from database.shared.ownership import OWNED
from domain.access import POLICY, REACH, ROLES
from domain.sign_in import OURS, password_mistakes

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "access.md").read_text("utf-8")


def test_the_tables_are_what_the_command_prints() -> None:
    printed = CliRunner().invoke(access).output
    for table in ("\n".join(roles()), "\n".join(permissions())):
        assert table in TEXT
        assert table in printed


def test_every_kind_that_somebody_owns_is_told() -> None:
    told = TEXT.partition("| Thing |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", told)) == set(OWNED)


def test_the_words_that_no_password_rests_on_are_told() -> None:
    told = TEXT.partition("### Words a password may not rest on")[2].partition("###")[0]
    assert re.findall(r"`(\w+)`", told) == list(OURS)
    for word in (*OURS, "Awa", "Ngo-Etoa", "awa.ngo@example.org", "motos-douala", "Motos Douala SARL"):
        mistakes = password_mistakes(
            f"{word} {word} 31!",
            False,
            ("Awa Ngo-Etoa", "awa.ngo@example.org", "motos-douala", "Motos Douala SARL"),
        )
        assert [one.problem for one in mistakes] != [], word


def test_the_head_of_the_policy_names_the_roles_in_their_order() -> None:
    """The columns are read by their place: a head that lies would mislead whoever changes a line."""
    for short, role in zip(POLICY.split("\n")[1].split(), ROLES, strict=True):
        parts = [role, *role.split("_")]
        assert any(part.startswith(short.rstrip(".")) for part in parts), (short, role)


def test_an_administrator_may_everything_and_nobody_nothing() -> None:
    assert all("administrator" in reach for reach in REACH.values())
    for role in ROLES:
        assert any(role in reach for reach in REACH.values()), role
