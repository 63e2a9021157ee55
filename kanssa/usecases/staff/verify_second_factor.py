from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from kanssa.accounts import second_factor
from kanssa.accounts.models import StaffSignIn
from kanssa.accounts.rate_limits import Limit, count_attempts, uncount_attempts
from kanssa.accounts.staff import complete_sign_in, pending_sign_in
from kanssa.accounts.staff_refusals import WrongCode
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import record_refusal
from kanssa.values.actor import Actor
from kanssa.values.refusal import Refusal


def verify_second_factor(*, sign_in_id: UUID, code: str, device: str = "", now: datetime) -> None:
    """Complete a sign-in after the password, by a code of the authenticator or a recovery code.

    Not in one transaction: an attempt stays counted when it fails. `device` marks a browser in which this
    account has signed in before.
    Refuses: NotSignedIn, TooManyAttempts, WrongCode; every refusal is recorded.
    """
    given = {"now": now, "sign_in_id": sign_in_id}
    try:
        sign_in = pending_sign_in(sign_in_id, now=now)
        limit = _limit_of(sign_in, device)
        count_attempts([limit], now=now)
        _complete(sign_in, code, now)
    except Refusal as refusal:
        record_refusal("verify_second_factor", refusal, given)
        raise
    # Only wrong codes use up the limit.
    uncount_attempts([limit])


def _limit_of(sign_in: StaffSignIn, device: str) -> Limit:
    # A stranger who has the password uses up only the strangers' attempts.
    subject = f"{sign_in.user_id} {device}" if device else str(sign_in.user_id)
    return Limit("staff-code", subject, settings.MAX_STAFF_CODES_PER_ACCOUNT, settings.STAFF_ATTEMPT_WINDOW)


@transaction.atomic
def _complete(sign_in: StaffSignIn, code: str, now: datetime) -> None:
    actor = Actor("staff", sign_in.user_id)
    if second_factor.is_single_use_format(code):
        if not second_factor.STAFF.use_code(sign_in.user_id, code, now=now):
            raise WrongCode
        record(EventKind.STAFF_RECOVERY_CODE_USED, actor=actor, now=now)
    elif not second_factor.STAFF.is_passed(sign_in.user_id, code, now=now):
        raise WrongCode
    complete_sign_in(sign_in, now=now)
    record(EventKind.STAFF_SIGNED_IN, actor=actor, now=now, way=sign_in.way, sign_in=str(sign_in.pk))
