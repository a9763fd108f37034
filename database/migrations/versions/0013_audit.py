"""The trail's chain of seals, the sealed origin of persons, and how long the trail is kept."""

from alembic import op

from database.migrations.policies import app_role, append_only, own_rows

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = """
-- Address and browser of a person, sealed under the person's key: personal. Of programs they stand in clear.
alter table audit add column origin bytea;
create index on audit (tenant_id, who, id);
create index on audit (tenant_id, at, id);
create index on audit (tenant_id, id) where action = 'audit.pruned';

alter table tenant add column audit_days int not null default 1095 check (audit_days >= 366);

-- No personal data: digests cannot be turned back.
create table audit_seal (
    tenant_id text not null references tenant, seq bigint not null check (seq > 0), audit_id bigint not null,
    digest bytea not null check (length(digest) = 32), hash bytea not null check (length(hash) = 32),
    primary key (tenant_id, seq), unique (tenant_id, audit_id)
);
"""

# database/shared/audit_chain.py says and recomputes the same in Python.
FUNCTIONS = """
create function audit_part(value text) returns text language sql immutable parallel safe as $$
    select case when value is null then '-' else octet_length(convert_to(value, 'UTF8')) || ':' || value end
$$;

create function audit_digest(one audit) returns bytea language sql stable as $$
    select sha256(convert_to(
        audit_part(one.tenant_id) || audit_part(one.id::text)
        || audit_part((extract(epoch from one.at) * 1000000)::bigint::text)
        || audit_part(one.who) || audit_part(one.action) || audit_part(one.object)
        || audit_part(one.before::text) || audit_part(one.after::text)
        || audit_part(one.ip) || audit_part(one.agent) || audit_part(encode(one.origin, 'hex'))
        || audit_part(one.request_id), 'UTF8'))
$$;

create function seal_audit() returns trigger language plpgsql as $$
declare last record;
begin
    -- The last lock that a transaction takes, at its commit: whoever holds it waits for nobody.
    perform pg_advisory_xact_lock(731947, hashtext(new.tenant_id));
    select seq, hash into last from audit_seal where tenant_id = new.tenant_id order by seq desc limit 1;
    insert into audit_seal (tenant_id, seq, audit_id, digest, hash)
    select new.tenant_id, coalesce(last.seq, 0) + 1, new.id, sealed.digest,
           sha256(coalesce(last.hash, sha256(convert_to('echeance audit ' || new.tenant_id, 'UTF8')))
                  || sealed.digest)
      from audit_digest(new) as sealed(digest);
    return null;
end $$;

create function refuse_forged_seal() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 then
        raise exception 'seals are written with the rows of the trail alone'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

create function refuse_loss_of_trail() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' or old.at > now() - interval '366 days' then
        raise exception 'audit is append-only, and kept for a year at least'
            using errcode = 'restrict_violation';
    end if;
    return old;
end $$;
"""

# `enable always`: a session that plays a replica does not pass by either.
TRIGGERS = """
create constraint trigger audit_is_sealed after insert on audit
    deferrable initially deferred for each row execute function seal_audit();
create trigger audit_seal_is_genuine before insert on audit_seal
    for each row execute function refuse_forged_seal();
drop trigger audit_is_append_only on audit;
create trigger audit_is_append_only before update or delete on audit
    for each row execute function refuse_loss_of_trail();
alter table audit enable always trigger audit_is_sealed;
alter table audit enable always trigger audit_is_append_only;
alter table audit_seal enable always trigger audit_seal_is_genuine;
alter table audit_seal enable always trigger audit_seal_is_append_only;
"""

SEALED_UNTIL_NOW = """
do $$
declare one text; kept audit; last_seq bigint; last_hash bytea;
begin
    for one in select id from tenant loop
        perform set_config('app.tenant', one, true);
        last_seq := 0;
        last_hash := sha256(convert_to('echeance audit ' || one, 'UTF8'));
        for kept in select * from audit where tenant_id = one order by id loop
            last_seq := last_seq + 1;
            last_hash := sha256(last_hash || audit_digest(kept));
            insert into audit_seal values (one, last_seq, kept.id, audit_digest(kept), last_hash);
        end loop;
    end loop;
    perform set_config('app.tenant', '', true);
end $$;
"""


def upgrade() -> None:
    op.execute(TABLES)
    append_only("audit_seal")
    # Whoever may write a row of the trail continues its chain, and is sealed under a key.
    for table in ("audit_seal", "data_key"):
        own_rows(table, "true")
    for script in (FUNCTIONS, SEALED_UNTIL_NOW, TRIGGERS):
        op.execute(script)
    # Rows older than the retention are taken out by the platform itself; the seals stay.
    op.execute(f"grant delete on audit to {app_role()}")
