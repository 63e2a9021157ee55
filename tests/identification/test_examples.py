"""The examples that operators start from are whole, and cannot be run unread."""

from pathlib import Path

import pytest
from django.test import override_settings

from kanssa.identification import registry
from kanssa.identification.keys import KeyFolder
from kanssa.identification.production import faults_for_production
from tests.identification.scripted_broker import NOW, rsa_key

EXAMPLES = sorted((Path(__file__).parents[2] / "deploy" / "identification").glob("*.toml"))
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
def test_an_example_that_was_filled_in_makes_a_method_and_starts_in_production(
    example: Path, tmp_path: Path
) -> None:
    file = filled_in(example, tmp_path)

    with override_settings(
        IDENTIFICATION_FILE=file, IDENTIFICATION_METHODS={"oidc": "kanssa.identification.methods.oidc.load"}
    ):
        [method] = registry.methods().values()

    assert method.label("sv")
    assert faults_for_production(file) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_that_nobody_filled_in_does_not_start_in_production(example: Path) -> None:
    assert faults_for_production(example)
