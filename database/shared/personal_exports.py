"""What exports hold of people: what was typed to choose the rows. The file itself is a file like others."""

from database.shared.holding import NO_OBJECT, Act, Holding

HOLDINGS = (
    Holding(
        "export", "documents", act=Act.DELETE,
        plain="list sorted format locale state done total size problem created_at updated_at",
        references="id file_id asked_by", wiped={"query": NO_OBJECT},
        term="export", dated="updated_at", over="state not in ('waiting', 'running')",
    ),
)  # fmt: skip
