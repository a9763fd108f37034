"""What scores hold of drivers: how they paid, in numbers, under their reference. It goes with the person."""

from database.shared.holding import WORDS, Act, Holding, of_contact

FOLLOWED = (
    "exists (select from driver_score n where n.tenant_id = driver_score.tenant_id "
    "and n.driver_ref = driver_score.driver_ref and n.scored_on > driver_score.scored_on)"
)

HOLDINGS = (
    Holding(
        "driver_score", "fleet", of_contact("driver_ref"), Act.DELETE,
        plain="scored_on points band outcome rule facts reasons revision scored_at",
        references="driver_ref contract_ref", term="case", dated="scored_on", over=FOLLOWED,
    ),
    Holding(
        "driver_class", "fleet", of_contact("driver_ref"), Act.DELETE,
        plain="scored_on points band since_on outcome outcome_since_on rule why points_week_ago "
        "band_week_ago outcome_week_ago points_change days_late arrears_minor currency facts reasons levers "
        "revision left_on",
        references="driver_ref contract_ref",
    ),
    Holding(
        "score_run", "fleet",
        plain="scored_on state total done changed after_ref revision problem begun_at ended_at",
    ),
    Holding(
        "driver_review", "fleet", of_contact("driver_ref"), Act.DELETE,
        plain="opened_on rule points band answer_by_on verdict decided_at",
        references="driver_ref decided_by", wiped={"note": WORDS}, term="case", dated="decided_at::date",
        over="decided_at is not null",
    ),
)  # fmt: skip
