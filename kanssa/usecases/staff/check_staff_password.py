from datetime import datetime
from uuid import UUID

from kanssa.accounts.guess_limits import Caller, count_guess
from kanssa.accounts.models import User
from kanssa.accounts.passwords import matches_password_of
from kanssa.accounts.staff import LOCAL, begin_sign_in, local_user, may_use_password, normal_email
from kanssa.accounts.staff_refusals import WrongPassword
from kanssa.usecases.use_case import record_refusal
from kanssa.values.refusal import Refusal


def check_staff_password(*, email: str, password: str, address: str, device: str = "", now: datetime) -> UUID:
    """Check the first factor; give the sign-in that waits for the second one. It opens nothing yet.

    Not in one transaction: an attempt stays counted when it fails. `address` is the network address;
    `device` marks a browser in which this account has signed in before.
    Refuses: TooManyAttempts, WrongPassword; every refusal is recorded.
    """
    user = local_user(email)
    try:
        guess = count_guess("staff-password", normal_email(email), Caller(address, device), now=now)
        user = _with_this_password(user, password)
    except Refusal as refusal:
        # With the account, if there is one: an attack on it must be traceable.
        record_refusal("check_staff_password", refusal, {"now": now, "user_id": user.pk if user else None})
        raise
    guess.uncount()
    return begin_sign_in(user, way=LOCAL, now=now, is_whole=False).pk


def _with_this_password(user: User | None, password: str) -> User:
    # Hashed even without a user, so that the time does not reveal which addresses have accounts.
    is_right = matches_password_of(user, password)
    if user is None or not is_right or not may_use_password(user):
        raise WrongPassword
    return user
