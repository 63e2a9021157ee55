"""Attacks between the browser, us and two brokers, through the real pages."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from joserfc import jwt

from kanssa.evidence.models import Event
from kanssa.identification import registry
from kanssa.identification.models import Identification, IdentificationAttempt
from tests.cast import AINO, later, sent
from tests.identification.oidc.attacks import BIG, HTML, drips_its_body, drips_its_headers, hangs_up
from tests.identification.oidc.flow import METHODS_FILE, Flow, told
from tests.identification.oidc.scripted_broker import Canned, rsa_key
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db

MARKER = "Raw-words-of-the-broker"


@dataclass(frozen=True)
class Attack:
    """One change to an honest journey, with the expected refusal."""

    told: str
    does: Callable[[Flow], HttpResponse]
    code: str
    status: int


def other_browser() -> Browser:
    browser = Browser()
    browser.post("identification/cookies/")
    return browser


def reply_again(flow: Flow) -> HttpResponse:
    reply = flow.grant(flow.leave())
    flow.back(reply)
    flow.browser.client.cookies.clear()
    Identification.objects.all().delete()
    return flow.back(reply, browser=_same_browser_unidentified(flow))


def _same_browser_unidentified(flow: Flow) -> Browser:
    return other_browser()


def reply_again_here(flow: Flow) -> HttpResponse:
    reply = flow.grant(flow.leave())
    flow.script.attack_case = Canned(b'{"error":"invalid_grant"}', 400)
    flow.back(reply)
    flow.script.attack_case = None
    return flow.back(reply)


def state_with_a_new_code(flow: Flow) -> HttpResponse:
    asked = flow.leave()
    flow.back({**flow.grant(asked), "error": "access_denied"})
    return flow.back(flow.grant(asked, code="another"))


def code_again(flow: Flow) -> HttpResponse:
    used = flow.grant(flow.leave(), code="used")
    flow.back(used, browser=flow.browser)
    Identification.objects.all().delete()
    asked = flow.leave()
    return flow.back({**used, "state": asked["state"]})


def code_of_another_injected(flow: Flow) -> HttpResponse:
    """Inject the thief's own code into the victim's reply: the victim would act as the thief, or be them."""
    thief = other_browser()
    stolen = flow.grant(flow.leave(browser=thief), "eino")
    asked = flow.leave()
    return flow.back({**stolen, "state": asked["state"]})


def code_injected_where_the_broker_checks_nothing(flow: Flow) -> HttpResponse:
    flow.script.checks_pkce = False
    return code_of_another_injected(flow)


def victims_code_in_the_thiefs_browser(flow: Flow) -> HttpResponse:
    reply = flow.grant(flow.leave())
    thief = other_browser()
    asked = flow.leave(browser=thief)
    return flow.back({**reply, "state": asked["state"]}, browser=thief)


def reply_in_another_browser(flow: Flow) -> HttpResponse:
    return flow.back(flow.grant(flow.leave()), browser=other_browser())


def thiefs_reply_in_the_victims_browser(flow: Flow) -> HttpResponse:
    """Log the victim in as the thief (login CSRF)."""
    return flow.back(flow.grant(flow.leave(browser=other_browser()), "eino"))


def reply_without_an_attempt(flow: Flow) -> HttpResponse:
    return flow.back({"code": "x", "state": "made-up", "iss": flow.base})


def reply_without_a_state(flow: Flow) -> HttpResponse:
    return flow.back({"code": "x", "iss": flow.base})


def reply_at_the_other_brokers_address(flow: Flow) -> HttpResponse:
    return flow.back(flow.grant(flow.leave("bank")), "mobile")


def reply_of_the_other_broker(flow: Flow) -> HttpResponse:
    """Mix up brokers: one began, and the other, which names itself, answers."""
    asked = flow.leave("bank")
    other = flow.grant(flow.leave("mobile"))
    return flow.back({**other, "state": asked["state"]}, "bank")


def reply_of_the_other_broker_under_a_false_name(flow: Flow) -> HttpResponse:
    asked = flow.leave("bank")
    other = flow.grant(flow.leave("mobile"))
    return flow.back({**other, "state": asked["state"], "iss": flow.base}, "bank")


def reply_of_an_unnamed_broker(flow: Flow) -> HttpResponse:
    reply = flow.grant(flow.leave())
    del reply["iss"]
    return flow.back(reply)


def token_of_the_other_broker(flow: Flow) -> HttpResponse:
    reply = flow.grant(flow.leave())
    flow.script.grants[reply["code"]]["iss"] = f"{flow.base}/mobile"
    return flow.back(reply)


def token_for_another_attempt(flow: Flow) -> HttpResponse:
    first, second = flow.leave(), flow.leave()
    reply = flow.grant(second)
    flow.script.grants[reply["code"]]["nonce"] = first["nonce"]
    return flow.back(reply)


def log_in_of_yesterday(flow: Flow) -> HttpResponse:
    flow.script.claims["auth_time"] -= 86_400
    return flow.back(flow.grant(flow.leave()))


def withdrawn_key(flow: Flow) -> HttpResponse:
    flow.script.jwks.clear()
    return flow.back(flow.grant(flow.leave()))


def lies_at_the_token_endpoint(answer: object) -> Callable[[Flow], HttpResponse]:
    def attack(flow: Flow) -> HttpResponse:
        flow.script.attack_case = answer  # type: ignore[assignment]
        return flow.back(flow.grant(flow.leave()))

    return attack


def twice(name: str) -> Callable[[Flow], HttpResponse]:
    def attack(flow: Flow) -> HttpResponse:
        reply = flow.grant(flow.leave())
        return flow.browser.client.get("/return/bank/", [*reply.items(), (name, reply[name])])

    return attack


def too_late(flow: Flow) -> HttpResponse:
    reply = flow.grant(flow.leave())
    IdentificationAttempt.objects.update(begun_at=later(hours=1) - timedelta(minutes=31))
    return flow.back(reply)


def the_broker_refuses(error: str) -> Callable[[Flow], HttpResponse]:
    def attack(flow: Flow) -> HttpResponse:
        reply = {**flow.grant(flow.leave()), "error": error, "error_description": MARKER, "error_uri": MARKER}
        del reply["code"]
        return flow.back(reply)

    return attack


EXPIRED = ("identification-expired", 410)
FAILED = ("identification-failed", 502)
REFUSED = ("identification-reply-refused", 400)
DOWN = ("identification-unavailable", 503)
ELSEWHERE = ("identification-other-browser", 403)
CANCELLED = ("identification-cancelled", 200)
WORDS = told({"error": f"<script>{MARKER}</script>", "error_description": MARKER})
MOVED = {"Location": "https://evil.example/token"}

ATTACKS = [
    Attack("a response replayed elsewhere", reply_again, *ELSEWHERE),
    Attack("a response replayed here", reply_again_here, *EXPIRED),
    Attack("a state replayed with a new code", state_with_a_new_code, *EXPIRED),
    Attack("a code replayed", code_again, *REFUSED),
    Attack("a thief's code injected", code_of_another_injected, *REFUSED),
    Attack("a code injected, no PKCE", code_injected_where_the_broker_checks_nothing, *REFUSED),
    Attack("a stolen code in the thief's browser", victims_code_in_the_thiefs_browser, *REFUSED),
    Attack("a callback in another browser", reply_in_another_browser, *ELSEWHERE),
    Attack("a thief's callback here", thiefs_reply_in_the_victims_browser, *ELSEWHERE),
    Attack("an unrequested response", reply_without_an_attempt, *EXPIRED),
    Attack("a response without state", reply_without_a_state, *EXPIRED),
    Attack("at the other broker's address", reply_at_the_other_brokers_address, *EXPIRED),
    Attack("mix-up of two brokers", reply_of_the_other_broker, *REFUSED),
    Attack("mix-up under a false name", reply_of_the_other_broker_under_a_false_name, *REFUSED),
    Attack("a broker without a name", reply_of_an_unnamed_broker, *REFUSED),
    Attack("a token of the other broker", token_of_the_other_broker, *FAILED),
    Attack("a token for another attempt", token_for_another_attempt, *REFUSED),
    Attack("a log-in of yesterday", log_in_of_yesterday, *FAILED),
    Attack("a token for a withdrawn key", withdrawn_key, *FAILED),
    Attack("the code twice", twice("code"), *REFUSED),
    Attack("the state twice", twice("state"), *REFUSED),
    Attack("after half an hour", too_late, *EXPIRED),
    Attack("redirecting token endpoint", lies_at_the_token_endpoint(Canned(b"", 307, MOVED)), *FAILED),
    Attack("HTML token endpoint", lies_at_the_token_endpoint(Canned(b"<p>", headers=HTML)), *FAILED),
    Attack("huge token endpoint", lies_at_the_token_endpoint(Canned(BIG)), *FAILED),
    Attack("slow token endpoint", lies_at_the_token_endpoint(drips_its_body), *DOWN),
    Attack("slow headers", lies_at_the_token_endpoint(drips_its_headers), *DOWN),
    Attack("token endpoint that hangs up", lies_at_the_token_endpoint(hangs_up), *DOWN),
    Attack("token endpoint out of order", lies_at_the_token_endpoint(Canned(b"{}", 500)), *DOWN),
    Attack("words of the token endpoint", lies_at_the_token_endpoint(WORDS), *FAILED),
    Attack("words of a refusal", the_broker_refuses(f"<b>{MARKER}</b>"), *REFUSED),
    Attack("words of a server's fault", the_broker_refuses("server_error"), *DOWN),
    Attack("words of a cancelling", the_broker_refuses("access_denied"), *CANCELLED),
    Attack("come back later", the_broker_refuses("temporarily_unavailable"), *DOWN),
]


OF_NO_ATTEMPT = {"an unrequested response", "a response without state", "at the other broker's address"}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.told)
def test_an_attack_is_refused_and_identifies_no_person(flow: Flow, attack: Attack) -> None:
    answer = attack.does(flow)

    refused = Event.objects.filter(kind="refused", facts__contains={"deed": "finish_identification"}).last()
    assert answer.status_code == attack.status
    if attack.told in OF_NO_ATTEMPT:  # a stranger's request must not fill the event log
        assert refused is None
    elif "twice" not in attack.told:  # refused before the attempt is looked up
        assert refused is not None
        assert refused.facts["code"] == attack.code
    assert MARKER not in answer.content.decode()
    assert "evil.example" not in str(answer.headers)
    page = flow.browser.get("e-service/")
    assert page.status_code == 401


def test_the_honest_journey_identifies(flow: Flow) -> None:
    application = sent(AINO)

    answer = flow.back(flow.grant(flow.leave()))

    assert answer.status_code == 302
    assert flow.browser.get("e-service/").status_code == 200
    assert application.applicants.get().person_id


def test_the_other_broker_works_beside_the_first(flow: Flow) -> None:
    assert flow.back(flow.grant(flow.leave("mobile")), "mobile").status_code == 302


def test_a_reply_refused_elsewhere_still_works_in_its_own_browser(flow: Flow) -> None:
    reply = flow.grant(flow.leave())
    flow.back(reply, browser=other_browser())

    assert flow.back(reply).status_code == 302


def test_a_mixed_up_code_is_never_sent_to_the_other_broker(flow: Flow) -> None:
    reply_of_the_other_broker(flow)
    reply_at_the_other_brokers_address(flow)

    assert flow.asked_for_tokens() == 0


@pytest.mark.parametrize("whose", ["ours", "the broker's"])
def test_a_key_rotation_does_not_break_log_ins_in_progress(flow: Flow, whose: str) -> None:
    reply = flow.grant(flow.leave())
    new = rsa_key("new")
    if whose == "ours":
        # The broker encrypts for the key that it knew, after we have begun to accept another.
        _accept_also(new)
    else:
        flow.script.jwks[:] = [dict(new.as_dict(private=False, use="sig"))]
        flow.script.signing_key = new
        flow.script.signed_header["kid"] = "new"

    assert flow.back(reply).status_code == 302


def test_a_token_for_our_next_key_is_read_before_the_key_is_published(flow: Flow) -> None:
    reply = flow.grant(flow.leave())
    new = rsa_key("new")
    _accept_also(new)
    flow.script.outer_key = new
    assert flow.script.outer_header is not None
    flow.script.outer_header["kid"] = "new"

    assert flow.back(reply).status_code == 302


def _accept_also(key) -> None:
    """Restart with one more key, as after `keys generate`."""
    method = registry.methods()["bank"]
    old = method._broker
    encryption = replace(old.encryption, keys={str(key.kid): key, **old.encryption.keys})
    method.__init__(replace(old, encryption=encryption))


def _break(flow: Flow) -> None:
    flow.script.attack_case = Canned(b"{}", status=503)
    for _ in range(3):
        flow.back(flow.grant(flow.leave("bank")))


def test_a_broker_that_does_not_answer_is_marked_and_the_others_work(flow: Flow) -> None:
    _break(flow)
    flow.script.attack_case = None

    page = flow.browser.get("identification/")

    assert "This method is not available right now" in text_of(page)
    assert "Identify at the service desk" in text_of(page)
    assert "/en/identification/mobile/" in page.content.decode()
    assert "/en/identification/bank/" not in page.content.decode()
    assert flow.browser.send("identification/bank/").status_code == 503
    assert flow.back(flow.grant(flow.leave("mobile")), "mobile").status_code == 302


def test_a_broker_that_answers_again_is_offered_again(flow: Flow) -> None:
    reply = flow.grant(flow.leave())
    _break(flow)
    flow.script.attack_case = None

    flow.back(reply)
    page = text_of(flow.browser.get("identification/"))

    assert "is not available right now" not in page


@pytest.mark.parametrize("identifier", ["http://127.0.0.1:8000", "http://127.0.0.1:8000/entity/bank"])
def test_brokers_find_our_statement_and_our_keys_at_the_configured_address(
    flow: Flow, settings, identifier: str
) -> None:
    settings.IDENTIFICATION_FILE.write_text(
        METHODS_FILE.replace("[methods.mobile]", f'entity = "{identifier}"\n[methods.mobile]')
    )
    registry._loaded.cache_clear()
    path = identifier.removeprefix("http://127.0.0.1:8000")
    broker = Client(headers={"host": "127.0.0.1:8000"})

    statement = broker.get(f"{path}/.well-known/openid-federation")
    keys = broker.get(f"{path}/signed-jwks")

    assert (statement.status_code, keys.status_code) == (200, 200)
    assert statement["Content-Type"] == "application/entity-statement+jwt"
    assert keys["Content-Type"] == "application/jwk-set+jwt"
    said = jwt.decode(statement.content.decode(), rsa_key("our-entity"), algorithms=["RS256"]).claims
    party = said["metadata"]["openid_relying_party"]
    assert party["redirect_uris"] == ["http://127.0.0.1:8000/return/bank/"]
    assert party["signed_jwks_uri"] == f"{identifier}/signed-jwks"
    assert not statement.cookies
    assert broker.get("/entity/mobile/signed-jwks").status_code == 404
