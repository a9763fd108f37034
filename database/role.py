"""The application's database role: its password, where it needs one."""

import psycopg
from psycopg import sql


def set_password(admin_url: str, role: str, password: str) -> None:
    """``admin_url`` in SQLAlchemy's form. A role that signs in by socket alone needs none."""
    with psycopg.connect(admin_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
        connection.execute(statement)
