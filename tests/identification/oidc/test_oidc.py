import json
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt

from kanssa.identification.methods.oidc.broker import Broker, Encryption, SigningKey
from kanssa.identification.methods.oidc.http_client import BrokerClient
from kanssa.identification.methods.oidc.jwks import BrokerKeys
from kanssa.identification.protocol import Handover
from kanssa.identification.refusals import (
    BrokerUnavailable,
    IdentificationFailed,
)
from kanssa.values.refusal import Refusal
from tests.identification.oidc.attacks import (
    AT,
    ATTACK_CASES,
    TOLERATED_VARIANTS,
    AttackCase,
    Change,
    ecdh,
    relabelled,
)
from tests.identification.oidc.scripted_broker import (
    ATTEMPT,
    CLIENT,
    HETU,
    LOA2,
    NOW,
    RETURN_URL,
    Canned,
    Script,
    ScriptedBroker,
    ec_key,
    rsa_key,
)
from tests.identification.oidc.signed_keys import SIGNED_KEYS_ATTACKS

SIGNATURES = ["RS256", "PS256", "ES256"]
ALL_ATTACK_CASES = [*ATTACK_CASES, *SIGNED_KEYS_ATTACKS]
KEY_MANAGEMENT = ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW"]
ENCODINGS = ["A128CBC-HS256", "A128GCM", "A256GCM"]


def test_an_honest_answer_is_an_identity(script: Script) -> None:
    identity = script.finish()

    assert identity.hetu is not None
    assert identity.hetu.code == HETU
    assert identity.last_name == "Korhonen"
    assert identity.first_names == "Aino Inkeri"
    assert identity.born == identity.hetu.born
    assert identity.assurance == "substantial"
    assert identity.method == "bank"
    assert identity.authenticated_at.timestamp() == AT - 20
    assert HETU not in repr(identity)


@pytest.mark.parametrize("attack_case", ALL_ATTACK_CASES, ids=lambda attack_case: attack_case.told)
def test_an_attack_is_refused(script: Script, attack_case: AttackCase) -> None:
    attack_case.change(script)

    with pytest.raises(Refusal) as refused:
        script.finish()

    assert type(refused.value) is attack_case.refusal
    assert refused.value.facts.get("why") == attack_case.why


@pytest.mark.parametrize("attack_case", ALL_ATTACK_CASES, ids=lambda attack_case: attack_case.told)
def test_a_refusal_reveals_nothing_of_the_person(script: Script, attack_case: AttackCase) -> None:
    attack_case.change(script)

    with pytest.raises(Refusal) as refused:
        script.finish()

    shown = "".join(traceback.format_exception(refused.value)) + repr(refused.value.facts)
    secrets = ("010190", "Korhonen", "Inkeri", "the-code", ATTEMPT.nonce, "eyJ")
    assert not [secret for secret in secrets if secret in shown]


def test_the_attacks_are_many_and_differ() -> None:
    assert len({attack_case.told for attack_case in ALL_ATTACK_CASES}) == len(ALL_ATTACK_CASES) >= 200


@pytest.mark.parametrize(
    ("title", "change"), TOLERATED_VARIANTS, ids=[title for title, _ in TOLERATED_VARIANTS]
)
def test_an_oddity_is_tolerated(script: Script, title: str, change: Change) -> None:
    change(script)

    assert script.finish().last_name == "Korhonen", title


def _signs_with(script: Script, algorithm: Any) -> None:
    key = ec_key("broker-ec") if algorithm == "ES256" else rsa_key("broker-rsa")
    script.signing_key = key
    script.signed_header = {"alg": algorithm, "kid": key.kid}
    script.jwks = [dict(key.as_dict(private=False, use="sig", alg=algorithm))]
    script.changed_broker(token_algorithm=algorithm)


@pytest.mark.parametrize("signature", SIGNATURES)
@pytest.mark.parametrize(("management", "encoding"), [*product(KEY_MANAGEMENT, ENCODINGS)])
def test_each_suite_of_algorithms_is_supported(
    script: Script, signature: str, management: Any, encoding: Any
) -> None:
    key = rsa_key("our-rsa") if management.startswith("RSA") else ec_key("our-ec")
    _signs_with(script, signature)
    script.outer_key = key
    script.outer_header = {"alg": management, "enc": encoding, "kid": key.kid}
    script.changed_broker(encryption=Encryption(management, encoding, {str(key.kid): key}))

    identity = script.finish()

    assert identity.last_name == "Korhonen"


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_broker_without_encryption_is_supported(script: Script, signature: str) -> None:
    _signs_with(script, signature)
    script.outer_header = None
    script.changed_broker(encryption=None)

    identity = script.finish()

    assert identity.last_name == "Korhonen"


