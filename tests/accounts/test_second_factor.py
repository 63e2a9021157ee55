import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from kanssa.accounts.second_factor import (
    address_of,
    is_single_use_format,
    new_secret,
    open_secret,
    seal_secret,
    step_of,
)

# RFC 6238, appendix B (SHA-1); an authenticator shows the last six of its eight digits.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("at", "code"), RFC_CODES)
def test_the_codes_are_those_of_the_standard(at, code):
    assert step_of(RFC_SECRET, code[-6:], now=datetime.fromtimestamp(at, UTC)) == at // 30


def test_spaces_in_a_code_do_not_matter():
    assert step_of(RFC_SECRET, " 287 082 ", now=datetime.fromtimestamp(59, UTC)) == 1


@given(st.text())
def test_anything_else_that_is_typed_is_no_code_and_no_error(text):
    code = step_of(RFC_SECRET, text, now=datetime.fromtimestamp(59, UTC))

    assert code is None or "".join(text.split()) in ("755224", "287082", "359152")


@pytest.mark.parametrize(
    ("typed", "is_single_use"),
    [("123456", False), ("123 456", False), ("abcd-efgh-2345-6789", True), ("1234567", True)],
)
def test_a_single_use_code_is_recognised_by_its_length(typed, is_single_use):
    assert is_single_use_format(typed) is is_single_use


def test_an_authenticator_gets_issuer_account_and_secret():
    secret = new_secret()

    address = address_of(secret, account="saga@example.com", issuer="Kanssa")

    assert address.startswith("otpauth://totp/Kanssa:saga%40example.com?")
    assert f"secret={secret}" in address
    assert "issuer=Kanssa" in address
    assert len(base64.b32decode(secret)) == 20


def test_a_secret_opens_only_in_its_own_row():
    sealed = seal_secret("SECRET", of=UUID(int=1))

    assert open_secret(sealed, of=UUID(int=1)) == "SECRET"
    with pytest.raises(InvalidTag):
        open_secret(sealed, of=UUID(int=2))
