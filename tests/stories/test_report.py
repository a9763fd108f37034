"""Reports of profitability, told day by day: awaited, made, archived, sent with links; and the next one."""

from datetime import date
from io import BytesIO

from python_calamine import CalamineWorkbook
from sqlalchemy import text

from adapters.holidays import PublicHolidays
from adapters.links import SignedFileLinks
from database.fleet import profits, reports
from database.fleet.reports import Report, Wish
from database.shared import ledger
from database.shared.file_links import fetch
from domain.fleet.report import Format, Kind, Period, Rhythm
from domain.money import Money
from rules.asking import open_days
from tests.ground import PUBLIC
from tests.stories.fleet import pay, signed
from tests.stories.telling import Story, Telling

REPORT = "fleet.report"
IS_OPEN = open_days("CM", PublicHolidays())
LINKS = SignedFileLinks(["a secret for tests"], PUBLIC)
WISH = Wish(Kind.BIKE, "", (Format.PDF, Format.XLSX, Format.CSV), "fr", ("F-1",))


async def firm(telling: Telling, email: str = "") -> Story:
    story = await signed(telling)
    address = email or f"finance@{story.tenant}.example"
    await story.person("F-1", full_name="Élise Fotso", email=address, phone=None)
    return story


async def subscribed(story: Story, local: str, rhythm: Rhythm = Rhythm.MONTHLY, wish: Wish = WISH) -> None:
    async with story.fact(local) as (tx, moment):
        await reports.subscribe(
            tx, story.tenant, "monthly", wish, rhythm, "person:anne", moment,
            date.fromisoformat(local[:10]), IS_OPEN,
        )  # fmt: skip


async def ended(story: Story, local: str) -> None:
    async with story.fact(local) as (tx, moment):
        await reports.end_subscription(tx, story.tenant, "monthly", "person:anne", moment)


async def spent(story: Story, ref: str, minor: int, on: date) -> None:
    """On a bike, as costs post it."""
    async with story.telling.database.tenant(story.tenant) as tx:
        cost = ledger.Entry("bike_cost", ref, Money("XAF", minor))
        cash = ledger.Entry("cash:bank", "", Money("XAF", -minor))
        await ledger.post(tx, story.tenant, f"cost:{ref}:{on}", on, "brakes", cost, cash)


async def report(story: Story, ref: str) -> Report:
    async with story.telling.database.tenant(story.tenant) as tx:
        return await reports.report_of(tx, story.tenant, ref)


async def files(story: Story, ref: str) -> dict[str, bytes]:
    async with story.telling.database.tenant(story.tenant) as tx:
        rows = await reports.files_of(tx, story.tenant, ref)
        store = story.telling.ground.files
        return {row.name: await store.read(tx, story.tenant, row.file_id) for row in rows}


async def test_each_month_is_reported_on_the_first_business_day_and_the_next_one_awaited(
    telling: Telling,
) -> None:
    story = await firm(telling)
    await subscribed(story, "2032-01-21 10:00")
    await pay(story, "P-1", 10_000, "2032-02-05 09:00")
    await spent(story, "M-1", 4_000, date(2032, 2, 10))
    await story.until("2032-03-02 12:00")
    # 31 January is a Saturday: Monday 2 February. Of the year 2032, 1 March is a Monday.
    assert await story.told(REPORT, "monthly.20320101") == [
        "2032-02-02 07:00 closed: sent",
        "2032-02-02 07:00 document fleet/report/profit",
        "2032-02-02 07:00 document fleet/report/profit",
        "2032-02-02 07:00 document fleet/report/profit",
        "2032-02-02 08:00 closed: sent",
        "2032-02-02 08:00 email fleet/report/ready → F-1",
    ]
    made = await report(story, "monthly.20320201")
    assert (made.state, made.figures) == (
        "made", {"currency": "XAF", "revenue": 10_000, "costs": 4_000, "shares": 0, "margin": 6_000}
    )  # fmt: skip
    assert (await report(story, "monthly.20320301")).state == "awaited"


