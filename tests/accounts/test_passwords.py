"""Common words of Finnish, Swedish and this service are refused as passwords."""

import pytest
from django.utils.translation import override

from kanssa.accounts.models import User
from kanssa.accounts.passwords import hash_if_strong, matches_password
from kanssa.accounts.staff_refusals import PasswordTooWeak


@pytest.mark.parametrize(
    "password",
    [
        "salasana1234",
        "Salasana2026!",
        "salasanasalasana",
        "2026-Tervetuloa",
        "lösenord1234",
        "losenord1234",
        "Lösenord.2026",
        "välkommen123!",
        "asuntohakemus",
        "Bostadsansökan1",
        "kanssa-kanssa-kanssa",
        "Helsinki2026!",
        "qwertyuiopas",
        "qwertyuiopå1",
        "asdfghjklöä1",
    ],
)
def test_a_common_word_with_digits_and_signs_is_refused_with_one_reason(password):
    with override("en"), pytest.raises(PasswordTooWeak) as refused:
        hash_if_strong(password, user=User())

    assert refused.value.faults == [
        "This password is among the most common ones. Choose another.",
    ]


@pytest.mark.parametrize(
    "password",
    [
        "hevonen akkuna kirsikka",
        "salasana lumi purje",
        "asunto kissa talvi 7",
        "kx3!vP92-hQm",
        "Kissantassu-8412",
    ],
)
def test_several_words_or_a_personal_phrase_are_accepted(password):
    assert matches_password(password, hashed=hash_if_strong(password, user=User()))
