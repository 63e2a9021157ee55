from datetime import datetime
from uuid import UUID

from django.conf import settings

from kanssa.accounts.models import User
from kanssa.accounts.passwords import is_password_of
from kanssa.accounts.refusals import WrongPassword
from kanssa.accounts.staff import LOCAL, begin_sign_in, local_user, may_use_password, normal_email
from kanssa.accounts.tries import give_back_a_try, take_a_try
from kanssa.usecases.deed import record_refusal
from kanssa.values.refusal import Refusal


def check_staff_password(*, email: str, password: str, address: str, now: datetime) -> UUID:
    """Check the first factor; give the sign-in whose second one is now asked. It shows nothing yet.

    Not in one transaction: a try stays counted when it fails. `address` is the network's.
    Refuses: TooManyTries, WrongPassword; every refusal is recorded.
    """
    user = local_user(email)
    limits = (
        ("staff-address", address, settings.STAFF_TRIES_AN_ADDRESS),
        ("staff-password", normal_email(email), settings.STAFF_TRIES_AN_ACCOUNT),
    )
    try:
        for what, whose, most in limits:
            take_a_try(what, whose, most=most, within=settings.STAFF_TRIES_WITHIN, now=now)
        user = _with_this_password(user, password)
    except Refusal as refusal:
        record_refusal("check_staff_password", refusal, {"now": now, "user_id": user.pk if user else None})
        raise
    for what, whose, _most in limits:
        give_back_a_try(what, whose)
    return begin_sign_in(user, way=LOCAL, now=now, is_whole=False).pk


def _with_this_password(user: User | None, password: str) -> User:
    is_right = is_password_of(user, password)
    if user is None or not is_right or not may_use_password(user):
        raise WrongPassword
    return user
