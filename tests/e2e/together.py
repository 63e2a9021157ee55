"""The journey of two adults, which several tests take."""

from collections.abc import Callable
from typing import Any

from tests.cast import Role
from tests.e2e.journeys import PERSON_STEPS, Visit
from tests.e2e.stack import Stack

Identify = Callable[[Visit, Role], Any]
_IN_A_LETTER_S_HEAD = ("delivered-to", "to")


def send(visit: Visit, main: Role, *others: Role) -> str:
    """Fill in and send, without pictures; gives the reference."""
    with visit.hurrying():
        return visit.apply(main, *others)


def send_and_identify(visit: Visit, main: Role, *others: Role) -> str:
    """Without pictures, until the terms."""
    with visit.hurrying():
        reference = visit.apply(main, *others)
        visit.press(visit.labels["go_on"])
        visit.accept_cookies()
        visit.identify(main)
    return reference


def both_confirm(
    stack: Stack,
    main_visit: Visit,
    other_visit: Visit,
    main: Role,
    other: Role,
    identify: Identify = Visit.identify,
) -> str:
    """From the front page to a valid application, on two browsers; gives the reference."""
    reference = main_visit.apply(main, other)
    assert len(stack.wait_for_letters(main.email, 1)) == 1
    assert stack.letters(other.email) == []  # nobody is written to before the sender has identified

    main_visit.press(main_visit.labels["go_on"])
    main_visit.accept_cookies()
    identify(main_visit, main)
    main_visit.accept_terms()
    main_visit.choose(reference)
    main_visit.confirm()
    assert not main_visit.is_valid
    main_visit.see_status()
    assert main_visit.people() == [(name_of(other), False)]
    assert not main_visit.is_valid

    other_visit.open_invitation(stack.wait_for_letters(other.email, 1)[0]["links"][0])
    other_visit.accept_cookies()
    identify(other_visit, other)
    other_visit.accept_terms()
    other_visit.choose(reference)
    other_visit.complete_own_details()
    other_visit.confirm()
    assert other_visit.is_valid
    other_visit.see_status()
    assert other_visit.people() == [(name_of(main), True)]
    assert other_visit.is_valid

    main_visit.page.reload()
    main_visit.picture("status-valid")
    assert main_visit.people() == [(name_of(other), True)]
    assert main_visit.is_valid
    for who, count in ((main, 2), (other, 2)):
        for letter in stack.wait_for_letters(who.email, count):
            assert_tells_no_more_than_first_names(letter, main, other)
            assert letter["text"] and letter["html"]
            assert reference in letter["text"] or letter["links"][0].split("/")[-2] not in ("", "kirjaudu")
    return reference


def name_of(who: Role) -> str:
    return f"{who.first_names} {who.last_name}"


def assert_tells_no_more_than_first_names(letter: dict[str, Any], *people: Role) -> None:
    """Nothing in a letter but a first name, the reference, dates and what to do."""
    heads = [value for name, value in letter["headers"] if name.lower() not in _IN_A_LETTER_S_HEAD]
    whole = "\n".join([letter["subject"], letter["text"], letter["html"], *heads]).casefold()
    for who in people:
        facts = [who.last_name, *who.first_names.split()[1:], who.hetu, who.hetu[:6], who.email]
        for fact in [*facts, *PERSON_STEPS[2].values()]:
            assert fact == "Helsinki" or fact.casefold() not in whole, f"{fact} in: {letter['subject']}"
    told = [value for name, value in letter["headers"] if name.lower() in _IN_A_LETTER_S_HEAD]
    assert all("@" in value and " " not in value for value in told), told
