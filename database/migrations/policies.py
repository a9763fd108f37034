"""What a migration says about a table besides its columns."""

from alembic import op


def app_role() -> str:
    role = op.get_context().config.attributes.get("app_role", "echeance_app")  # type: ignore[union-attr]
    if not str(role).replace("_", "").isalnum():
        raise ValueError(f"the application role {role!r} may hold letters, digits and _ only")
    return str(role)


def isolate(*tables: str, rights: str = "select, insert, update, delete") -> None:
    """Force row-level security: a transaction sees and writes the rows of ``app.tenant`` only."""
    for table in tables:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy tenant_is_mine on {table} "
            "using (tenant_id = current_setting('app.tenant', true)) "
            "with check (tenant_id = current_setting('app.tenant', true))"
        )
        op.execute(f"grant {rights} on {table} to {app_role()}")


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
