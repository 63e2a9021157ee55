"""A link that a message carries: a random token, of which only the hash is stored, and its one end."""

import hashlib
import secrets
from datetime import datetime
from typing import Self, TypeVar
from uuid import uuid4

from django.db import models

Link = TypeVar("Link", bound=models.Model)


def new_token() -> str:
    """Make a token of 256 random bits. It is stored nowhere but in the sealed message."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    # A reader of the database gets no usable link. 256 random bits need neither a salt nor a slow hash.
    return hashlib.sha256(token.encode()).digest()


class MailedLinkQuerySet(models.QuerySet[Link]):
    def of_token(self, token: str) -> Self:
        return self.filter(token_hash=hash_token(token))

    def active(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def end(self, *, now: datetime) -> int:
        """End the active ones; gives how many. Of two calls at once, one ends a link."""
        return self.active().update(ended_at=now)


class MailedLink(models.Model):
    """Each kind adds its reader, its expiry, and the constraint that leaves one active link."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    token_hash = models.BinaryField(max_length=32, unique=True)
    ended_at = models.DateTimeField(null=True)

    objects = MailedLinkQuerySet.as_manager()

    class Meta:
        abstract = True
