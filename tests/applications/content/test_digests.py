from dataclasses import replace
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from kanssa.applications.content.content import Content, merged
from kanssa.applications.content.digests import digests_of_household, digests_of_person
from kanssa.applications.content.form import HOME, NEED, PERSON, WISHES, Field
from tests.cast import AINO, EINO, complete

SALT = b"s" * 16
MATERIAL = [field.name for field in PERSON if field.material]
LIGHT = [field.name for field in PERSON if not field.material]


def household(content: Content):
    return digests_of_household(content.household(), salt=SALT)


@given(st.sampled_from(MATERIAL))
def test_a_material_fact_of_a_person_changes_what_they_confirm(name):
    before, after = AINO.whole, AINO.whole | {name: "something else"}

    assert digests_of_person(before, salt=SALT).material != digests_of_person(after, salt=SALT).material


@given(st.sampled_from(LIGHT))
def test_a_light_fact_of_a_person_changes_the_part_but_not_what_they_confirm(name):
    before = digests_of_person(AINO.whole, salt=SALT)
    after = digests_of_person(AINO.whole | {name: "something else"}, salt=SALT)

    assert before.material == after.material
    assert before.whole != after.whole


@given(st.sampled_from([*[("home", f.name) for f in HOME], *[("need", f.name) for f in NEED]]))
def test_present_home_and_need_concern_every_adult(section_and_name):
    section, name = section_and_name
    before = complete(AINO, EINO)

    after = before.with_section(section, {name: "something else"})

    assert household(before).material != household(after).material


@given(st.sampled_from([field.name for field in WISHES]))
def test_wishes_concern_no_adults_confirmation(name):
    before = complete(AINO, EINO)

    after = before.with_section("wishes", {name: "something else"})

    assert household(before).material == household(after).material


def test_other_residents_concern_every_adult():
    before = complete(AINO, EINO)
    child = {"last_name": "Korhonen", "first_names": "Onni", "born": "2020-01-01", "occupancy": "full-time"}

    assert household(before).material != household(before.with_resident(uuid4(), child)).material
    assert household(before).material != household(before.with_adult(uuid4(), EINO.named)).material
    assert (
        household(before).material
        != household(before.with_section("expecting", {"expecting": True})).material
    )


def test_an_adults_own_details_do_not_concern_the_household():
    before = complete(AINO, EINO)
    after = before.with_adult(before.main_applicant_id, {"last_name": "Virtanen", "gross_income": 1})

    assert household(before) == household(after)


def test_another_salt_gives_another_digest():
    assert digests_of_person(AINO.whole, salt=b"a" * 16) != digests_of_person(AINO.whole, salt=b"b" * 16)


def test_content_survives_a_round_trip_through_json():
    content = complete(AINO, EINO).with_resident(uuid4(), {"first_names": "Onni"})

    assert Content.from_json(content.as_json()) == content


ANSWERS = st.dictionaries(
    st.sampled_from([field.name for field in PERSON]),
    st.none() | st.text(max_size=5) | st.integers(0, 9) | st.booleans() | st.lists(st.text(max_size=2)),
)


@given(before=ANSWERS, new=ANSWERS)
def test_an_emptied_answer_is_absent_and_zero_is_an_answer(before, new):
    answers = merged(before, new)

    assert all(
        value is not None and value is not False and value not in ("", []) for value in answers.values()
    )
    for name, value in new.items():
        if value == 0 and value is not False and name not in ("hetu", "born", "nationality"):
            assert answers[name] == 0
    assert not ("hetu" in answers and "no_hetu" in answers)


def test_a_co_applicant_can_be_removed_but_the_main_applicant_cannot():
    content = complete(AINO, EINO)
    eino: UUID = content.co_applicant_ids[0]

    assert content.without_adult(eino).co_applicant_ids == []
    assert content.without_adult(content.main_applicant_id) == content
    assert replace(content) == content


def test_every_field_has_one_name_in_its_section():
    for section in (PERSON, HOME, NEED, WISHES):
        names = [field.name for field in section]
        assert len(names) == len(set(names))
        assert all(isinstance(field, Field) for field in section)
