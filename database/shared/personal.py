"""What the platform's own tables hold of people. Sign-in, files and webhooks are in `personal_access.py`."""

from database.shared.holding import (
    ADDRESS,
    MUST_SAY,
    NAME,
    NO_ADDRESS,
    NO_LIST,
    NO_OBJECT,
    NO_WORDS,
    OWN_CASE,
    WORDS,
    Act,
    Data,
    Holding,
    Wiped,
    of_contact,
    of_person,
)

ACCOUNTING = "accounting"
"""Ten years: Code de commerce, art. L123-22 (France); Acte uniforme OHADA, art. 24 (Cameroon)."""

NOBODYS_ADDRESS = (
    "address = any(cast(:addresses as text[])) and not exists (select from contact other "
    "where other.tenant_id = opt_out.tenant_id and not (other.ref = any(cast(:contacts as text[]))) "
    "and opt_out.address in (other.email, other.phone))"
)
"""An address that two people share stays opposed for the other."""

OF_THEIR_MESSAGES = (
    "message_id in (select id from message m where m.tenant_id = message_event.tenant_id "
    f"and m.{of_contact()})"
)
NO_WAITING = Wiped(
    Data.WORDS, """'{"what": {"en": "", "fr": ""}, "because": {"en": "", "fr": ""}}'"""
)  # fmt: skip
MENTIONED = "body::text like any(cast(:mentions as text[]))"
# What somebody answered by SMS stands in the case that the last message was about: a student's, of a tutor.
THEIR_SMS = "(key like '%:sms:%' and title ->> 'en' like any(cast(:spoken as text[])))"
IDS = "any(cast(:actors as text[]))"

PEOPLE = (
    Holding(
        "contact", "contacts", of_contact("ref"), Act.WIPE,
        plain="locale created_at erased_at", references="ref", derived="sorting_name",
        wiped={"full_name": NAME, "email": NO_ADDRESS, "phone": NO_ADDRESS,
               "channels": Wiped(Data.WORDS, "'{}'")},
    ),
    Holding(
        "opt_out", "contacts", NOBODYS_ADDRESS, Act.DELETE, plain="channel at",
        wiped={"address": ADDRESS, "reason": WORDS},
    ),
    Holding(
        "data_key", "security", "owner = any(cast(:owners as text[]))",
        plain="created_at destroyed_at destroyed_for", references="id owner", secrets="wrapped master",
    ),
    Holding(
        "privacy_request", "privacy", f"({of_contact()} or {of_person()})", Act.WIPE,
        plain="kind received_on due_on state recorded_at answered_at result",
        references="id contact_ref person_id recorded_by answered_by file_id",
        wiped={"note": WORDS, "answer": WORDS}, term="request", dated="answered_at",
    ),
    Holding(
        "legal_hold", "privacy", f"({of_contact()} or {of_person()})", Act.WIPE,
        plain="set_at lifted_at", references="id contact_ref person_id set_by lifted_by",
        wiped={"reason": MUST_SAY}, term="request", dated="lifted_at", over="lifted_at is not null",
    ),
)  # fmt: skip

