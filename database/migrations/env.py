"""Alembic's entry: one synchronous connection of the schema's owner."""

from alembic import context
from sqlalchemy import NullPool, create_engine, text

URL = context.config.get_main_option("sqlalchemy.url") or ""
ROLE = context.config.attributes.get("app_role", "echeance_app")

# No pool: a migration that is refused must not leave its connection open behind it.
with create_engine(URL, poolclass=NullPool).connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        # One migration at a time, however many machines start at once.
        connection.execute(text("select pg_advisory_xact_lock(731946)"))
        connection.execute(text("select set_config('app.role', :role, false)"), {"role": ROLE})
        context.run_migrations()
