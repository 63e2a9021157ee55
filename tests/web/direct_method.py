"""A stand-in for a broker in tests of pages: the reply names the person.

The real way is tested in tests/identification, against the rehearsal broker in tests/rehearsal and
against a certified provider in tests/e2e.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from kanssa.identification.protocol import Attempt, Handover, Needs, NewAttempt
from kanssa.identification.refusals import (
    AssuranceTooLow,
    BrokerUnavailable,
    IdentificationCancelled,
    IdentificationFailed,
    IdentityIncomplete,
)
from kanssa.values.identity import VerifiedIdentity
from kanssa.values.role import Role as StaffRole
from kanssa.values.staff import VerifiedStaff
from tests.cast import AINO, EINO, HILMA, OTSO, CastMember, identity_of

STRANGER = CastMember("Virtanen", "Väinö", AINO.hetu, "")
PEOPLE = {"aino": AINO, "eino": EINO, "hilma": HILMA, "otso": OTSO, "stranger": STRANGER}
TROUBLES = {
    "cancel": IdentificationCancelled,
    "fail": IdentificationFailed,
    "weak": AssuranceTooLow,
    "no-code": IdentityIncomplete,
    "down": BrokerUnavailable,
}


class DirectMethod:
    needs: Needs = "bank"

    def __init__(self, key: str) -> None:
        self.key = key

    def is_answering(self) -> bool:
        return True

    def begin(
        self, *, attempt: NewAttempt, return_url: str, language: str, force: bool, now: datetime
    ) -> Handover:
        asked = {"state": attempt.state, "to": return_url, "ui_locales": language, "force": force}
        return Handover("https://broker.invalid/?" + urlencode(asked))

    def finish(self, reply: Mapping[str, str], *, attempt: Attempt, now: datetime) -> VerifiedIdentity:
        if reply["person"] in TROUBLES:
            raise TROUBLES[reply["person"]]
        return identity_of(PEOPLE[reply["person"]], now=now)

    def label(self, language: str) -> str:
        return {"fi": "Kirjaudu sisään pankkitunnuksilla", "sv": "Logga in med nätbankskoder"}.get(
            language, "Log in with online banking credentials"
        )


class DirectSignOn:
    """A stand-in for the city's single sign-on: the reply names the person and, by commas, their roles."""

    def __init__(self, key: str) -> None:
        self.key = key

    def begin(self, *, attempt: NewAttempt, return_url: str, language: str, now: datetime) -> Handover:
        asked = {"state": attempt.state, "to": return_url, "ui_locales": language}
        return Handover("https://sign-on.invalid/?" + urlencode(asked))

    def finish(self, reply: Mapping[str, str], *, attempt: Attempt, now: datetime) -> VerifiedStaff:
        if reply["person"] in TROUBLES:
            raise TROUBLES[reply["person"]]
        roles = frozenset(StaffRole(role) for role in reply["roles"].split(",") if role)
        name = f"{reply['person'].title()} Salonen"
        return VerifiedStaff("city", f"subject of {reply['person']}", name, roles, now)

    def label(self, language: str) -> str:
        return {"fi": "Kaupungin kertakirjautuminen"}.get(language, "The city’s single sign-on")


def load_sign_on(key: str, table: Mapping[str, object], folder: Path) -> DirectSignOn:
    return DirectSignOn(key)


def load(key: str, table: Mapping[str, object], folder: Path) -> DirectMethod:
    return DirectMethod(key)