CASES = (
    Holding(
        "process_case", "cases", OWN_CASE, Act.WIPE,
        plain="process stage review_at due_on opened_at closed_at outcome book", references="ref",
        wiped={"waiting": NO_WAITING}, term="case", dated="closed_at", over="closed_at is not null",
    ),
    Holding(
        "standing_order", "cases", OWN_CASE, Act.WIPE, plain="process state at",
        references="ref ordered_by", wiped={"reason": MUST_SAY},
    ),
    Holding(
        "decision", "cases", OWN_CASE, Act.WIPE,
        plain="id process decided_at book revision stage closes facts review_at recorded_at",
        references="key ref",
        wiped={"reasons": NO_LIST, "near": NO_LIST, "steps": NO_LIST, "waiting": NO_WAITING},
        term="case", dated="decided_at",
        over="exists (select from process_case c where c.tenant_id = decision.tenant_id and c.process = "
        "decision.process and c.ref = decision.ref and c.closed_at is not null)",
    ),
    Holding(
        "alert", "cases", f"{OWN_CASE} or {THEIR_SMS}", Act.WIPE,
        plain="id process team due_on raised_at taken_at closed_at", references="key ref taken_by closed_by",
        wiped={"title": Wiped(Data.WORDS, """'{"en": "[erased]", "fr": "[effacé]"}'"""), "note": NO_WORDS},
        term="case", dated="closed_at", over="closed_at is not null",
    ),
    Holding(
        "outbox", "cases", OWN_CASE,
        plain="id kind process fact at created_at delivered_at attempts note", references="key ref",
    ),
    Holding(
        "message", "messages", of_contact(), Act.WIPE,
        plain="channel template locale state process attempts wrote_at first_tried_at claimed_at settled_at "
        "created_at deferred_at deferred_until deferred_for",
        references="id key step_key ref contact_ref",
        wiped={"address": ADDRESS, "subject": WORDS, "text": WORDS, "html": WORDS, "reason": WORDS,
               "provider_id": Wiped(Data.ONLINE)},
        term="message", dated="wrote_at", over="state not in ('pending', 'sending', 'unknown')",
    ),
    Holding(
        "message_event", "messages", OF_THEIR_MESSAGES, Act.WIPE, plain="state received_at",
        references="event_id message_id", wiped={"reason": WORDS}, term="webhook", dated="received_at",
    ),
    Holding(
        "document", "documents", OWN_CASE, Act.STAY,
        plain="id process template locale media_type issued_at", references="key ref name file_id",
        secrets="sha256", law=ACCOUNTING, dated="issued_at",
    ),
)  # fmt: skip

TRAIL = (
    Holding(
        "audit", "security", f"(who = {IDS} or object = {IDS})",
        plain="id at action before after ip agent request_id", references="who object", secrets="origin",
    ),
    Holding("audit_seal", "security", plain="seq audit_id digest hash"),
    # The report of an import quotes what it refused, of whomever.
    Holding(
        "idempotency", "security", MENTIONED, Act.DELETE, sweep=f"{MENTIONED} or body ? 'first_refused'",
        plain="key fingerprint status created_at", wiped={"body": NO_OBJECT},
        term="idempotency", dated="created_at",
    ),
    Holding(
        "event_received", "security", act=Act.DELETE, plain="source id type subject fingerprint received_at",
        term="webhook", dated="received_at",
    ),
    Holding(
        "ledger_transaction", "accounting",
        "id in (select e.transaction_id from ledger_entry e where e.tenant_id = "
        "ledger_transaction.tenant_id and e.subject = any(cast(:case_refs as text[])))",
        plain="id posted_on description reverses_id recorded_at posted_in", references="key",
        law=ACCOUNTING, dated="posted_on",
    ),
    Holding(
        "ledger_entry", "accounting", "subject = any(cast(:case_refs as text[]))",
        plain="transaction_id line account amount_minor currency", references="subject",
    ),
    Holding(
        "ledger_month", "accounting", "subject = any(cast(:case_refs as text[]))",
        plain="account month_on currency debit_minor credit_minor", references="subject",
    ),
)  # fmt: skip

RULES = (
    Holding("rule_revision", "rules", plain="book revision content sha256 version note created_at",
            references="author"),
    Holding("rule_publication", "rules", references="proposed_by decided_by",
            plain="id book revision effective_on state note proposed_at decided_at answer undoes rung_at"),
    Holding("rule_trial", "rules", act=Act.DELETE, references="asked_by",
            plain="id kind book old_revision new_revision old_content new_content at begins_on ends_on state "
            "checkpoint done total result problem created_at updated_at",
            term="trial", dated="updated_at", over="state <> 'running'"),
)  # fmt: skip

HOLDINGS = (*PEOPLE, *CASES, *TRAIL, *RULES)
