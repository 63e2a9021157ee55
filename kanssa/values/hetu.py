"""The Finnish personal identity code (henkilötunnus)."""

from dataclasses import dataclass, field
from datetime import date

from stdnum.exceptions import InvalidChecksum, InvalidFormat, ValidationError
from stdnum.fi import hetu as register

_CENTURIES = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
_FIRST_TEST_NUMBER = 900


class NotAHetu(ValueError):
    """The input is not a personal identity code.

    `why` is `shape`, `component` (no such date or number), `check`, `test` (individual number 900-999
    where a setting does not allow it) or `future`.
    """

    def __init__(self, why: str) -> None:
        # The reason alone, never the input.
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Hetu:
    """A whole personal identity code, separator included.

    Since 2023 two people may differ in the separator alone, and the check character does not cover it:
    compare whole codes. The repr never shows the code.
    """

    code: str = field(repr=False)

    def __repr__(self) -> str:
        return "Hetu(******)"

    __str__ = __repr__

    @property
    def born(self) -> date:
        day, month, year = (int(self.code[place : place + 2]) for place in (0, 2, 4))
        return date(_CENTURIES[self.code[6]] + year, month, day)

    @property
    def is_test_code(self) -> bool:
        # The numbers of test codes of banks and of the register.
        return int(self.code[7:10]) >= _FIRST_TEST_NUMBER


def parse_hetu(typed: str, *, today: date, allow_test_codes: bool, check_test_codes: bool = True) -> Hetu:
    """Parse a code that a person typed or a broker sent, ignoring spaces and case. Raises NotAHetu.

    `check_test_codes=False` is for brokers: some banks' test codes, where allowed, have a wrong check
    character. All other codes must have the right one.
    """
    if not typed.isascii():  # the library would accept full-width digits
        raise NotAHetu("shape")
    hetu = Hetu(_validated("".join(typed.split()).upper(), check_test_codes=check_test_codes))
    if hetu.is_test_code and not allow_test_codes:
        raise NotAHetu("test")
    if hetu.born > today:
        raise NotAHetu("future")
    return hetu


def _validated(code: str, *, check_test_codes: bool) -> str:
    try:
        return register.validate(code, allow_temporary=True)
    except InvalidChecksum:
        # Only test codes may have a wrong check character, and only from brokers.
        if check_test_codes or not Hetu(code).is_test_code:
            raise NotAHetu("check") from None
        return code
    except InvalidFormat:
        raise NotAHetu("shape") from None
    except ValidationError:
        raise NotAHetu("component") from None