async def test_the_files_say_what_the_ledger_says_and_a_link_of_ones_own_opens_them(telling: Telling) -> None:
    address = "elise@report.example"
    story = await firm(telling, address)
    await pay(story, "P-1", 10_000, "2032-02-05 09:00")
    await spent(story, "M-1", 4_000, date(2032, 2, 10))
    async with story.fact("2032-03-02 10:00") as (tx, moment):
        period = Period(date(2032, 2, 1), date(2032, 2, 29))
        asked = await reports.order(
            tx, story.tenant, WISH, period, "person:anne", moment, date(2032, 3, 2)
        )  # fmt: skip
    made = await files(story, asked.ref)
    assert set(made) == {f"Rentabilité par moto février 2032.{one}" for one in ("pdf", "xlsx", "csv")}
    assert made["Rentabilité par moto février 2032.pdf"].startswith(b"%PDF")
    book = CalamineWorkbook.from_filelike(BytesIO(made["Rentabilité par moto février 2032.xlsx"]))
    head, *rows = book.get_sheet_by_index(0).to_python()
    assert rows == [["M-1", "", 10_000.0, 0.0, 10_000.0, 4_000.0, 0.0, 6_000.0, 0.6]]
    months = book.get_sheet_by_name("Par mois").to_python()[1:]
    assert [(row[0], row[3]) for row in months] == [
        (date(2032, 1, 1), 20_000.0),
        (date(2032, 2, 1), 10_000.0),
    ]
    assert head[-1] == "Taux de marge"
    [sent] = await telling.twin.messages(to=address)
    assert sent["subject"] == "Rentabilité des motos\u00a0: février 2032"
    links = [part for part in sent["text"].split() if part.startswith(f"{PUBLIC}/f/")]
    assert len(links) == 3
    async with telling.database.tenant(story.tenant) as tx:
        fetched = await fetch(tx, telling.ground.files, LINKS.read(links[0].rpartition("/")[2]))
    assert fetched.content in made.values()


async def test_who_ends_a_subscription_gets_nothing_more(telling: Telling) -> None:
    story = await firm(telling)
    await subscribed(story, "2032-01-21 10:00", Rhythm.QUARTERLY)
    await ended(story, "2032-03-15 10:00")
    await story.until("2032-08-01 12:00")
    assert await story.told(REPORT, "monthly.20320101") == ["2032-03-15 10:00 closed: dropped"]
    assert (await report(story, "monthly.20320101")).state == "dropped"


async def test_a_week_is_counted_by_the_day(telling: Telling) -> None:
    story = await firm(telling)
    await subscribed(story, "2032-02-04 10:00", Rhythm.WEEKLY, Wish(Kind.FLEET, "", (Format.CSV,), "en", ()))
    await pay(story, "P-1", 10_000, "2032-02-05 09:00")
    await spent(story, "M-1", 1_000, date(2032, 2, 8))
    await pay(story, "P-2", 7_000, "2032-02-09 09:00")
    await story.until("2032-02-17 12:00")
    first, second = [await report(story, f"monthly.{day}") for day in ("20320202", "20320209")]
    assert [(one.figures["revenue"], one.figures["costs"]) for one in (first, second)] == [
        (10_000, 1_000), (7_000, 0),
    ]  # fmt: skip
    assert await story.told(REPORT, "monthly.20320202") == [
        "2032-02-09 07:00 closed: kept",
        "2032-02-09 07:00 document fleet/report/profit",
    ]


async def test_days_and_months_reckon_alike(telling: Telling) -> None:
    """The same month, from the ledger's months and from its days."""
    story = await firm(telling)
    await pay(story, "P-1", 10_000, "2032-02-05 09:00")
    await spent(story, "M-1", 4_000, date(2032, 2, 29))
    month = Period(date(2032, 2, 1), date(2032, 2, 29))
    for kind in (Kind.FLEET, Kind.BIKE, Kind.STATION, Kind.AGENCY):
        async with telling.database.tenant(story.tenant) as tx:
            by_month = await profits.profits_of(tx, story.tenant, kind, "", month, "XAF", {})
            rows = await profits.by_day(tx, story.tenant, kind, "", month)
        assert [(one.ref, one.collected.minor, one.costs.minor) for one in by_month] == [
            (row.ref, row.collected, row.costs) for row in rows
        ]


async def test_what_cannot_be_made_is_told_once_and_the_next_one_awaited(telling: Telling) -> None:
    story = await firm(telling)
    await subscribed(story, "2032-01-21 10:00", wish=Wish(Kind.BIKE, "M-1", (Format.PDF,), "fr", ("F-1",)))
    async with telling.owner.anyone() as tx:
        await tx.execute(text("select set_config('app.tenant', :tenant, true)"), {"tenant": story.tenant})
        await tx.execute(
            text("update report set subject = 'M-9' where tenant_id = :tenant"), {"tenant": story.tenant}
        )
    await story.until("2032-03-02 12:00")
    assert [line for line in await story.told(REPORT, "monthly.20320101") if "closed" not in line] == [
        "2032-02-02 07:00 alert operations: Rapport non établi : monthly.20320101"
    ]
    failed = await report(story, "monthly.20320101")
    assert (failed.state, "M-9" in failed.problem) == ("failed", True)
    assert (await report(story, "monthly.20320201")).state == "made"