def test_a_token_for_our_older_key_is_decrypted_after_a_rotation(script: Script) -> None:
    keys = {"our-new": rsa_key("our-new"), "our-rsa": rsa_key("our-rsa")}
    script.changed_broker(encryption=Encryption("RSA-OAEP", "A128CBC-HS256", keys))
    script.outer_header = {"alg": "RSA-OAEP", "enc": "A128CBC-HS256"}

    identity = script.finish()

    assert identity.last_name == "Korhonen"


def _begun(script: Script, **changes: Any) -> Handover:
    asked: dict[str, Any] = {"return_url": RETURN_URL, "language": "sv", "force": True, "now": NOW}
    return script.method().begin(attempt=ATTEMPT, **{**asked, **changes})


def _query(handover: Handover) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(handover.url).query, strict_parsing=True))


def _verified(signed: str) -> dict[str, Any]:
    return jwt.decode(signed, ec_key("our-signing"), algorithms=["ES256"]).claims


EXPECTED_REQUEST = {
    "client_id": CLIENT,
    "response_type": "code",
    "redirect_uri": RETURN_URL,
    "scope": "openid ftn_hetu",
    "state": ATTEMPT.state,
    "nonce": ATTEMPT.nonce,
    "code_challenge": "3eD8SNpfbWB4BWB-ABrxfo95H0UG3u9hXI24bgOxGLU",
    "code_challenge_method": "S256",
    "acr_values": f"{LOA2} http://ftn.ficora.fi/2017/loa3",
    "ui_locales": "sv",
    "max_age": "0",
    "prompt": "login",
}


def test_the_authorization_request_holds_everything_in_the_query(script: Script) -> None:
    handover = _begun(script)

    assert handover.form is None
    assert handover.url.startswith(script.broker.endpoints.authorization + "?")
    assert _query(handover) == EXPECTED_REQUEST


def test_an_old_log_in_is_requested_only_where_the_broker_is_set_so(script: Script) -> None:
    script.changed_broker(max_age=900)

    relaxed, forced = _query(_begun(script, force=False)), _query(_begun(script))

    assert (relaxed["max_age"], "prompt" in relaxed) == ("900", False)
    assert (forced["max_age"], forced["prompt"]) == ("0", "login")


def test_an_old_log_in_is_accepted_only_for_an_attempt_that_was_not_forced(script: Script) -> None:
    script.changed_broker(max_age=900)
    script.claims["auth_time"] = AT - 600

    with pytest.raises(IdentificationFailed) as refused:
        script.finish()
    script.attempt = replace(script.attempt, forced=False)

    assert refused.value.facts["why"] == "auth_time"
    assert script.finish().last_name == "Korhonen"


@pytest.mark.parametrize(
    ("force_by", "asked"),
    [
        (("prompt",), {"prompt"}),
        (("max_age",), {"max_age"}),
        (("prompt", "max_age"), {"prompt", "max_age"}),
        ((), set()),
    ],
)
def test_each_broker_is_forced_in_its_configured_way(script: Script, force_by: Any, asked: set[str]) -> None:
    script.changed_broker(force_by=force_by)

    query = _query(_begun(script))

    assert query.keys() & {"prompt", "max_age"} == asked


@pytest.mark.parametrize("mode", ["query", "request_object"])
def test_acr_values_may_force_a_log_in_instead(script: Script, mode: Any) -> None:
    script.changed_broker(force_by=(), forced_acr_values="urn:afresh", request_mode=mode, max_age=900)

    forced, relaxed = _query(_begun(script)), _query(_begun(script, force=False))

    said = forced if mode == "query" else _verified(forced["request"])
    other = relaxed if mode == "query" else _verified(relaxed["request"])
    assert said["acr_values"] == "urn:afresh"
    assert other["acr_values"] == EXPECTED_REQUEST["acr_values"]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_trust_network_gets_the_services_name_in_the_persons_language_and_the_bank(
    script: Script, language: str
) -> None:
    names = {"fi": "Asuntohakemus", "sv": "Bostadsansökan", "en": "Housing application"}
    script.changed_broker(service_name=names, idp="fi-op", request_mode="request_object")

    inside = _verified(_query(_begun(script, language=language))["request"])

    assert inside["ftn_spname"] == names[language]
    assert inside["ftn_idp_id"] == "fi-op"
    assert inside["ui_locales"] == language


