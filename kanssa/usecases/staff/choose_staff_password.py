from datetime import datetime
from uuid import UUID

from kanssa.accounts.passwords import hash_if_strong
from kanssa.accounts.second_factor import new_secret, seal_secret
from kanssa.accounts.staff import LOCAL, begin_sign_in, end_sign_ins_of
from kanssa.accounts.start_links import user_of
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def choose_staff_password(*, token: str, password: str, now: datetime) -> UUID:
    """Choose the password of a local account by its start link; give the sign-in that continues.

    The link stays until the second factor is set up too, so that an interrupted set-up can begin again.
    Refuses: NoSuchStartLink, PasswordTooWeak.
    """
    user = user_of(token, now=now)
    user.password = hash_if_strong(password, user=user)
    user.save(update_fields=["password"])
    # A sign-in by the former password may be another person's.
    end_sign_ins_of(user, why="password-chosen", now=now)
    sign_in = begin_sign_in(user, way=LOCAL, now=now, is_whole=False)
    sign_in.new_secret = seal_secret(new_secret(), of=sign_in.pk)
    sign_in.save(update_fields=["new_secret"])
    record(EventKind.STAFF_PASSWORD_CHOSEN, actor=Actor("staff", user.pk), now=now)
    return sign_in.pk
