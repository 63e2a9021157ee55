"""The table of people."""

from typing import Literal
from uuid import uuid4

from django.db import models

from kanssa.values.hetu import Hetu
from kanssa.vault import fingerprint, open_json, seal_json

NonDisclosureSource = Literal["register", "clerk"]
"""Who may say that somebody's details are not to be disclosed."""


class PersonManager(models.Manager["Person"]):
    """Finds people by what identified them."""

    def with_hetu(self, hetu: Hetu) -> "Person":
        """Give the person of this identity code, made on first sight; race-safe."""
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
        """Give the person whom another country calls so, made on first sight; race-safe."""
        person, _made = self.get_or_create(foreign_lookup=fingerprint(foreign_id, of="foreign-id"))
        return person


class Person(models.Model):
    """Somebody who has identified themselves; a name typed by another makes no person.

    The id is random and outlives key rotation; seats and confirmations hang on it. Without an
    identity code, `foreign_lookup` finds those whom another country identified.
    `non_disclosure_sealed` holds who said that their details are not to be disclosed: the register
    (through Suomi.fi) or they themselves (through a clerk), each with its last word.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
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
        """The identity code, opened; None for people without one."""
        if self.hetu_sealed is None:
            return None
        return Hetu(open_json(self.hetu_sealed, bound_to=f"person:{self.pk}:hetu"))

    def assign_code(self, hetu: Hetu) -> None:
        """Keep the code that somebody without one has got; nobody else may have it."""
        self.hetu_lookup = hetu_lookup(hetu)
        self.hetu_sealed = seal_json(hetu.code, bound_to=f"person:{self.pk}:hetu")
        self.save(update_fields=["hetu_lookup", "hetu_sealed"])

    def remove_code(self, *, to: "Person | None") -> None:
        """Be known by no code any more; whoever was known by it before is so again.

        An order of non-disclosure goes along, to somebody new if need be: it may be theirs.
        """
        hetu = self.hetu
        self.hetu_lookup = self.hetu_sealed = None
        self.save(update_fields=["hetu_lookup", "hetu_sealed"])
        holder = to or (Person.objects.create() if self.is_protected else None)
        if holder is None or hetu is None:
            return
        holder.assign_code(hetu)
        holder.copy_non_disclosure_from(self)

    def take_identifiers_of(self, other: "Person") -> None:
        """Be found by what the other was found by: it is the same person."""
        hetu, foreign = other.hetu, other.foreign_lookup
        other.hetu_lookup = other.hetu_sealed = other.foreign_lookup = None
        other.save(update_fields=["hetu_lookup", "hetu_sealed", "foreign_lookup"])
        if hetu is not None:
            self.assign_code(hetu)
        if foreign is not None:
            self.foreign_lookup = foreign
            self.save(update_fields=["foreign_lookup"])
        self.copy_non_disclosure_from(other)

    def copy_non_disclosure_from(self, other: "Person") -> None:
        """Keep each order of non-disclosure that was spoken of for the other."""
        for source, statements in other.non_disclosure_by_source.items():
            if statements:
                self.record_non_disclosure(is_protected=True, of=source)

    @property
    def is_protected(self) -> bool:
        """Whether a non-disclosure order (turvakielto) holds: by any who spoke of it."""
        return any(self.non_disclosure_by_source.values())

    def record_non_disclosure(self, *, is_protected: bool, of: "NonDisclosureSource") -> None:
        """Keep the last word of one who may say it; the other's stays as it is."""
        statements = self.non_disclosure_by_source
        if statements.get(of) is is_protected:
            return
        statements[of] = is_protected
        self.non_disclosure_sealed = seal_json(statements, bound_to=f"person:{self.pk}:protection")
        self.save(update_fields=["non_disclosure_sealed"])

    @property
    def non_disclosure_by_source(self) -> "dict[NonDisclosureSource, bool]":
        """What each who may say it has said last."""
        if self.non_disclosure_sealed is None:
            return {}
        statements: dict[NonDisclosureSource, bool] = open_json(
            self.non_disclosure_sealed, bound_to=f"person:{self.pk}:protection"
        )
        return statements


def hetu_lookup(hetu: Hetu) -> bytes:
    """Give the keyed look-up of an identity code: equal codes, equal bytes."""
    return fingerprint(hetu.code, of="hetu")
