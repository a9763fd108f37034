"""Stored files, encrypted outside the database."""

from alembic import op

from database.migrations.policies import OWN, isolate

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = "internships_0001"

TABLES = """
-- Personal: contact_ref (whom it is about), name, sha256 (of the plain content), kept_by. The content is
-- outside, sealed under `secret`, which is sealed under the person's key. Without it, unreadable for ever.
-- swept_at: when the content of a removed file was deleted.
create table file (
    tenant_id text not null references tenant, id text not null check (id ~ '^[0-9a-f]{24}$'),
    contact_ref text, process text not null, ref text not null, retention text not null,
    name text not null, media_type text not null, size bigint not null, sha256 text not null,
    shown_size bigint, secret bytea, state text not null
        check (state in ('made', 'clean', 'unscanned', 'quarantined', 'infected', 'removed')),
    finding text not null default '', kept_by text not null, kept_at timestamptz not null,
    scanned_at timestamptz, removed_at timestamptz, removed_for text not null default '',
    swept_at timestamptz,
    primary key (tenant_id, id),
    check ((state = 'removed') = (removed_at is not null)),
    check ((secret is null) = (state = 'removed'))
);
create index on file (tenant_id, contact_ref);
create index on file (tenant_id, process, ref);
create index on file (tenant_id, state)
    where state = 'quarantined' or (state = 'removed' and swept_at is null);

-- What a document says is a file from now on. The migration holds no key to seal what is there.
alter table document no force row level security;
do $$
begin
    if exists (select from document) then
        raise exception 'this database holds documents of a version before the first release, which cannot '
            'be taken over: save them with that version, then begin with an empty database';
    end if;
end $$;
alter table document force row level security;
alter table document drop column content, add column file_id text not null,
    add foreign key (tenant_id, file_id) references file;

-- Empty where only the name of a file was told.
alter table deliverable add column file_id text, add foreign key (tenant_id, file_id) references file;
"""


OWN_FILES = (
    f"contact_ref = {OWN} or exists (select from deliverable d where d.tenant_id = file.tenant_id "
    "and d.file_id = file.id)"
)
"""What a person is the subject of, or may see what it was handed in for."""


def upgrade() -> None:
    op.execute(TABLES)
    isolate("file", own=OWN_FILES)
