"""When people could not identify or confirm: measured by the service itself."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F
from django.db.models.functions import Now

OURS = ""
_GAP = timedelta(minutes=15)
"""Failures closer together than this are one outage: brokers are tried every five minutes."""


class OutageQuerySet(models.QuerySet["Outage"]):
    def record_failure(self, service: str, *, at: datetime) -> None:
        """Note that a service did not answer: it begins an outage, or makes the latest one longer."""
        recent = self.filter(service=service, ended_at__gte=at - _GAP, ended_at__lte=at)
        if not recent.update(ended_at=at):
            self.create(service=service, begun_at=at, ended_at=at)

    def was_on(self, begin: datetime, end: datetime, *, now: datetime) -> bool:
        """Whether an outage, long enough to count, touched this time; one that still lasts counts too."""
        long_enough = F("begun_at") + settings.OUTAGE_COUNTS_AFTER
        touching = self.filter(begun_at__lt=end, ended_at__gt=begin, ended_at__gte=long_enough)
        return touching.exists() or Pulse.objects.is_silent_since_before(end, now=now)


class Outage(models.Model):
    """A time in which a service did not answer; `service` is a method's key, or empty for our own."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    service = models.CharField(max_length=40, default=OURS)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    objects = OutageQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["ended_at"], name="outage_ended"),)

    def __str__(self) -> str:
        return f"outage of {self.service or 'the service'}"


class PulseQuerySet(models.QuerySet["Pulse"]):
    def silence(self) -> timedelta | None:
        """Give how long no worker has written its pulse; None if one never did."""
        silent = ExpressionWrapper(Now() - F("wall_at"), output_field=models.DurationField())
        return self.annotate(silent=silent).values_list("silent", flat=True).order_by("silent").first()

    def is_silent_since_before(self, moment: datetime, *, now: datetime) -> bool:
        silence = self.silence()
        is_long = silence is not None and silence >= settings.OUTAGE_COUNTS_AFTER
        return is_long and silence is not None and now - silence < moment

    def beat(self) -> None:
        self.update_or_create(pk=1, defaults={"wall_at": Now()})


class Pulse(models.Model):
    """The worker's latest sign of life, by the database's clock: a demo may move the service's own."""

    wall_at = models.DateTimeField()

    objects = PulseQuerySet.as_manager()

    def __str__(self) -> str:
        return f"pulse at {self.wall_at}"
