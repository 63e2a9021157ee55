from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kanssa.accounts import second_factor
from kanssa.accounts.staff import complete_sign_in, pending_sign_in
from kanssa.accounts.staff_refusals import NotSignedIn, WrongCode
from kanssa.accounts.start_links import spend_start_link
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def set_up_second_factor(*, sign_in_id: UUID, code: str, now: datetime) -> Sequence[str]:
    """Store the authenticator that a code proves, and sign the person in; give the recovery codes, once.

    Refuses: NotSignedIn, WrongCode.
    """
    sign_in = pending_sign_in(sign_in_id, now=now)
    if sign_in.new_secret is None:
        raise NotSignedIn
    secret = second_factor.open_secret(sign_in.new_secret, of=sign_in.pk)
    step = second_factor.step_of(secret, code, now=now)
    if step is None:
        raise WrongCode
    complete_sign_in(sign_in, now=now)
    # The link is spent only now, so that an interrupted set-up can begin again.
    spend_start_link(sign_in.user)
    # The code's step is stored with it, so that the same code does not work twice.
    second_factor.STAFF.set_up(sign_in.user_id, secret, step=step, now=now)
    actor = Actor("staff", sign_in.user_id)
    record(EventKind.STAFF_SECOND_FACTOR_SET_UP, actor=actor, now=now)
    record(EventKind.STAFF_SIGNED_IN, actor=actor, now=now, way=sign_in.way, sign_in=str(sign_in.pk))
    return second_factor.STAFF.new_codes(sign_in.user_id)
