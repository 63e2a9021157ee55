"""Check a signed assertion: for us, now, and for this attempt."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from hmac import compare_digest
from zoneinfo import ZoneInfo

from kanssa.identification.methods.saml.parties import Assurance, Party
from kanssa.identification.methods.saml.response import Expected, check_issued
from kanssa.identification.methods.saml.xml_documents import Element, children, moment, only, text_of
from kanssa.identification.methods.saml.xml_names import BEARER, saml
from kanssa.identification.protocol import Attempt
from kanssa.identification.refusals import AssuranceTooLow, IdentificationFailed, browser_errors
from kanssa.values.hetu import Hetu, NotAHetu, parse_hetu
from kanssa.values.identity import BrokerSession, VerifiedIdentity

_LONGEST_NAME = 200
_LONGEST_SUBJECT = 255
_FOREIGN_ID = re.compile(r"[A-Z]{2}/[A-Z]{2}/[!-~]{1,248}", re.ASCII)
"""Issuing country, receiving country, and identifier (eIDAS attribute profile, 2.2.3)."""
_HELSINKI = ZoneInfo("Europe/Helsinki")
_CONDITIONS = frozenset({saml("AudienceRestriction"), saml("OneTimeUse"), saml("ProxyRestriction")})
_SUBJECT_PARTS = ("Format", "NameQualifier", "SPNameQualifier")

AttributeValues = Mapping[str, str]


def identity_from(
    assertion: Element, *, party: Party, attempt: Attempt, expected: Expected
) -> VerifiedIdentity:
    subject = only(assertion, saml("Subject"), why="subject")
    statement = only(assertion, saml("AuthnStatement"), why="authn-statement")
    with browser_errors():  # the browser may bring an assertion signed for another attempt
        _check_origin(assertion, party, expected)
        _check_confirmation(subject, expected)
        _check_conditions(only(assertion, saml("Conditions"), why="conditions"), party, expected)
        authenticated_at = _authenticated_at(statement, attempt, expected)
    assurance = _assurance(statement, party)
    attributes = _attributes_in(only(assertion, saml("AttributeStatement"), why="attributes"))
    hetu = _hetu(attributes, party, expected.now)
    return VerifiedIdentity(
        method=party.key,
        hetu=hetu,
        last_name=_last_name(attributes, party, hetu),
        first_names=_name(attributes, party.attributes.first_names, why="first-names"),
        born=_born(attributes, party, hetu),
        assurance=assurance,
        authenticated_at=authenticated_at,
        non_disclosure=_non_disclosure(attributes, party),
        calling_name=_calling_name(attributes, party),
        home_municipality=_municipality(attributes, party),
        session=_session(subject, statement),
        foreign_id="" if hetu else _foreign_id(attributes, party),
    )


def _check_origin(assertion: Element, party: Party, expected: Expected) -> None:
    if assertion.get("Version") != "2.0":
        raise IdentificationFailed(why="assertion-version")
    if text_of(only(assertion, saml("Issuer"), why="assertion-issuer")) != party.provider.entity_id:
        raise IdentificationFailed(why="assertion-issuer")
    check_issued(assertion, expected, what="assertion")


def _check_confirmation(subject: Element, expected: Expected) -> None:
    # Require one bearer confirmation, for our address and request, and in time.
    confirmation = only(subject, saml("SubjectConfirmation"), why="confirmation")
    if confirmation.get("Method") != BEARER:
        raise IdentificationFailed(why="confirmation-method")
    data = only(confirmation, saml("SubjectConfirmationData"), why="confirmation")
    if data.get("Recipient") != expected.address:
        raise IdentificationFailed(why="recipient")
    if not compare_digest(data.get("InResponseTo", "").encode(), expected.request_id.encode()):
        raise IdentificationFailed(why="confirmation-in-response-to")
    if moment(data.get("NotOnOrAfter"), why="confirmation-time") + expected.skew <= expected.now:
        raise IdentificationFailed(why="confirmation-time")
    if data.get("NotBefore") is not None:  # the profile forbids it
        raise IdentificationFailed(why="confirmation-time")


def _check_conditions(conditions: Element, party: Party, expected: Expected) -> None:
    # An unknown condition may restrict the use: the standard asks to refuse it.
    if any(condition.tag not in _CONDITIONS for condition in conditions):
        raise IdentificationFailed(why="condition-unknown")
    starts = moment(conditions.get("NotBefore"), why="conditions-time")
    ends = moment(conditions.get("NotOnOrAfter"), why="conditions-time")
    if not starts - expected.skew <= expected.now < ends + expected.skew:
        raise IdentificationFailed(why="conditions-time")
    restriction = only(conditions, saml("AudienceRestriction"), why="audience")
    # Further audiences would be parties that we have no reason to trust.
    if text_of(only(restriction, saml("Audience"), why="audience")) != party.entity_id:
        raise IdentificationFailed(why="audience")


def _authenticated_at(statement: Element, attempt: Attempt, expected: Expected) -> datetime:
    # Return when the person identified; after the attempt began, if fresh authentication was forced.
    at = moment(statement.get("AuthnInstant"), why="authn-instant")
    too_old = attempt.forced and at < attempt.begun_at - expected.skew
    if too_old or at > expected.now + expected.skew:
        raise IdentificationFailed(why="authn-instant")
    ends = statement.get("SessionNotOnOrAfter")
    if ends is not None and moment(ends, why="session-time") + expected.skew <= expected.now:
        raise IdentificationFailed(why="session-time")
    return at


def _assurance(statement: Element, party: Party) -> Assurance:
    context = only(statement, saml("AuthnContext"), why="authn-context")
    level = text_of(only(context, saml("AuthnContextClassRef"), why="authn-context"))
    if level not in party.assurances:
        raise AssuranceTooLow
    return party.assurances[level]


def _attributes_in(statement: Element) -> dict[str, str]:
    # Read the attributes. A repeated attribute or a second value would be ambiguous.
    attributes: dict[str, str] = {}
    for attribute in children(statement, saml("Attribute")):
        name = attribute.get("Name", "")
        values = list(children(attribute, saml("AttributeValue")))
        if name in attributes or len(values) > 1 or any(len(value) for value in values):
            raise IdentificationFailed(why="attribute-shape")
        attributes[name] = text_of(values[0]) if values else ""
    return attributes


def _hetu(attributes: AttributeValues, party: Party, now: datetime) -> Hetu | None:
    code = attributes.get(party.attributes.hetu, "")
    # A foreigner without a code: a clerk matches them.
    if not code:
        return None
    today = now.astimezone(_HELSINKI).date()
    try:
        return parse_hetu(code, today=today, allow_test_codes=party.allow_test_codes, check_test_codes=False)
    except NotAHetu as fault:
        raise IdentificationFailed(why=f"hetu-{fault.why}") from None


def _last_name(attributes: AttributeValues, party: Party, hetu: Hetu | None) -> str:
    # Another country uses a different attribute for the family name.
    attribute = party.attributes.last_name
    if hetu is None and attribute not in attributes:
        attribute = party.attributes.foreign_last_name
    return _name(attributes, attribute, why="last-name")


def _name(attributes: AttributeValues, attribute: str, *, why: str) -> str:
    name = " ".join(attributes.get(attribute, "").split())
    if not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME:
        raise IdentificationFailed(why=why)
    return name


def _calling_name(attributes: AttributeValues, party: Party) -> str:
    if not attributes.get(party.attributes.calling_name):
        return ""
    return _name(attributes, party.attributes.calling_name, why="calling-name")


def _born(attributes: AttributeValues, party: Party, hetu: Hetu | None) -> date | None:
    # Read the birth date; a separate attribute must agree with the code.
    text = attributes.get(party.attributes.birth_date, "")
    try:
        born = date.fromisoformat(text) if text else None
    except ValueError:
        raise IdentificationFailed(why="birth-date") from None
    if hetu is None:
        return born
    if born not in (None, hetu.born):
        raise IdentificationFailed(why="birth-date")
    return hetu.born


def _foreign_id(attributes: AttributeValues, party: Party) -> str:
    # Read another country's identifier, without which the person cannot be recognised again.
    text = attributes.get(party.attributes.foreign_id, "")
    if text and not _FOREIGN_ID.fullmatch(text):
        raise IdentificationFailed(why="foreign-id")
    return text


def _non_disclosure(attributes: AttributeValues, party: Party) -> bool | None:
    # Return None if the provider sent nothing; any value but a plain no counts as an order.
    text = attributes.get(party.attributes.non_disclosure)
    return None if text is None else text not in ("", "0", "false")


def _municipality(attributes: AttributeValues, party: Party) -> str:
    code = attributes.get(party.attributes.municipality, "")
    if code and not (code.isascii() and code.isdigit() and len(code) == len("091")):
        raise IdentificationFailed(why="municipality")
    return code


def _session(subject: Element, statement: Element) -> BrokerSession | None:
    names = list(children(subject, saml("NameID")))
    index = statement.get("SessionIndex", "")
    # Without both no logout can name the session.
    if len(names) != 1 or not index:
        return None
    name = text_of(names[0])
    if not 0 < len(name) <= _LONGEST_SUBJECT or len(index) > _LONGEST_SUBJECT:
        raise IdentificationFailed(why="subject")
    parts = {part: names[0].get(part, "") for part in _SUBJECT_PARTS}
    return BrokerSession(subject=name, index=index, qualifiers=parts)
