"""Signing keys, OAuth clients and refresh tokens, passkeys, identity providers."""

from alembic import op

from database.migrations.policies import app_role, isolate

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = """
-- Of the whole platform. private: sealed under a key derived from the master keys. A key is published from
-- created_at on, signs from signs_at on, and verifies until retires_at.
create table signing_key (
    kid text primary key, public jsonb not null, private bytea not null, master text not null,
    created_at timestamptz not null, signs_at timestamptz not null, retires_at timestamptz
);
-- Programs on telephones and in browsers: they keep no secret. scopes: what they may at most for anybody.
create table oauth_client (
    tenant_id text not null references tenant, id text not null, name text not null,
    redirect_uris text[] not null, scopes text[] not null default '{*}',
    created_at timestamptz not null default now(), revoked_at timestamptz,
    primary key (tenant_id, id)
);
-- Of one sign-in each family: when a token comes a second time, the whole family ends.
create table refresh_token (
    tenant_id text not null, digest text not null, family text not null, person_id text not null,
    client_id text not null, proved_at timestamptz not null, created_at timestamptz not null,
    expires_at timestamptz not null, used_at timestamptz, revoked_at timestamptz,
    primary key (tenant_id, digest), foreign key (tenant_id, person_id) references person,
    foreign key (tenant_id, client_id) references oauth_client
);
create index on refresh_token (tenant_id, family);
create index on refresh_token (tenant_id, person_id);
-- credential_id and public_key are the authenticator's; name is what the person calls it. suspect_at: it was
-- seen to count backwards, as a copy does; it opens nothing any more.
create table passkey (
    tenant_id text not null, credential_id text not null, person_id text not null,
    public_key bytea not null,
    sign_count bigint not null, transports text[] not null default '{}', name text not null,
    created_at timestamptz not null, used_at timestamptz, suspect_at timestamptz,
    primary key (tenant_id, credential_id), foreign key (tenant_id, person_id) references person
);
create index on passkey (tenant_id, person_id);
-- What a passkey has answered to, or an identity provider: nobody answers to it again.
create table spent_challenge (
    tenant_id text not null references tenant, digest text not null, expires_at timestamptz not null,
    primary key (tenant_id, digest)
);
-- Who an identity provider says somebody is. Once tied, the subject decides, not the address.
create table identity (
    tenant_id text not null, issuer text not null, subject text not null, person_id text not null,
    created_at timestamptz not null,
    primary key (tenant_id, issuer, subject), foreign key (tenant_id, person_id) references person
);
create unique index on identity (tenant_id, issuer, person_id);
-- secret: sealed under the tenant's key. domains: whose addresses come in without an invitation, as roles.
create table identity_provider (
    tenant_id text not null references tenant, id text not null, name text not null, issuer text not null,
    client_id text not null, secret bytea not null, domains text[] not null default '{}',
    roles text[] not null default '{}', created_at timestamptz not null default now(),
    primary key (tenant_id, id)
);
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(f"grant select, insert, update on signing_key to {app_role()}")
    isolate(
        "oauth_client", "refresh_token", "passkey", "identity_provider", "spent_challenge", "identity"
    )  # fmt: skip
