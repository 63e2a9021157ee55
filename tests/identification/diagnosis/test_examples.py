"""The example configurations are complete, and cannot be run unread."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import override_settings

from kanssa.identification import registry
from kanssa.identification.configuration.key_folder import KeyFolder
from kanssa.identification.diagnosis.production_checks import production_faults
from tests.identification.oidc.scripted_broker import NOW, rsa_key
from tests.identification.saml.scripted_provider import pair

EXAMPLES = sorted((Path(__file__).parents[3] / "deploy" / "identification").glob("*.toml"))
OIDC = [file for file in EXAMPLES if 'kind = "oidc"' in file.read_text("utf-8")]


def filled_in(example: Path, folder: Path) -> Path:
    """Replace what an operator has to replace, and make the keys."""
    text = example.read_text("utf-8")
    for yours, ours in (
        ("YOUR-CLIENT-ID", "kanssa-1"),
        ("YOUR CITY", "Helsingin kaupunki"),
        ("YOUR-DOMAIN", "helsinki"),
        ("YOUR-SSO", "kirjautuminen.hel"),
        ("YOUR-REALM", "asukkaat"),
        ("asuntohakemus.example", "asuntohakemus.hel.fi"),
    ):
        text = text.replace(yours, ours)
    file = folder / "identification.toml"
    file.write_text(text, "utf-8")
    pem = rsa_key("example").as_pem(private=True)
    keys = KeyFolder(folder / "keys" / example.stem.replace("keycloak", "city"))
    for use in ("sig", "enc", "entity"):
        made = keys.generate(use, "EC", now=NOW)  # a quick stand-in, replaced at once
        (keys.folder / made.file).write_bytes(pem)
        keys.publish(made.kid, now=NOW)
    entity = rsa_key("their-entity").as_pem(private=False)
    (folder / "keys" / f"{example.stem}-entity.pem").write_bytes(entity)
    return file


def test_there_is_an_example_for_each_broker() -> None:
    assert {file.stem for file in OIDC} == {"op", "telia", "signicat", "nets", "keycloak"}


@pytest.mark.parametrize("example", OIDC, ids=lambda file: file.stem)
def test_a_filled_in_example_makes_a_method_and_starts_in_production(example: Path, tmp_path: Path) -> None:
    file = filled_in(example, tmp_path)

    with override_settings(
        IDENTIFICATION_FILE=file, IDENTIFICATION_METHODS={"oidc": "kanssa.identification.methods.oidc.load"}
    ):
        [method] = registry.methods().values()

    assert method.label("sv")
    assert production_faults(file) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_that_was_not_filled_in_does_not_start_in_production(example: Path) -> None:
    assert production_faults(example)


def test_the_example_of_suomi_fi_makes_a_method_and_starts_in_production(tmp_path: Path) -> None:
    example = next(file for file in EXAMPLES if file.stem == "suomifi")
    text = example.read_text("utf-8").replace("YOUR-DOMAIN", "helsinki").replace("YOUR", "Helsinki")
    file = tmp_path / "identification.toml"
    file.write_text(text.replace("asuntohakemus.example", "asuntohakemus.hel.fi"), "utf-8")
    (tmp_path / "keys").mkdir()
    for use in ("signing", "encryption", "provider"):
        held = pair(use)
        pem = held.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / "keys" / f"suomifi-{use}.key").write_bytes(pem)
        certificate = held.certificate.public_bytes(Encoding.PEM)
        (tmp_path / "keys" / f"suomifi-{use}.crt").write_bytes(certificate)

    with override_settings(
        IDENTIFICATION_FILE=file, IDENTIFICATION_METHODS={"saml": "kanssa.identification.methods.saml.load"}
    ):
        [method] = registry.methods().values()

    assert method.label("sv") == "Suomi.fi-identifikation"
    assert production_faults(file) == []


@pytest.mark.parametrize(
    ("original", "replacement"),
    [
        ("tunnistautuminen.suomi.fi", "testi.apro.tunnistus.fi"),
        ("http://ftn.ficora.fi/2017/loa2", "urn:oid:1.2.246.517.3002.110.999"),
        ("http://ftn.ficora.fi/2017/loa2", "urn:oid:1.2.246.517.3002.110.7"),
        ("language_extension", "allow_test_codes"),
    ],
)
def test_production_refuses_the_test_environment_of_suomi_fi(
    tmp_path: Path, original: str, replacement: str
) -> None:
    example = next(file for file in EXAMPLES if file.stem == "suomifi").read_text("utf-8")
    file = tmp_path / "identification.toml"
    honest = example.replace("asuntohakemus.example", "asuntohakemus.hel.fi").replace("YOUR", "helsinki")
    file.write_text(honest, "utf-8")
    assert production_faults(file) == []

    file.write_text(honest.replace(original, replacement), "utf-8")

    assert production_faults(file)
