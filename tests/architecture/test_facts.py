"""The facts that the domain computes are those that the shipped books declare, by name and by type."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, get_args, get_type_hints

import pytest

from domain.fleet.agency import AgencyMonth, agency_facts
from domain.fleet.cash import CashDay, cash_facts
from domain.fleet.contract import contract_facts
from domain.fleet.dunning import Promise, dunning_facts
from domain.fleet.notice import NoticeKind, notice_facts
from domain.fleet.payments import Payment, allocate
from domain.fleet.payout import PayoutFacts
from domain.fleet.report import report_facts
from domain.fleet.risk import Band, Scored, risk_facts
from domain.fleet.schedule import Due
from domain.fleet.score import score_facts
from domain.fleet.statement import StatementFacts
from domain.fleet.station import StationMonth, station_facts
from domain.fleet.station_ranking import ranking_facts
from domain.fleet.theft import theft_facts
from domain.internships.application import ApplicationFacts, State
from domain.internships.deliverable import DeliverableFacts, Kind
from domain.internships.evaluation import EvaluationFacts
from domain.internships.grade import Degree, GradeFacts
from domain.internships.mention import MentionFacts
from domain.internships.quota import Places, quota_facts
from domain.maintenance.booking import Action, BookingFacts, Work
from domain.maintenance.overrun import OverrunFacts
from domain.maintenance.planning.intake import VisitState
from domain.maintenance.price import PriceFacts
from domain.maintenance.quote import QuoteFacts
from domain.maintenance.renewal import Answer, Level, RenewalFacts
from domain.maintenance.round import Call, Day, round_facts
from domain.maintenance.round_telling import telling_facts
from domain.maintenance.satisfaction import satisfaction_facts
from domain.maintenance.scheduling import scheduling_facts
from domain.maintenance.survey import SurveyFacts
from domain.maintenance.visit import VisitFacts
from domain.money import Money
from domain.platform.privacy_request import RequestFacts
from domain.platform.privacy_request import State as Asked
from domain.platform.retention import Category, RetentionFacts
from domain.training.budget import Movement, budget_facts, position
from domain.training.commission import Occasion, Terms, commission_facts
from domain.training.fund_call import FundCall, Opener, call_facts
from domain.training.fund_call_answer import Answer as Ending
from domain.training.fund_call_answer import AnswerFacts
from domain.training.invoice_dunning import Dispute, Invoice, Pledge, invoice_dunning_facts
from rules.library import Library
from tests.architecture.sources import ROOT

DAY = date(2026, 4, 10)


def franc(minor: int) -> Money:
    return Money("XAF", minor)


STANDING = allocate(
    [Due(1, date(2026, 4, 1), franc(100), franc(100), franc(0))],
    [Payment("P-1", datetime(2026, 4, 2, tzinfo=UTC), franc(40))],
    "Africa/Douala",
)
BUDGET = position(franc(100), Decimal(80), [Movement(DAY, franc(90))])
EUROS = position(Money("EUR", 100), Decimal(80), [])
RENEWAL = RenewalFacts(date(2026, 1, 1), date(2026, 12, 31), 30, True, Level.GOLD, Answer.NONE, True)

FIRST = date(2026, 4, 1)
STATION = station_facts([StationMonth(FIRST, franc(10), franc(4), 9, 1, 20, 90, 100, franc(12))])

DAY_BEFORE = DAY - timedelta(days=1)


class Facts(Protocol):
    def as_facts(self) -> dict[str, object]: ...


CASH = cash_facts(franc(9), franc(5), [CashDay(DAY, 9, 0)])
assert CASH

COMPUTED: dict[str, Facts] = {
    "fleet/cash": CASH,
    "fleet/ceiling": CASH.ceiling_facts,
    "fleet/contract": contract_facts(STANDING, state="active", day=DAY, grace_days=0, dunning_open=False),
    "fleet/dunning": dunning_facts(STANDING, [Promise(DAY, DAY, franc(60))], day=DAY),
    "fleet/agency": agency_facts([AgencyMonth(FIRST, franc(10), franc(9), 3, 1, 0, 1, 2)]),
    "fleet/report": report_facts(DAY, day=DAY_BEFORE, recipients=2, ended=False),
    "fleet/station": STATION,
    "fleet/station_ranking": ranking_facts(STATION),
    "fleet/statement": StatementFacts(DAY, 1, stated=False),
    "fleet/payout": PayoutFacts(DAY, franc(5)),
    "fleet/theft": theft_facts(stolen=True, seen=[DAY]),
    "fleet/notice": notice_facts(NoticeKind.QUOTED, DAY, day=DAY),
    "fleet/risk": risk_facts([Scored(DAY, 70, Band.B)], day=DAY, days_late=0, signed_on=DAY),
    "fleet/score": score_facts(STANDING, day=DAY, signed_on=date(2026, 4, 1), swapped_on=[DAY]),
    "training/budget": budget_facts(BUDGET, call_open=False, closed=False),
    "training/fund_call": call_facts(FundCall("P-1", 1, DAY, franc(50_000), Opener.RULE, 1)),
    "training/fund_call_answer": AnswerFacts(1, DAY, Ending.APPROVED),
    "training/commission": commission_facts(
        Terms.MIXED, Occasion.SESSION, [], EUROS, year_volume=Money("EUR", 5), commission_bp=800
    ),
    "training/invoice_dunning": invoice_dunning_facts(
        Invoice("F-1", DAY, DAY, Money("EUR", 100)),
        [],
        day=DAY,
        pledges=[Pledge(DAY, DAY)],
        disputes=[Dispute(DAY, DAY)],
    ),
    "maintenance/renewal": RENEWAL,
    "maintenance/scheduling": scheduling_facts(DAY, VisitState.PLANNED, DAY, day=DAY),
    "maintenance/round": round_facts(Day(DAY, 28_800, 43_200, 14_400, (Call(30_600, 34_200),)), 30_000),
    "maintenance/round_telling": telling_facts(Day(DAY, 28_800, 43_200, 14_400), -3600, [("V-1", 30_600)]),
    "maintenance/visit": VisitFacts(DAY, confirmed=True),
    "maintenance/overrun": OverrunFacts(DAY, True, 31, 31),
    "maintenance/price": PriceFacts("disj_16a", Level.GOLD),
    "maintenance/quote": QuoteFacts(DAY_BEFORE, Money("EUR", 100_00)),
    "maintenance/survey": SurveyFacts(DAY_BEFORE),
    "maintenance/satisfaction": satisfaction_facts(DAY, [4, 4, 5, 4, 5]),
    "maintenance/booking": BookingFacts(DAY, Action.BOOK, 3, Work.REPAIR, True, True, True, 1),
    "platform/privacy_request": RequestFacts(DAY, Asked.OPEN),
    "platform/retention": RetentionFacts(Category.MESSAGE),
    "internships/deliverable": DeliverableFacts(DAY, False, False, Kind.REPORT),
    "internships/application": ApplicationFacts(DAY_BEFORE, State.PENDING),
    "internships/evaluation": EvaluationFacts(DAY),
    "internships/grade": GradeFacts(Degree.MASTER, True, Decimal(6)),
    "internships/mention": MentionFacts(DAY, Decimal(14), Decimal(12)),
    "internships/quota": quota_facts(DAY, Places(10, 3), Places(2, 1), 4),
}
"""Of every book that asks for facts, those that the domain gives it."""

BOOKS = {book.name: book for book in Library.load(ROOT / "rules").books() if book.policy != "pattern"}


def test_every_book_with_facts_is_given_them_by_the_domain() -> None:
    assert sorted(COMPUTED) == sorted(BOOKS)


@pytest.mark.parametrize("name", COMPUTED)
def test_a_book_declares_the_facts_it_is_given(name: str) -> None:
    """Missing, unknown and mistyped facts are refused."""
    given = COMPUTED[name].as_facts()
    assert set(given) == set(BOOKS[name].facts)
    BOOKS[name].record(given)


@pytest.mark.parametrize("name", COMPUTED)
def test_a_book_knows_every_value_and_every_absence(name: str) -> None:
    declared = BOOKS[name].facts
    for field, hint in get_type_hints(type(COMPUTED[name])).items():
        kinds = get_args(hint) or (hint,)
        if field not in declared:
            continue
        fact = declared[field]
        assert (type(None) in kinds) == (fact.optional and fact.default is None), f"{name}: {field}"
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, StrEnum):
                assert [value for value in fact.values if value != "none"] == [
                    one.value for one in kind if one.value != "none"
                ], f"{name}: {field}"
