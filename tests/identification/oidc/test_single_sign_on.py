"""The staff's single sign-on is the same strict client: it refuses the same attacks as the applicants'."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.utils.timezone import now as clock

from kanssa.identification import sign_ons
from kanssa.identification.configuration.section import Misconfigured, Section
from kanssa.identification.diagnosis.examination import examine
from kanssa.identification.diagnosis.production_checks import production_faults
from kanssa.identification.methods.oidc import load_sign_on
from kanssa.identification.methods.oidc.single_sign_on import OidcSignOn, RoleClaim, read_roles
from kanssa.identification.refusals import IdentificationFailed, IdentityIncomplete, UnknownMethod
from kanssa.identification.registry import read_own_settings
from kanssa.values.refusal import Refusal
from kanssa.values.role import Role
from tests.identification.oidc.attacks import ATTACK_CASES, AttackCase
from tests.identification.oidc.scripted_broker import Script, ec_key
from tests.identification.test_registry import Written, written  # noqa: F401 a fixture

ROLES = RoleClaim(
    claim="groups",
    meaning={"desk": Role.CLERK, "desk-leads": Role.SUPERVISOR, "it": Role.OPERATOR},
    name_claim="name",
)
OF_THE_PERSON = ("hetu", "last-name", "first-names", "birth-date")


def is_about_an_applicant(attack_case: AttackCase) -> bool:
    return (attack_case.why or "").startswith(OF_THE_PERSON) or attack_case.refusal is IdentityIncomplete


@pytest.fixture
def script(script: Script) -> Script:
    """Return an honest answer about a member of the city's staff."""
    said: dict[str, Any] = {name: value for name, value in script.claims.items() if "urn:" not in name}
    script.claims = said | {
        "name": "Saga  Salonen",
        "groups": ["coffee", "desk"],
        "acr": script.claims["acr"],
    }
    return script


def finish(script: Script, roles: RoleClaim = ROLES):
    return OidcSignOn(roles, script.broker).finish(script.reply, attempt=script.attempt, now=script.now)


def test_an_honest_answer_is_a_staff_member_with_the_roles_that_kanssa_knows(script):
    staff = finish(script)

    assert staff.way == "bank"
    assert staff.subject == "pseudonym-1"
    assert staff.name == "Saga Salonen"
    assert staff.roles == {Role.CLERK}
    assert "Saga" not in repr(staff)


@pytest.mark.parametrize(
    "attack_case",
    [
        attack_case
        for attack_case in ATTACK_CASES
        if not (attack_case.why or "").startswith(OF_THE_PERSON)
        and attack_case.refusal is not IdentityIncomplete
    ],
    ids=lambda attack_case: attack_case.told,
)
def test_an_attack_is_refused(script: Script, attack_case: AttackCase) -> None:
    attack_case.change(script)

    with pytest.raises(Refusal) as refused:
        finish(script)

    assert type(refused.value) is attack_case.refusal
    assert refused.value.facts.get("why") == attack_case.why


@pytest.mark.parametrize(
    ("given", "roles"),
    [
        (["desk", "desk-leads"], {Role.CLERK, Role.SUPERVISOR}),
        ("it", {Role.OPERATOR}),
        (["coffee"], set()),
        ([], set()),
        ("", set()),
        (["DESK", "desk "], set()),
    ],
)
def test_roles_are_exactly_the_values_that_the_file_names(script, given, roles):
    script.claims["groups"] = given

    assert finish(script).roles == roles


def test_a_token_without_the_claim_gives_no_role(script):
    del script.claims["groups"]

    assert finish(script).roles == set()


@pytest.mark.parametrize("given", [None, 1, True, {"desk": True}, ["desk", 1], [["desk"]], ["desk"] * 501])
def test_roles_of_another_shape_are_refused(script, given):
    script.claims["groups"] = given

    with pytest.raises(IdentificationFailed) as refused:
        finish(script)

    assert refused.value.facts["why"] == "roles"


@pytest.mark.parametrize("name", [None, "", "   ", 5, "a\x00b", "x" * 201])
def test_an_unusable_name_is_refused(script, name):
    script.claims["name"] = name

    with pytest.raises(IdentificationFailed) as refused:
        finish(script)

    assert refused.value.facts["why"] == "name"