def test_a_brokers_extra_parameters_never_replace_ours(script: Script) -> None:
    script.changed_broker(extra_parameters={"ftn_sp_name": "Asuntohakemus", "state": "evil"})

    query = _query(_begun(script))

    assert query["ftn_sp_name"] == "Asuntohakemus"
    assert query["state"] == ATTEMPT.state


def test_an_authorization_endpoint_may_have_a_query_of_its_own(script: Script) -> None:
    endpoints = replace(script.broker.endpoints, authorization="https://b.example/a?tenant=1")
    script.changed_broker(endpoints=endpoints)

    assert _query(_begun(script))["tenant"] == "1"


def test_a_signed_request_object_says_the_same(script: Script) -> None:
    script.changed_broker(request_mode="request_object")

    query = _query(_begun(script))

    inside = _verified(query.pop("request"))
    assert query == {name: EXPECTED_REQUEST[name] for name in query}
    assert query.keys() == {"client_id", "response_type", "scope"}
    assert inside.pop("iss") == CLIENT
    assert inside.pop("aud") == script.broker.issuer
    assert (inside.pop("iat"), inside.pop("nbf"), inside.pop("exp")) == (AT, AT, AT + 300)
    assert len(inside.pop("jti")) > 20
    assert inside == {**EXPECTED_REQUEST, "max_age": 0}


@pytest.mark.parametrize("mode", ["pushed", "pushed_request_object"])
def test_a_pushed_request_leaves_only_its_address_to_the_browser(script: Script, mode: Any) -> None:
    script.changed_broker(request_mode=mode)

    query = _query(_begun(script))

    [(path, pushed)] = script.seen
    assert query == {"client_id": CLIENT, "request_uri": "urn:pushed:1"}
    assert path == "/par"
    said = _verified(pushed["request"]) if mode.endswith("object") else pushed
    assert said["nonce"] == ATTEMPT.nonce
    assert _verified(pushed["client_assertion"])["sub"] == CLIENT


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Canned(b'{"error":"invalid_request"}', 400), "pushed-refused"),
        (Canned(b"{}", 201), "pushed-refused"),
        (Canned(b'{"request_uri":7}', 201), "pushed-refused"),
        (Canned(b"<p>", 201, {"Content-Type": "text/html"}), "pushed-answer-type"),
        (Canned(b"{}", 308, {"Location": "/par2"}), "pushed-redirect"),
    ],
)
def test_a_rejected_pushed_request_is_refused(script: Script, answer: Canned, why: str) -> None:
    script.changed_broker(request_mode="pushed")
    script.pushed_answer = answer

    with pytest.raises(IdentificationFailed) as refused:
        _begun(script)

    assert refused.value.facts["why"] == why


def test_the_code_is_redeemed_with_the_verifier_and_a_fresh_assertion(script: Script) -> None:
    method = script.method()

    script.finish(method)
    script.finish(method)

    first, second = (fields for path, fields in script.seen if path == "/token")
    assert first["code"] == "the-code"
    assert first["code_verifier"] == ATTEMPT.verifier
    assert first["redirect_uri"] == RETURN_URL
    assert first["grant_type"] == "authorization_code"
    assertion = _verified(first["client_assertion"])
    assert (assertion["iss"], assertion["sub"]) == (CLIENT, CLIENT)
    assert assertion["aud"] == script.broker.endpoints.token
    assert assertion["exp"] - assertion["iat"] == 60
    assert assertion["jti"] != _verified(second["client_assertion"])["jti"]


@pytest.mark.parametrize("algorithm", SIGNATURES)
def test_we_sign_with_the_algorithm_agreed(script: Script, algorithm: Any) -> None:
    key = ec_key("our-signing") if algorithm == "ES256" else rsa_key("our-signing")
    script.changed_broker(signing_key=SigningKey(key, algorithm))

    script.finish()

    [assertion] = [fields["client_assertion"] for path, fields in script.seen if path == "/token"]
    assert jwt.decode(assertion, key, algorithms=[algorithm]).header["kid"] == key.kid


