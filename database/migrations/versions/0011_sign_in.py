"""Passwords, second factors, browser sessions, letters."""

from alembic import op

from database.migrations.policies import isolate

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = """
-- ends_at: of one that an operator made; its person sets another before.
create table person_password (
    tenant_id text not null, person_id text not null, hash text not null, set_at timestamptz not null,
    ends_at timestamptz,
    primary key (tenant_id, person_id), foreign key (tenant_id, person_id) references person
);
-- secret: sealed under the person's key. A code counts once: last_step is the last one taken (RFC 6238).
create table person_totp (
    tenant_id text not null, person_id text not null, secret bytea not null,
    begun_at timestamptz not null, confirmed_at timestamptz, last_step bigint not null default 0,
    primary key (tenant_id, person_id), foreign key (tenant_id, person_id) references person
);
create table recovery_code (
    tenant_id text not null, person_id text not null, digest text not null, used_at timestamptz,
    primary key (tenant_id, person_id, digest), foreign key (tenant_id, person_id) references person
);
-- digest: SHA-256 of the cookie's secret. origin: address and browser, sealed under the person's key.
create table web_session (
    tenant_id text not null, digest text not null, person_id text not null, proof text not null,
    opened_at timestamptz not null, seen_at timestamptz not null, ends_at timestamptz not null,
    proved_at timestamptz not null, origin bytea, revoked_at timestamptz,
    primary key (tenant_id, digest), foreign key (tenant_id, person_id) references person
);
create index on web_session (tenant_id, person_id);
-- What is good for one use and a short time: a link in a letter, the step between two factors.
create table sign_in_ticket (
    tenant_id text not null, digest text not null, person_id text not null, kind text not null,
    data jsonb not null default '{}', created_at timestamptz not null, expires_at timestamptz not null,
    used_at timestamptz,
    primary key (tenant_id, digest), foreign key (tenant_id, person_id) references person
);
-- A browser in which a person has signed in before: strangers who guess do not lock it out.
create table trusted_device (
    tenant_id text not null, digest text not null, person_id text not null,
    created_at timestamptz not null, expires_at timestamptz not null,
    primary key (tenant_id, digest), foreign key (tenant_id, person_id) references person
);
-- bucket: a keyed digest of who was tried from where; it tells neither.
create table sign_in_failure (
    tenant_id text not null references tenant, id bigint generated always as identity,
    bucket text not null, at timestamptz not null,
    primary key (tenant_id, id)
);
create index on sign_in_failure (tenant_id, bucket, at);
create table letter (
    tenant_id text not null, id text not null, person_id text not null, kind text not null,
    data jsonb not null default '{}', state text not null default 'owed'
        check (state in ('owed', 'sent', 'failed', 'withdrawn')),
    attempts int not null default 0, created_at timestamptz not null, settled_at timestamptz,
    reason text not null default '',
    primary key (tenant_id, id), foreign key (tenant_id, person_id) references person
);
"""


def upgrade() -> None:
    op.execute(TABLES)
    isolate(
        "person_password", "person_totp", "recovery_code", "web_session", "sign_in_ticket",
        "trusted_device", "sign_in_failure", "letter",
    )  # fmt: skip
