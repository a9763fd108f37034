"""Numbers of firms and accounts, checked where they come in."""

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum.exceptions import ValidationError
from stdnum.fr import siren as french

from domain.errors import BadInput, Mistake


def siren(text: str, field: str = "siren") -> str:
    """Nine digits without spaces; the last one is checked (Luhn). Raises BadInput naming ``field``."""
    try:
        return str(french.validate(text))
    except ValidationError:
        raise BadInput(
            Mistake(field, f"{text!r} is not a SIREN", "give its nine digits, as on the Kbis extract")
        ) from None


def iban(text: str, field: str = "iban") -> str:
    """Compact, in capitals; country, length, checksum and national check digits hold. Raises BadInput."""
    try:
        return str(IBAN(text, validate_bban=True))
    except SchwiftyException as wrong:
        raise BadInput(
            Mistake(field, f"{text!r} is not an IBAN ({wrong})", "copy it from the bank's own document")
        ) from None
