from typing import Literal
from uuid import uuid4

from django.db import models

from kanssa.values.hetu import Hetu
from kanssa.vault import fingerprint, open_json, seal_json

NonDisclosureSource = Literal["register", "clerk"]
"""The sources that can report a non-disclosure order (turvakielto)."""


class PersonManager(models.Manager["Person"]):
    def with_hetu(self, hetu: Hetu) -> "Person":
        """Return the person with this identity code; create them if missing. Safe against races."""
        # The id is needed before the insert: the code is sealed for it.
        person_id = uuid4()
        person, _made = self.get_or_create(
            hetu_lookup=hetu_lookup(hetu),
            defaults={
                "id": person_id,
                "hetu_sealed": seal_json(hetu.code, bound_to=f"person:{person_id}:hetu"),
            },
        )
        return person

    def with_foreign_id(self, foreign_id: str) -> "Person":
        person, _made = self.get_or_create(foreign_lookup=fingerprint(foreign_id, of="foreign-id"))
        return person


class Person(models.Model):
    """A person who has identified themselves; a name typed by another applicant creates no person.

    The id is random and survives key rotation; seats and confirmations refer to it. Without an identity
    code, `foreign_lookup` finds people identified by another country. `non_disclosure_sealed` holds the
    latest report of a non-disclosure order by source: the register (through Suomi.fi), or the person
    themselves (through a clerk).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # Keyed, so that the database alone does not reveal whether a code is in it.
    hetu_lookup = models.BinaryField(max_length=32, unique=True, null=True)
    hetu_sealed = models.BinaryField(null=True)
    foreign_lookup = models.BinaryField(max_length=32, unique=True, null=True)
    first_seen_at = models.DateTimeField(auto_now_add=True)
    non_disclosure_sealed = models.BinaryField(null=True)

    objects = PersonManager()

    def __str__(self) -> str:
        return f"person {self.pk}"

    @property
    def hetu(self) -> Hetu | None:
        if self.hetu_sealed is None:
            return None
        return Hetu(open_json(self.hetu_sealed, bound_to=f"person:{self.pk}:hetu"))

    def assign_code(self, hetu: Hetu) -> None:
        """Assign a code to a person who had none. The code must not belong to another person."""
        self.hetu_lookup = hetu_lookup(hetu)
        self.hetu_sealed = seal_json(hetu.code, bound_to=f"person:{self.pk}:hetu")
        self.save(update_fields=["hetu_lookup", "hetu_sealed"])

    def remove_code(self, *, to: "Person | None") -> None:
        """Give the code back to `to`, who had it before."""
        hetu = self.hetu
        self.hetu_lookup = self.hetu_sealed = None
        self.save(update_fields=["hetu_lookup", "hetu_sealed"])
        # The non-disclosure order may belong to the code's holder, so it goes along with the code, to a new
        # person if `to` is None.
        holder = to or (Person.objects.create() if self.is_protected else None)
        if holder is None or hetu is None:
            return
        holder.assign_code(hetu)
        holder.copy_non_disclosure_from(self)

    def take_identifiers_of(self, other: "Person") -> None:
        hetu, foreign = other.hetu, other.foreign_lookup
        # Clear the other row first: the look-ups are unique.
        other.hetu_lookup = other.hetu_sealed = other.foreign_lookup = None
        other.save(update_fields=["hetu_lookup", "hetu_sealed", "foreign_lookup"])
        if hetu is not None:
            self.assign_code(hetu)
        if foreign is not None:
            self.foreign_lookup = foreign
            self.save(update_fields=["foreign_lookup"])
        self.copy_non_disclosure_from(other)

    def copy_non_disclosure_from(self, other: "Person") -> None:
        for source, statements in other.non_disclosure_by_source.items():
            if statements:
                self.record_non_disclosure(is_protected=True, of=source)

    @property
    def is_protected(self) -> bool:
        """Whether any source reports a non-disclosure order (turvakielto)."""
        return any(self.non_disclosure_by_source.values())

    def record_non_disclosure(self, *, is_protected: bool, of: "NonDisclosureSource") -> None:
        statements = self.non_disclosure_by_source
        if statements.get(of) is is_protected:
            return
        statements[of] = is_protected
        self.non_disclosure_sealed = seal_json(statements, bound_to=f"person:{self.pk}:protection")
        self.save(update_fields=["non_disclosure_sealed"])

    @property
    def non_disclosure_by_source(self) -> "dict[NonDisclosureSource, bool]":
        if self.non_disclosure_sealed is None:
            return {}
        statements: dict[NonDisclosureSource, bool] = open_json(
            self.non_disclosure_sealed, bound_to=f"person:{self.pk}:protection"
        )
        return statements


def hetu_lookup(hetu: Hetu) -> bytes:
    return fingerprint(hetu.code, of="hetu")