def roles_table(**changes: object) -> Mapping[str, object]:
    return {"roles": {"claim": "groups", "values": {"desk": "clerk"}} | changes}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({}, "staff.city.roles: is missing"),
        ({"roles": "clerk"}, "staff.city.roles: must be a table"),
        (roles_table(claim=""), "staff.city.roles.claim"),
        (roles_table(values={}), "staff.city.roles.values"),
        (roles_table(values={"desk": "king"}), "staff.city.roles.values.desk: is one of clerk, supervisor"),
        (roles_table(vales={}), "staff.city.roles.vales: is no setting"),
    ],
)
def test_a_mistake_in_the_roles_is_named_with_its_cure(table, expected, tmp_path):
    with pytest.raises(Misconfigured) as fault:
        read_roles(Section("staff.city", table, tmp_path))

    assert str(fault.value).startswith(expected)


KINDS = {"paper": "tests.identification.test_registry.load_paper"}


def test_the_single_sign_ons_are_listed_in_file_order_beside_the_methods(written):  # noqa: F811
    file = written('[methods.a]\nkind = "paper"\n[staff.z]\nkind = "paper"\n[staff.b]\nkind = "paper"\n')

    with override_settings(IDENTIFICATION_FILE=file, SIGN_ONS=KINDS):
        assert list(sign_ons.sign_ons()) == ["z", "b"]
        with pytest.raises(UnknownMethod):
            sign_ons.sign_on("a")


def test_the_file_may_name_none(written):  # noqa: F811
    with override_settings(IDENTIFICATION_FILE=written('[methods.a]\nkind = "paper"\n'), SIGN_ONS=KINDS):
        assert sign_ons.sign_ons() == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("staff = 1", "staff is no table"),
        ("[staff]\ncity = 1", "staff.city: is no method"),
        ('[staff."City!"]\nkind = "paper"', "staff.City!: is no method"),
        ("[staff.city]", "staff.city.kind: must be one of paper"),
    ],
)
def test_a_mistake_in_the_file_is_named(written, text, expected):  # noqa: F811
    file = written(f'{text}\n[methods.a]\nkind = "paper"\n')

    with override_settings(IDENTIFICATION_FILE=file, SIGN_ONS=KINDS), pytest.raises(Misconfigured) as fault:
        sign_ons.sign_ons()

    assert expected in str(fault.value)


def test_production_refuses_a_rehearsals_single_sign_on_too(written):  # noqa: F811
    file = written(
        '[methods.a]\nkind = "paper"\n'
        '[staff.city]\nkind = "oidc"\nrehearsal = true\nissuer = "http://localhost:8001"\n'
    )

    faults = production_faults(file)

    assert any(fault.startswith("staff.city.rehearsal:") for fault in faults)
    assert any(fault.startswith("staff.city.issuer:") for fault in faults)


def test_the_example_of_the_documentation_works_as_printed(tmp_path):
    page = (Path(__file__).parents[3] / "docs" / "staff.md").read_text("utf-8")
    example = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert example
    table = tomllib.loads(example[1])["staff"]["city"]
    (tmp_path / "staff-signing.pem").write_bytes(ec_key("staff").as_pem(private=True))

    found = load_sign_on("city", read_own_settings("staff.city", table), tmp_path)

    assert found.label("fi") == "Kaupungin kertakirjautuminen"
    assert found._roles.meaning["asuntohaku-esimies"] is Role.SUPERVISOR


def test_the_doctor_examines_the_single_sign_on_like_a_broker(script):
    known = {finding.summary for finding in script.method().examine(now=script.now)}

    found = {finding.summary for finding in OidcSignOn(ROLES, script.broker).examine(now=script.now)}

    assert any("can sign RS256" in said for said in found)
    assert {said for said in found if "clock" not in said} == {said for said in known if "clock" not in said}


def test_the_doctor_asks_every_single_sign_on_of_the_file(written):  # noqa: F811
    file = written('[methods.a]\nkind = "paper"\n[staff.city]\nkind = "paper"\n')

    with override_settings(IDENTIFICATION_FILE=file, IDENTIFICATION_METHODS=KINDS, SIGN_ONS=KINDS):
        said = [finding.summary for finding in examine(file, now=clock(), is_production=False)]

    assert any(sentence.startswith("a:") for sentence in said)
    assert any(sentence.startswith("staff.city:") for sentence in said)