def test_the_keys_are_fetched_once_for_many_log_ins(script: Script) -> None:
    method = script.method()

    for _ in range(5):
        script.finish(method)

    assert [path for path, _ in script.seen].count("/jwks") == 1


def test_a_key_rotation_does_not_break_log_ins_in_progress(script: Script) -> None:
    method = script.method()
    script.finish(method)
    new = rsa_key("broker-new")
    script.jwks = [dict(new.as_dict(private=False, use="sig"))]
    script.signing_key = new
    script.signed_header["kid"] = "broker-new"

    identity = script.finish(method)

    assert identity.last_name == "Korhonen"
    assert [path for path, _ in script.seen].count("/jwks") == 2


class Clock:
    def __init__(self) -> None:
        self.seconds = 10_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def find(script: Script, clock: Clock) -> Callable[[str], object]:
    line = BrokerClient(script.broker.timeouts)
    keys = BrokerKeys(script.broker, line, clock=clock)
    return lambda kid: keys.find(kid, line.time_left(), now=NOW)


def _fetches(script: Script) -> int:
    return [path for path, _ in script.seen].count("/jwks")


def test_many_requests_at_once_fetch_the_keys_once(script: Script, find: Callable[[str], object]) -> None:
    with ThreadPoolExecutor(8) as people:
        found = list(people.map(find, ["broker-rsa"] * 16))

    assert len(set(map(id, found))) == 1
    assert _fetches(script) == 1


def test_an_unknown_kid_is_fetched_once_a_minute(
    script: Script, clock: Clock, find: Callable[[str], object]
) -> None:
    find("broker-rsa")

    for _ in range(3):
        with pytest.raises(IdentificationFailed):
            find("made-up")
    clock.seconds += 61
    with pytest.raises(IdentificationFailed):
        find("made-up")

    assert _fetches(script) == 3


def test_many_unknown_kids_do_not_flood_the_broker(script: Script, find: Callable[[str], object]) -> None:
    for number in range(50):
        with pytest.raises(IdentificationFailed):
            find(f"made-up-{number}")

    assert _fetches(script) <= 11


def test_a_withdrawn_key_is_forgotten_within_an_hour(
    script: Script, clock: Clock, find: Callable[[str], object]
) -> None:
    find("broker-rsa")
    script.jwks = []
    clock.seconds += 3601

    with pytest.raises(IdentificationFailed):
        find("broker-rsa")


def test_a_broker_with_failing_keys_is_not_called_for_a_moment(
    script: Script, clock: Clock, find: Callable[[str], object]
) -> None:
    script.jwks_answer = Canned(b"{}", status=503)

    for _ in range(3):
        with pytest.raises(BrokerUnavailable):
            find("broker-rsa")
    script.jwks_answer = None
    clock.seconds += 6
    find("broker-rsa")

    assert _fetches(script) == 2


def test_nothing_is_tried_twice(script: Script) -> None:
    script.token_answer = Canned(b"{}", status=503)

    with pytest.raises(BrokerUnavailable):
        script.finish()

    assert [path for path, _ in script.seen] == ["/token"]


def test_the_broker_is_not_called_for_a_reply_of_another_attempt(script: Script) -> None:
    script.reply["state"] = "another"

    with pytest.raises(IdentificationFailed):
        script.finish()

    assert script.seen == []


BASE64_URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
SPOILING = settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@SPOILING
@given(index=st.integers(0, 10_000), new=st.sampled_from(BASE64_URL), drop=st.integers(0, 3))
def test_a_token_with_one_changed_character_is_never_accepted(
    broker_server: ScriptedBroker, index: int, new: str, drop: int
) -> None:
    script = broker_server.honest_script()
    honest = _one_honest_token(script)
    index %= len(honest)
    changed = honest[:index] + new + honest[index + drop :]
    script.token_answer = Canned(json.dumps({"id_token": changed}).encode())

    if changed == honest:
        assert script.finish().last_name == "Korhonen"
    else:
        with pytest.raises(IdentificationFailed):
            script.finish()


