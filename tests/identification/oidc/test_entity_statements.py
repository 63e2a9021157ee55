from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from kanssa.identification.methods.oidc.broker import OwnEntity, SigningKey
from kanssa.identification.methods.oidc.own_keys import public_jwk
from kanssa.identification.protocol import Document
from tests.identification.oidc.scripted_broker import NOW, RETURN_URL, Canned, Script, rsa_key
from tests.identification.oidc.signed_keys import ENTITY, JOSE, signed_keys, trust_the_entity

OURS = "https://kanssa.example/entity/bank"


@pytest.mark.parametrize("kind", ["application/jose", "application/jwt", "application/jwk-set+jwt"])
@pytest.mark.parametrize("typ", ["jwk-set+jwt", "JWT", "JOSE", "application/jwk-set+jwt"])
def test_keys_that_the_brokers_entity_signed_are_accepted(script: Script, kind: str, typ: str) -> None:
    trust_the_entity(script)
    body = signed_keys(script, header={"typ": typ})
    script.jwks_answer = Canned(f"{body}\n".encode(), headers={"Content-Type": kind})

    assert script.finish().last_name == "Korhonen"


def test_the_entity_and_the_issuer_may_have_different_names(script: Script) -> None:
    trust_the_entity(script)

    script.finish()

    assert script.broker.issuer != ENTITY


def test_either_of_two_pinned_entity_keys_is_accepted(script: Script) -> None:
    trust_the_entity(script)
    pinned = script.broker.broker_entity
    assert pinned is not None
    script.changed_broker(broker_entity=replace(pinned, keys=(rsa_key("entity-next"), *pinned.keys)))

    assert script.finish().last_name == "Korhonen"


def test_signed_keys_are_fetched_again_when_they_expire(script: Script) -> None:
    trust_the_entity(script)
    soon = int(NOW.timestamp()) - 29
    script.jwks_answer = Canned(signed_keys(script, claims={"exp": soon}).encode(), headers=JOSE)
    method = script.method()

    script.finish(method)
    script.finish(method)

    assert [path for path, _ in script.seen].count("/jwks") == 2


@pytest.fixture
def ours(script: Script) -> Script:
    """Return a broker that asks for an entity statement of ours."""
    key = rsa_key("our-entity")
    entity = OwnEntity(
        OURS, "Helsingin kaupunki", SigningKey(key, "RS256"), (public_jwk(key, "sig", "RS256"),)
    )
    published = (
        public_jwk(rsa_key("our-sig"), "sig", "RS256"),
        public_jwk(rsa_key("our-rsa"), "enc", "RSA-OAEP"),
    )
    script.changed_broker(entity=entity, published_keys=published)
    return script


def read(document: Document | None, kind: str) -> dict[str, object]:
    """Read a document as a broker does that has our entity key."""
    assert document is not None
    assert document.content_type == f"application/{kind}"
    known = RSAKey.import_key(rsa_key("our-entity").as_dict(private=False))
    token = jwt.decode(document.content.decode(), known, algorithms=["RS256"])
    assert token.header["typ"] == kind
    assert token.header["kid"] == "our-entity"
    assert (token.claims["iss"], token.claims["sub"]) == (OURS, OURS)
    assert token.claims["exp"] - token.claims["iat"] > 24 * 3600
    return token.claims


def published(script: Script, path: str) -> Document | None:
    return script.method().published(OURS + path, return_url=RETURN_URL, now=NOW)


def test_our_statement_describes_us_to_this_broker(ours: Script) -> None:
    said = read(published(ours, "/.well-known/openid-federation"), "entity-statement+jwt")

    metadata = said["metadata"]
    assert isinstance(metadata, dict)
    party = metadata["openid_relying_party"]
    assert party["redirect_uris"] == [RETURN_URL]
    assert party["signed_jwks_uri"] == f"{OURS}/signed-jwks"
    assert party["organization_name"] == "Helsingin kaupunki"
    assert party["token_endpoint_auth_method"] == "private_key_jwt"
    assert party["id_token_signed_response_alg"] == "RS256"
    assert party["id_token_encrypted_response_alg"] == "RSA-OAEP"
    assert party["id_token_encrypted_response_enc"] == "A128CBC-HS256"
    keys = said["jwks"]
    assert isinstance(keys, dict)
    assert [key["kid"] for key in keys["keys"]] == ["our-entity"]


def test_our_signed_keys_hold_one_for_each_use_and_no_private_half(ours: Script) -> None:
    said = read(published(ours, "/signed-jwks"), "jwk-set+jwt")

    keys = said["keys"]
    assert isinstance(keys, list)
    assert {(key["use"], key["alg"], key["kid"]) for key in keys} == {
        ("sig", "RS256", "our-sig"),
        ("enc", "RSA-OAEP", "our-rsa"),
    }
    assert not [name for key in keys for name in ("d", "p", "q", "dp", "dq", "qi", "k") if name in key]
    assert len(KeySet.import_key_set({"keys": keys}).keys) == 2


def test_our_documents_are_signed_again_only_after_a_while(ours: Script) -> None:
    method = ours.method()
    ask = {"address": f"{OURS}/signed-jwks", "return_url": RETURN_URL}

    first = method.published(**ask, now=NOW)
    soon = method.published(**ask, now=NOW + timedelta(minutes=29))
    later = method.published(**ask, now=NOW + timedelta(minutes=31))

    assert first is soon
    assert later is not None
    assert first != later


@pytest.mark.parametrize(
    "address", [OURS, f"{OURS}/signed-jwks/", "https://other.example/signed-jwks", f"{OURS}-2/signed-jwks"]
)
def test_nothing_is_published_elsewhere(ours: Script, address: str) -> None:
    assert ours.method().published(address, return_url=RETURN_URL, now=NOW) is None


def test_a_broker_without_a_statement_setting_gets_none(script: Script) -> None:
    assert published(script, "/signed-jwks") is None
