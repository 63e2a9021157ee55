"""The link for choosing a staff password and setting up a second factor."""

from datetime import datetime

from django.conf import settings

from kanssa.accounts.models import StartLink, User
from kanssa.accounts.staff_refusals import NoSuchStartLink
from kanssa.links.mailed_link import hash_token, new_token


def new_start_link(user: User, *, now: datetime) -> str:
    """Return the token of a new link; an earlier one ends."""
    token = new_token()
    StartLink.objects.update_or_create(user=user, defaults={"token_hash": hash_token(token), "made_at": now})
    return token


def user_of(token: str, *, now: datetime) -> User:
    """Refuses: NoSuchStartLink."""
    link = (
        StartLink.objects.select_related("user")
        .filter(
            token_hash=hash_token(token),
            made_at__gt=now - settings.START_LINK_LIFETIME,
            user__closed_at__isnull=True,
        )
        .first()
    )
    if link is None:
        raise NoSuchStartLink
    return link.user


def spend_start_link(user: User) -> None:
    StartLink.objects.filter(user=user).delete()