@SPOILING
@given(index=st.integers(0, 10_000), new=st.sampled_from(BASE64_URL), drop=st.integers(0, 3))
def test_a_signed_token_with_one_changed_character_is_never_accepted(
    broker_server: ScriptedBroker, index: int, new: str, drop: int
) -> None:
    script = broker_server.honest_script()
    script.changed_broker(encryption=None)
    honest = script.inner_token()
    index %= len(honest)
    changed = honest[:index] + new + honest[index + drop :]
    script.token_answer = Canned(json.dumps({"id_token": changed}).encode())

    if changed == honest:
        assert script.finish().last_name == "Korhonen"
    else:
        with pytest.raises(IdentificationFailed):
            script.finish()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
CLAIMS = ["iss", "aud", "exp", "iat", "nonce", "auth_time", "acr", "sub", "azp", "nbf"]
CLAIMS += ["urn:oid:1.2.246.21", "urn:oid:2.5.4.4", "urn:oid:1.3.6.1.5.5.7.9.1"]


@SPOILING
@given(name=st.sampled_from(CLAIMS), value=ANYTHING)
def test_any_value_of_a_signed_claim_gets_an_answer(
    broker_server: ScriptedBroker, name: str, value: object
) -> None:
    script = broker_server.honest_script()
    script.changed_broker(encryption=None)
    script.outer_header = None
    script.claims[name] = value

    try:
        identity = script.finish()
    except Refusal:
        return
    assert identity.hetu is not None


OUTER = ["alg", "enc", "kid", "cty", "typ", "zip", "crit", "epk", "apu", "apv", "x5t", "p2c"]
EPHEMERAL = ["kty", "crv", "x", "y", "d", "use", "key_ops", "kid"]


@SPOILING
@given(changes=st.dictionaries(st.sampled_from(OUTER), ANYTHING, min_size=1))
def test_any_change_of_an_outer_header_is_refused(
    broker_server: ScriptedBroker, changes: dict[str, object]
) -> None:
    script = broker_server.honest_script()
    relabelled(**changes)(script)

    with pytest.raises(IdentificationFailed):
        script.finish()


@SPOILING
@given(changes=st.dictionaries(st.sampled_from(EPHEMERAL), ANYTHING, min_size=1))
def test_any_made_up_ephemeral_key_is_refused(broker_server: ScriptedBroker, changes: dict[str, Any]) -> None:
    script = broker_server.honest_script()
    ecdh(**changes)(script)

    with pytest.raises(IdentificationFailed):
        script.finish()


@SPOILING
@given(name=st.sampled_from(["alg", "kid", "typ", "cty", "crit", "jwk", "x5t", "y"]), value=ANYTHING)
def test_any_value_of_a_signed_header_gets_an_answer(
    broker_server: ScriptedBroker, name: str, value: object
) -> None:
    script = broker_server.honest_script()
    script.changed_broker(encryption=None)
    script.outer_header = None
    script.signed_header[name] = value

    try:
        identity = script.finish()
    except IdentificationFailed:
        return
    assert name in ("x5t", "typ", "y")
    assert identity.hetu is not None


@SPOILING
@given(name=st.sampled_from(["kty", "use", "alg", "kid", "key_ops", "n", "e", "d"]), value=ANYTHING)
def test_any_value_of_a_published_key_gets_an_answer(
    broker_server: ScriptedBroker, name: str, value: object
) -> None:
    script = broker_server.honest_script()
    script.jwks[0][name] = value

    with pytest.raises(IdentificationFailed):
        script.finish()


@SPOILING
@given(reply=st.dictionaries(st.sampled_from(["code", "state", "error", "iss", "x"]), st.text()))
def test_any_reply_without_our_state_is_refused(broker_server: ScriptedBroker, reply: dict[str, str]) -> None:
    script = broker_server.honest_script()
    script.reply = reply

    with pytest.raises(IdentificationFailed):
        script.finish()


_HONEST_TOKENS: dict[str, str] = {}


def _one_honest_token(script: Script) -> str:
    """Make one token, once: RSA is slow, and the tests are about changing the token."""
    return _HONEST_TOKENS.setdefault(script.broker.issuer, script.token())


def test_a_broker_object_shows_no_key(script: Script) -> None:
    assert "RSAKey" not in repr(script.broker)
    assert "ECKey" not in repr(script.broker)
    assert isinstance(script.broker, Broker)
