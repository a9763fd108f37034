"""How a price is cut into instalments, in minor units."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from domain.errors import BadInput, Mistake
from domain.fleet.terms import FlatFee, Frequency, Interest, Terms

PRECISION = 60


@dataclass(frozen=True)
class Part:
    principal: int
    charge: int


def parts(terms: Terms) -> list[Part]:
    """One part an instalment, all equal but the last, which absorbs the rounding.

    Raises BadInput on ``rounding`` when an instalment would be nothing or less.
    """
    with localcontext() as context:
        context.prec = PRECISION
        if isinstance(terms.charge, Interest) and terms.charge.annual_bp:
            made = list(_annuity(terms, _periodic_rate(terms, terms.charge)))
        else:
            fee = terms.charge.amount.minor if isinstance(terms.charge, FlatFee) else 0
            made = list(_level(terms, fee))
    if any(part.principal < 0 or part.principal + part.charge <= 0 for part in made):
        raise BadInput(
            Mistake("rounding", "an instalment would be nothing", "use a smaller step or fewer instalments")
        )
    return made


def _level(terms: Terms, fee: int) -> Iterator[Part]:
    """Equal amounts; the fee is earned in proportion to what has been asked for so far."""
    total, n = terms.financed.minor + fee, terms.instalments
    each = _to_step(Decimal(total) / n, terms.rounding)
    earned = 0
    for number in range(1, n + 1):
        asked = each * number if number < n else total
        amount = each if number < n else total - each * (n - 1)
        charge = _to_step(Decimal(fee) * asked / total, 1) - earned
        earned += charge
        yield Part(amount - charge, charge)


def _annuity(terms: Terms, rate: Decimal) -> Iterator[Part]:
    """Constant instalments in arrears: A = P·i / (1 − (1 + i)⁻ⁿ), the formula of the ordinary annuity.

    Each period bears interest i on the balance still owed, rounded to the minor unit.
    """
    balance, n = terms.financed.minor, terms.instalments
    each = _to_step(balance * rate / (1 - (1 + rate) ** -n), terms.rounding)
    for number in range(1, n + 1):
        charge = _to_step(balance * rate, 1)
        principal = each - charge if number < n else balance
        balance -= principal
        yield Part(principal, charge)


def _periodic_rate(terms: Terms, interest: Interest) -> Decimal:
    """The proportional rate: the annual nominal rate over the number of instalments in a year."""
    match terms.frequency:
        case Frequency.MONTHLY:
            a_year = Decimal(12)
        case Frequency.WEEKLY:
            a_year = Decimal(52)
        case Frequency.DAILY:
            a_year = Decimal(365 * (7 - len(terms.rest_days))) / 7
        case Frequency.EVERY_N_DAYS:
            a_year = Decimal(365) / terms.every_days
    return Decimal(interest.annual_bp) / 10_000 / a_year


def _to_step(exact: Decimal, step: int) -> int:
    """The nearest multiple of ``step``, half away from zero."""
    return int((exact / step).quantize(Decimal(1), ROUND_HALF_UP)) * step
