"""4xx for faults that the browser brought, 5xx only for faults of the broker or the network."""

import inspect
from urllib.parse import urlencode

import pytest
from django.test import Client

from kanssa.accounts import staff_refusals as accounts
from kanssa.identification import refusals
from kanssa.identification.refusals import IdentificationFailed, ReplyRefused
from kanssa.values.refusal import Refusal
from tests.identification.oidc.attacks import ABOUT_THE_KEYS, ABOUT_THE_LINE, ABOUT_THE_REPLY, AttackCase
from tests.identification.oidc.flow import Flow
from tests.identification.saml.attacks import ATTACK_CASES as SAML_ATTACKS
from tests.identification.saml.scripted_provider import SamlScript

OF_THE_BROWSER = {
    "ReplyRefused": 400,
    "IdentificationExpired": 410,
    "OtherBrowser": 403,
    "LogoutRefused": 400,
    "UnknownMethod": 404,
    "TooManyIdentifications": 429,
}
OF_THE_PERSON = {
    "IdentificationCancelled": 200,
    "AssuranceTooLow": 403,
    "IdentityIncomplete": 403,
    "HasRepresentative": 409,
    "NotIdentifiedBefore": 409,
}
OF_THE_BROKER_OR_THE_NETWORK = {"IdentificationFailed": 502, "BrokerUnavailable": 503}
OF_OURS = {"BrokersBusy": 503}
OF_THE_SIGN_ON = {
    "SignOnCancelled": 200,
    "SignOnRefused": 400,
    "SignOnFailed": 502,
    "SignOnUnavailable": 503,
    "SignOnBusy": 503,
}


def statuses(module: object, prefix: str = "") -> dict[str, int]:
    classes = inspect.getmembers(module, inspect.isclass)
    return {
        name: each.status
        for name, each in classes
        if issubclass(each, Refusal) and each.__module__ == module.__name__ and name.startswith(prefix)
    }


def test_each_refusal_has_the_status_of_its_cause():
    assert statuses(refusals) == OF_THE_BROWSER | OF_THE_PERSON | OF_THE_BROKER_OR_THE_NETWORK | OF_OURS
    assert statuses(accounts, "SignOn") == OF_THE_SIGN_ON


def test_a_refusal_that_may_pass_says_when_to_retry():
    later = {
        name
        for name, each in inspect.getmembers(refusals, inspect.isclass)
        if getattr(each, "retry_after", 0)
    }

    assert later == {"BrokersBusy", "BrokerUnavailable"}


@pytest.mark.parametrize(
    "attack_case", [*ABOUT_THE_LINE, *ABOUT_THE_KEYS], ids=lambda attack_case: attack_case.told
)
def test_a_faulty_answer_to_our_call_is_the_brokers_fault(attack_case: AttackCase):
    assert attack_case.refusal.status >= 500 or attack_case.why == "token-invalid_grant"


@pytest.mark.parametrize("attack_case", ABOUT_THE_REPLY, ids=lambda attack_case: attack_case.told)
def test_a_faulty_reply_by_the_browser_is_the_brokers_fault_only_where_it_says_so(
    attack_case: AttackCase,
):
    assert attack_case.refusal.status < 500 or attack_case.why == "broker-unavailable"


OF_AN_ATTRIBUTE = ("attribute", "hetu", "birth-date", "last-name", "first-names", "calling-name")
OF_AN_ATTRIBUTE += ("municipality", "foreign-id", "subject", "authn-statement", "authn-context")


@pytest.mark.parametrize("attack_case", SAML_ATTACKS, ids=lambda attack_case: attack_case.told)
def test_a_saml_response_is_the_browsers_until_it_is_proven_to_answer_this_attempt(attack_case: AttackCase):
    script = SamlScript()
    attack_case.change(script)

    with pytest.raises(Refusal) as refused:
        script.finish()

    if isinstance(refused.value, IdentificationFailed):
        is_proven = str(refused.value.facts["why"]).startswith(OF_AN_ATTRIBUTE)
        assert isinstance(refused.value, ReplyRefused) is not is_proven


def _query(flow: Flow, query: str) -> int:
    state = flow.leave()["state"]
    return flow.browser.client.get(f"/return/bank/?{query.replace('STATE', state)}").status_code


QUERIES = [
    ("", 410),
    ("state=a&state=b", 400),
    ("state=STATE&state=b&code=x", 400),
    ("state=STATE", 400),
    ("state=STATE&code=", 400),
    ("state=STATE&code=x&code=y", 400),
    ("state=STATE&code=x&error=access_denied", 400),
    ("state=STATE&error=invalid_request", 400),
    ("state=STATE&error=%00", 400),
    ("state=STATE&code=x", 400),  # no iss
    ("state=STATE&iss=https://other.example&code=x", 400),
    ("state=STATE&iss=ISSUER&code=never-given", 400),
    ("state=STATE&iss=ISSUER&code=" + "x" * 9000, 400),
    ("state=STATE&iss=ISSUER&code=%0d%0a", 400),
    ("state=STATE&iss=ISSUER&code=%ff", 400),
    ("state=" + "x" * 5000, 410),
    ("state=%00", 410),
    ("code=x", 410),
    ("error=server_error", 410),
    ("error=temporarily_unavailable&state=made-up", 410),
    ("&".join(f"a{number}=1" for number in range(400)), 400),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "status"), QUERIES, ids=[query[:50] or "nothing" for query, _ in QUERIES])
def test_nothing_in_a_browsers_query_is_a_server_error(flow: Flow, query: str, status: int):
    assert _query(flow, query.replace("ISSUER", flow.base)) == status


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_another_method_is_not_allowed(flow: Flow, method: str):
    assert getattr(flow.browser.client, method)("/return/bank/").status_code in (405, 415)


POSTS = [
    ({"x": "y"}, "application/x-www-form-urlencoded", 400),
    ({"state": "STATE"}, "application/x-www-form-urlencoded", 303),
    ({"state": ["STATE", "b"]}, "application/x-www-form-urlencoded", 400),
    ({"state": "x" * 201}, "application/x-www-form-urlencoded", 400),
    ({"RelayState": "", "state": ""}, "application/x-www-form-urlencoded", 400),
    ({"state": "STATE"}, "application/json", 415),
    ({"state": "STATE"}, "text/plain", 415),
    ({"state": "STATE"}, "", 415),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("fields", "content_type", "status"), POSTS)
@pytest.mark.parametrize("door", ["/return/bank/", "/return/pigeon/"])
def test_nothing_in_a_browsers_post_is_a_server_error(
    flow: Flow, door: str, fields, content_type, status: int
):
    body = urlencode(fields, doseq=True).replace("STATE", flow.leave()["state"])

    answer = Client().post(door, body, content_type=content_type)

    is_unknown_way = status == 303 and "pigeon" in door
    assert answer.status_code == (404 if is_unknown_way else status)
