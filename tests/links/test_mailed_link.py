from hashlib import sha256

import pytest

from kanssa.accounts.models import AccountLink
from kanssa.links.mailed_link import hash_token, new_token
from tests.cast import NOW


def stored(token):
    return AccountLink.objects.create(
        token_hash=hash_token(token), email_lookup=b"l", email_sealed=b"s", language="fi", mailed_at=NOW
    )


def test_a_token_has_256_bits_and_is_stored_as_its_hash():
    token = new_token()

    assert len(token) == 43
    assert hash_token(token) == sha256(token.encode()).digest()


@pytest.mark.django_db
def test_a_link_is_found_by_its_token_alone_and_ends_once():
    token = new_token()
    link = stored(token)

    found = AccountLink.objects.of_token(token)
    assert found.get() == link
    assert not AccountLink.objects.of_token(new_token()).exists()
    assert found.end(now=NOW) == 1
    assert found.end(now=NOW) == 0
    assert not found.active().exists()
