from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import structlog
from django.contrib.auth.hashers import make_password
from django.db import transaction

from kanssa.accounts.models import User
from kanssa.accounts.staff import begin_sign_in, end_sign_ins_of, roles_of, set_roles
from kanssa.accounts.staff_refusals import (
    NoRole,
    SignOnBusy,
    SignOnCancelled,
    SignOnFailed,
    SignOnRefused,
    SignOnUnavailable,
)
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification import attempts
from kanssa.identification.calls.bulkhead import slot_to_finish
from kanssa.identification.refusals import (
    AssuranceTooLow,
    BrokersBusy,
    BrokerUnavailable,
    IdentificationCancelled,
    IdentificationExpired,
    OtherBrowser,
    ReplyRefused,
)
from kanssa.identification.sign_ons import sign_on, sign_on_attempt_key
from kanssa.usecases.use_case import record_refusal
from kanssa.values.actor import Actor
from kanssa.values.refusal import Refusal
from kanssa.values.staff import VerifiedStaff

log = structlog.get_logger(__name__)

_REFUSALS_BY_CODE: Mapping[str, type[Refusal]] = {
    IdentificationCancelled.code: SignOnCancelled,
    BrokerUnavailable.code: SignOnUnavailable,
    BrokersBusy.code: SignOnBusy,
    **dict.fromkeys(
        [ReplyRefused.code, IdentificationExpired.code, OtherBrowser.code, AssuranceTooLow.code],
        SignOnRefused,
    ),
    NoRole.code: NoRole,
}


def finish_staff_sign_on(*, key: str, reply: Mapping[str, str], browser: str, now: datetime) -> UUID:
    """Turn the single sign-on's reply into a sign-in, with the roles that it gives today.

    Not in one transaction: the network lies between. A refusal of an attempt is recorded, by the code of
    what was wrong.
    Refuses: NoRole, SignOnCancelled, SignOnBusy, SignOnUnavailable, SignOnRefused, SignOnFailed.
    """
    try:
        chosen = sign_on(key)
        state, kept_by = reply.get("state", ""), sign_on_attempt_key(key)
        with (
            slot_to_finish(chosen),
            attempts.claimed(state, method=kept_by, browser=browser, now=now) as returned,
        ):
            found = chosen.finish(reply, attempt=returned.attempt, now=now)
        sign_in_id = _let_in(found, now)
        if sign_in_id is None:
            raise NoRole
    except Refusal as refusal:
        # `why` comes from our own fixed words, never from the sign-on or the browser: safe to log.
        log.info("a staff sign-on was refused", code=refusal.code, why=refusal.facts.get("why"))
        attempts.save_attempt_outcome(reply.get("state", ""), refusal.code)
        if attempts.is_known_state(reply.get("state", ""), method=sign_on_attempt_key(key)):
            record_refusal("finish_staff_sign_on", refusal, {"now": now})
        raise _REFUSALS_BY_CODE.get(refusal.code, SignOnFailed)(why=refusal.code) from None
    return sign_in_id


@transaction.atomic
def _let_in(staff: VerifiedStaff, now: datetime) -> UUID | None:
    """Give None without a role (any longer), or for a closed account; older sign-ins then end."""
    user = _user_of(staff)
    # Closed here counts, whatever the sign-on says.
    if user is None or user.closed_at:
        return None
    actor = Actor("staff", user.pk)
    if roles_of(user) != staff.roles:
        # The sign-on is the source of roles: a local change would be lost at the next sign-in.
        set_roles(user, staff.roles)
        end_sign_ins_of(user, why="roles-changed", now=now)
        record(EventKind.STAFF_ROLES_SET, actor=actor, now=now, way=staff.way, roles=sorted(staff.roles))
    if not staff.roles:
        return None
    sign_in = begin_sign_in(user, way=staff.way, now=now, is_whole=True)
    record(EventKind.STAFF_SIGNED_IN, actor=actor, now=now, way=staff.way, sign_in=str(sign_in.pk))
    return sign_in.pk


def _user_of(staff: VerifiedStaff) -> User | None:
    who = {"sign_on": staff.way, "subject": staff.subject}
    users = User.objects.select_for_update()
    # Employees without a role leave no row.
    if not staff.roles and not users.filter(**who).exists():
        return None
    user, _made = users.get_or_create(**who, defaults={"name": staff.name, "password": make_password(None)})
    if user.name != staff.name:
        user.name = staff.name
        user.save(update_fields=["name"])
    return user
