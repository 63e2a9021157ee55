from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.hashers import make_password

from kanssa.accounts.models import User
from kanssa.accounts.staff import normal_email, set_roles
from kanssa.accounts.staff_refusals import StaffExists
from kanssa.accounts.start_links import new_start_link
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def open_staff_account(*, email: str, name: str, roles: Collection[Role], actor: Actor, now: datetime) -> str:
    """Open a local account, or a closed one again; give the token of its start link.

    Refuses: StaffExists.
    """
    user, is_new = User.objects.select_for_update().get_or_create(
        email=normal_email(email), defaults={"name": name, "password": make_password(None)}
    )
    if not is_new and user.closed_at is None:
        raise StaffExists
    # A former password must not open the account again.
    user.name, user.closed_at, user.password = name, None, make_password(None)
    user.save(update_fields=["name", "closed_at", "password"])
    set_roles(user, roles)
    record(EventKind.STAFF_ACCOUNT_OPENED, actor=actor, now=now, user=str(user.pk), roles=sorted(roles))
    return new_start_link(user, now=now)
