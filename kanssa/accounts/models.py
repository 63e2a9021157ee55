"""The user model: ours from the first migration, so that it can grow without a rebuild."""

from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class User(AbstractBaseUser):
    """Somebody who signs in by e-mail address and password. No page makes one yet."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(unique=True)

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return f"user {self.pk}"
