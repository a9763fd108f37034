"""What a migration says about a table besides its columns."""

from alembic import op


def app_role() -> str:
    role = op.get_context().config.attributes.get("app_role", "echeance_app")  # type: ignore[union-attr]
    if not str(role).replace("_", "").isalnum():
        raise ValueError(f"the application role {role!r} may hold letters, digits and _ only")
    return str(role)


OWN = "(select current_setting('app.own', true))"
"""The contact whose rows alone a narrowed transaction sees. A subquery is asked once, not for each row."""

WIDE = "(select coalesce(current_setting('app.own', true), '') = '')"


def isolate(
    *tables: str, rights: str = "select, insert, update, delete", own: str = "false"
) -> None:  # fmt: skip
    """Force row-level security: a transaction sees and writes the rows of ``app.tenant`` only.

    ``own`` says which rows are ``OWN``'s, for transactions of people who may see no more than that.
    """
    for table in tables:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy tenant_is_mine on {table} "
            "using (tenant_id = current_setting('app.tenant', true)) "
            "with check (tenant_id = current_setting('app.tenant', true))"
        )
        own_rows(table, own)
        op.execute(f"grant {rights} on {table} to {app_role()}")


def own_rows(table: str, own: str) -> None:
    """A second wall inside the tenant's. What may be written is the application's to say."""
    op.execute(f"drop policy if exists only_own on {table}")
    op.execute(
        f"create policy only_own on {table} as restrictive using ({WIDE} or ({own})) with check (true)"
    )


def append_only(*tables: str) -> None:
    """Refuse every change and deletion, the owner's included."""
    for table in tables:
        isolate(table, rights="select, insert")
        op.execute(
            f"create trigger {table}_is_append_only before update or delete on {table} "
            "for each row execute function refuse_change()"
        )
        op.execute(
            f"create trigger {table}_is_kept before truncate on {table} "
            "for each statement execute function refuse_change()"
        )
