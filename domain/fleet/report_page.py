"""A report of profitability as its page: figures, charts, a table and how they were reckoned, in words."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain.chart import Chart, Series, bar_chart, line_chart, rank_chart
from domain.decision import Bilingual
from domain.fleet.profit import COSTS, MARGIN, RATE, REF, REVENUE, SHARES, Profit, Profitability, sum_of
from domain.fleet.report import Kind
from domain.money import DIGITS, Money
from domain.table import Column, shown
from domain.table import Kind as Cell
from domain.typography import spaced
from domain.wording import SIGNS, amount, on_day

WIDE = 700
RANKED = 10
BEST, WORST = 20, 8
"""Of a long table the page has the best and the worst; the spreadsheet has them all."""
REST = Bilingual("Hors agence", "No agency")
BY_MONTH = Bilingual("Recettes, coûts et marge par mois", "Revenue, costs and margin by month")
RATES = Bilingual("Taux de marge par mois", "Margin rate by month")
SPENT = Bilingual("Coûts et parts", "Costs and shares")
RANKS = Bilingual("Marge sur la période", "Margin in the period")
LATE = Bilingual("Impayés selon le retard", "Arrears by days late")
METHODS = (
    Bilingual(
        "Recettes : ce que les conducteurs ont payé, moins ce qui a été annulé pendant la période, et les "
        "échanges de batteries.",
        "Revenue: what drivers paid, less what was reversed in the period, and battery swaps.",
    ),
    Bilingual(
        "Coûts : ceux des motos, des stations, des agences et de la flotte ; l’achat des motos n’y est pas.",
        "Costs: those of bikes, stations, agencies and the fleet; the purchase of bikes is not among them.",
    ),
    Bilingual(
        "Parts des investisseurs : ce qui leur est dû sur les mois arrêtés.",
        "Investors’ shares: what they are owed of closed months.",
    ),
    Bilingual(
        "Marge : recettes moins coûts et parts. Taux de marge : la marge rapportée aux recettes.",
        "Margin: revenue less costs and shares. Margin rate: the margin’s share of the revenue.",
    ),
)


def page(found: Profitability, names: Profit | None, firm: str, made_on: date, locale: str) -> dict[str, Any]:
    """``names`` is the one that is reported alone. All values are texts: the template only lays them out."""

    def said(one: Bilingual) -> str:
        return spaced(one.to(locale), locale)

    return {
        "title": said(found.title), "subject": names.label if names else "",
        "period": found.period.told.to(locale), "firm": firm, "made": on_day(made_on).to(locale),
        "figures": _figures(found, locale), "charts": _charts(found, locale),
        "table": _table(found, locale), "late": _late(found, locale),
        "methods": [said(one) for one in (_compared(found), *METHODS)],
    }  # fmt: skip


def _compared(found: Profitability) -> Bilingual:
    then = found.period.before.told
    return Bilingual(f"Avant : {then.fr}.", f"Before: {then.en}.")


def _figures(found: Profitability, locale: str) -> list[dict[str, str]]:
    total, before = found.total, found.before
    figures = [
        _figure(label, now, then, locale)
        for label, now, then in (
            (REVENUE, total.revenue, before.revenue), (COSTS, total.costs, before.costs),
            (SHARES, total.shares, before.shares), (MARGIN, total.margin, before.margin),
        )
    ]  # fmt: skip
    rates = [_percent(one.rate, locale) for one in (total, before)]
    figures.append({"label": RATE.to(locale), "value": rates[0], "note": _before(rates[1], locale)})
    return figures


def _figure(label: Bilingual, now: Money, then: Money, locale: str) -> dict[str, str]:
    """The change is told in percent where both are above nothing."""
    note = _before(_signed(amount(then).to(locale)), locale)
    if then.minor > 0 and now.minor >= 0:
        change = Decimal(now.minor - then.minor) / then.minor
        note = f"{'+' if change > 0 else ''}{_percent(change, locale)} · {note}"
    return {"label": label.to(locale), "value": _signed(amount(now).to(locale)), "note": note}


def _before(told: str, locale: str) -> str:
    return spaced(Bilingual(f"avant : {told}", f"before: {told}").to(locale), locale)


def _signed(told: str) -> str:
    """With a true minus."""
    return told.replace("-", "−")


def _charts(found: Profitability, locale: str) -> list[dict[str, str]]:
    """A month or two make no curve, and one alone no rank."""
    unit = SIGNS[found.currency][0 if locale == "fr" else 1]
    drawn = []
    if len(found.months) > 1:
        drawn.append(bar_chart(_by_month(found, unit, locale), WIDE))
        if len(found.months) > 2:
            drawn.append(line_chart(_rates(found, locale), WIDE))
    ranked = [one for one in found.profits if one.ref]
    if len(ranked) > 1:
        drawn.append(rank_chart(_ranks(ranked, unit, locale), WIDE))
    return [{"svg": one, "alt": one.partition("<title>")[2].partition("</title>")[0]} for one in drawn]


def _by_month(found: Profitability, unit: str, locale: str) -> Chart:
    months = found.months
    return Chart(
        BY_MONTH.to(locale), tuple(one.month_on for one in months),
        (
            Series(REVENUE.to(locale), tuple(one.profit.revenue.decimal for one in months)),
            Series(SPENT.to(locale), tuple((one.profit.costs + one.profit.shares).decimal for one in months)),
            Series(MARGIN.to(locale), tuple(one.profit.margin.decimal for one in months)),
        ),
        unit, locale,
    )  # fmt: skip


def _rates(found: Profitability, locale: str) -> Chart:
    rates = tuple(None if one.profit.rate is None else one.profit.rate * 100 for one in found.months)
    return Chart(
        RATES.to(locale), tuple(one.month_on for one in found.months), (Series(RATE.to(locale), rates),),
        "%", locale,
    )  # fmt: skip


def _ranks(ranked: Sequence[Profit], unit: str, locale: str) -> Chart:
    """The best and the worst of many."""
    few = ranked if len(ranked) <= RANKED else [*ranked[: RANKED // 2], *ranked[-RANKED // 2 :]]
    title = RANKS.to(locale)
    if len(few) < len(ranked):
        title += Bilingual(
            " : les cinq premiers et les cinq derniers", ": the first five and the last five"
        ).to(locale)
    values = tuple(one.margin.decimal for one in few)
    return Chart(
        spaced(title, locale), _labels(few), (Series(MARGIN.to(locale), values),), unit,
        locale,
    )  # fmt: skip


def _labels(few: Sequence[Profit]) -> tuple[str, ...]:
    """Names, where they tell them apart."""
    names = tuple(one.label for one in few)
    return names if len(set(names)) == len(names) else tuple(one.ref for one in few)


def _table(found: Profitability, locale: str) -> dict[str, Any]:
    heads = (REF[found.kind] if found.kind is not Kind.FLEET else REF[Kind.AGENCY], REVENUE, COSTS, SHARES,
             MARGIN, RATE)  # fmt: skip
    profits, left = list(found.profits), 0
    if len(profits) > BEST + WORST + 1:
        left = len(profits) - BEST - WORST
        middle = sum_of(profits[BEST : BEST + left], found.currency)
        others = Bilingual(f"{left} autres", f"{left} others").to(locale)
        rows = [
            *(_row(one, locale) for one in profits[:BEST]), _row(middle, locale, others),
            *(_row(one, locale) for one in profits[-WORST:]),
        ]  # fmt: skip
    else:
        rows = [_row(one, locale) for one in profits]
    unit = SIGNS[found.currency][0 if locale == "fr" else 1]
    return {
        "head": [one.to(locale) for one in heads], "rows": rows,
        "foot": _row(found.total, locale, "Total"),
        "note": Bilingual(f"Montants en {unit}.", f"Amounts in {unit}.").to(locale),
    }  # fmt: skip


def _row(one: Profit, locale: str, label: str = "") -> list[str]:
    name = label or (f"{one.name} ({one.ref})" if one.name and one.ref else one.label) or REST.to(locale)
    amounts = (_bare(value, locale) for value in (one.revenue, one.costs, one.shares, one.margin))
    return [name, *amounts, _percent(one.rate, locale)]


def _late(found: Profitability, locale: str) -> dict[str, Any]:
    """Of the fleet alone."""
    if found.as_of is None or not found.late:
        return {}
    day, risk = on_day(found.as_of), found.at_risk
    note = Bilingual(
        f"État au {day.fr}. Encours à risque à 30 jours (PAR 30) : {_percent(risk, 'fr')} du reste à payer "
        "des contrats en cours porte sur des contrats en retard de plus de 30 jours.",
        f"As of {day.en}. Portfolio at risk beyond 30 days (PAR 30): {_percent(risk, 'en')} of what is left "
        "to pay on active contracts is on contracts more than 30 days late.",
    )
    unit = SIGNS[found.currency][0 if locale == "fr" else 1]
    chart = Chart(
        LATE.to(locale), tuple(one.bucket.to(locale) for one in found.late),
        (Series(LATE.to(locale), tuple(one.arrears.decimal for one in found.late)),), unit, locale,
    )  # fmt: skip
    rows = [[one.bucket.to(locale), str(one.contracts), _bare(one.arrears, locale)] for one in found.late]
    heads = (
        Bilingual("Retard", "Days late"), Bilingual("Contrats", "Contracts"), Bilingual("Impayés", "Arrears"),
    )  # fmt: skip
    return {
        "title": LATE.to(locale), "svg": bar_chart(chart, WIDE), "head": [one.to(locale) for one in heads],
        "rows": rows, "note": spaced(note.to(locale), locale),
    }  # fmt: skip


def _bare(money: Money, locale: str) -> str:
    digits = DIGITS[money.currency]
    text = f"{money.decimal:,.{digits}f}".replace("-", "−")
    return text.replace(",", "\u202f").replace(".", ",") if locale == "fr" else text


def _percent(share: Decimal | None, locale: str) -> str:
    return _signed(shown(SHARE, share, locale, "UTC")) or "–"


SHARE = Column("rate", RATE, Cell.PERCENT)
