"""Names that are not quite the same: found by a search, and compared with a document at the desk."""

import pytest

from kanssa.applications.models import SearchToken
from kanssa.applications.search.applicants import parse_query
from kanssa.applications.search.similar_names import find_similar
from kanssa.calendar.days import day_of
from kanssa.evidence.models import Event
from kanssa.identification.models import DeskCheck, Identification
from tests.cast import AINO, NOW, CastMember, edited, sent
from tests.web.browser import Browser, text_of
from tests.web.staff.desk.test_desk import (
    applicant_id_of,
    at_the_desk,
    identified_here,
    opened,
    searched,
    zone_of,
)

pytestmark = pytest.mark.django_db

HETU, BORN, IN_ZONE = "050688-905Y", "5.6.1988", "880605"
JEKATERINA = CastMember("Ivanova", "Jekaterina", HETU, "jekaterina@example.com")
SIMILAR = "No name on an application is exactly what you typed. These are similar"


def called(last_name: str, first_names: str) -> CastMember:
    return CastMember(last_name, first_names, HETU, "somebody@example.com")


@pytest.fixture
def desk(browser) -> Browser:
    """Return the browser of a clerk who has declared who they are."""
    return at_the_desk(browser)


def found(desk: Browser, typed: str) -> str:
    page = searched(desk, typed=typed, reason="visit")
    assert page.status_code == 200
    return text_of(page)


@pytest.mark.parametrize(
    ("role", "typed"),
    [
        (called("Korhonen", "Aino"), "Korhnen"),
        (called("Korhonen", "Aino"), "Kohronen Aino"),
        (called("Korhonen", "Aino"), "Lorhonen"),
        (called("Korhonen", "Aino"), "korho"),
        (called("Korhonen", "Aino Inkeri"), "Ink Kor"),
        (called("Hämäläinen", "Väinö"), "Hämälänen"),
        (called("Åkerblom", "Linnea"), "Aakerb"),
        (JEKATERINA, "Yekaterina"),
        (JEKATERINA, "Екатерина Иванова"),
        (called("Hruštšov", "Nikita"), "Khrushchev"),
        (called("Muhammad", "Yusuf"), "Mohammed Youssef"),
        (called("Ivanov", "Aleksandr"), "Alexander"),
        (called("O’Connor", "Siobhan"), "oconor"),
    ],
)
def test_typos_beginnings_and_romanisations_find_similar_names(desk, role, typed):
    application = sent(role)
    sent(CastMember("Zetterqvist", "Ulla", "140288-900C", "ulla@example.com"))

    page = found(desk, typed)

    assert SIMILAR in page
    assert application.reference in page
    assert "Zetterqvist" not in page
    assert Event.objects.get(kind="searched").facts["found"] == [str(application.pk)]


@pytest.mark.parametrize(
    ("zone", "is_similar"),
    [
        (CastMember("IVANOVA", "EKATERINA", HETU, ""), True),
        (CastMember("IVANOVA", "KATJA", HETU, ""), True),
        (CastMember("SMIRNOVA", "JEKATERINA", HETU, ""), True),
        (CastMember("IVANOVA", "JEKATERINA", HETU, ""), False),
    ],
)
def test_a_passport_finds_by_one_name_and_the_birth_date(desk, zone, is_similar):
    application = sent(JEKATERINA)

    page = found(desk, zone_of(zone, born=IN_ZONE))

    assert application.reference in page
    assert (SIMILAR in page) is is_similar


@pytest.mark.parametrize(
    "zone",
    [
        zone_of(CastMember("IVANOVA", "EKATERINA", HETU, ""), born="880606"),
        zone_of(CastMember("KORHONEN", "AINO", HETU, ""), born=IN_ZONE),
    ],
)
def test_neither_a_birth_date_nor_a_name_alone_is_found_by_a_passport(desk, zone):
    sent(JEKATERINA)

    assert "No one was found." in found(desk, zone)


def test_a_truncated_zone_finds_the_whole_name(desk):
    application = sent(called("Papandropoulous-Wooloomooloo", "Jonathon Alexander"))
    names = "P<FINPAPANDROPOULOUS<WOOLOOMOOLOO<<JONATHON<"[:44]

    assert application.reference in found(desk, names)


def test_an_exact_match_hides_similar_names(desk):
    exact = sent(called("Korhonen", "Aino"))
    similar = sent(CastMember("Korhonin", "Aino", "140288-900C", "other@example.com"))

    page = found(desk, "Korhonen")

    assert exact.reference in page
    assert similar.reference not in page
    assert SIMILAR not in page


def test_only_the_current_name_is_found_by_similarity(desk):
    application = sent(AINO)
    edited(
        application, None, lambda c: c.with_adult(applicant_id_of(application), {"last_name": "Zetterqvist"})
    )

    assert "No one was found." in found(desk, "Korhnen")
    assert application.reference in found(desk, "Zeterqvist")


def test_the_index_contains_only_keyed_fingerprints():
    sent(JEKATERINA)

    tokens = list(SearchToken.objects.values_list("kind", "lookup"))

    assert {kind for kind, _lookup in tokens} == {"name", "head", "like", "born"}
    assert {len(bytes(lookup)) for _kind, lookup in tokens} == {32}
    assert len(tokens) < 20


def test_many_candidates_are_read_in_two_statements(django_assert_num_queries):
    for number in range(12):
        sent(called(f"Korhonen{'abcdefghijkl'[number]}", "Aino"))
    wanted = parse_query("Korhonex", today=day_of(NOW), allow_test_codes=True)

    with django_assert_num_queries(2):
        assert len(find_similar(wanted)) == 12


# Comparison with a document


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (called("O’Connor", "Siobhan"), ("OCONNOR", "SIOBHAN")),
        (called("Korhonen", "Anna-Liisa"), ("Korhonen", "Annaliisa")),
        (called("al-Hasan", "Omar"), ("ALHASAN", "OMAR")),
        (called("Müller", "Anke"), ("MUELLER", "ANKE MARIE")),
        (called("Aino", "Korhonen"), ("Korhonen", "Aino Inkeri")),
        (called("Arkfreith", "Arkfreith"), ("ARKFREITH", "")),
        (called("Wooloomooloo-Warrandyte", "Potoroo"), ("WOOLOOMOOLOO WARRANDYTE", "POTOR")),
    ],
)
def test_same_name_is_accepted_where_the_names_agree(desk, role, shown):
    application = sent(role)

    done = identified_here(desk, application, last_name=shown[0], first_names=shown[1], born=BORN)

    assert done.status_code == 302
    assert Identification.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (called("O’Connor", "Siobhan"), ("OCONNELL", "SIOBHAN")),
        (JEKATERINA, ("IVANOVA", "EKATERINA")),
        (called("Korhonen", "Aino"), ("KORHONEN", "")),
        (called("Wooloomooloo-Warrandyte", "Potoroo"), ("WOOLOOMOOLOO WARRANDYTE", "POTO")),
    ],
)
def test_a_different_name_must_be_answered_as_different(desk, role, shown):
    application = sent(role)
    names = {"last_name": shown[0], "first_names": shown[1], "born": BORN}

    refused = identified_here(desk, application, **names)
    done = identified_here(desk, application, **names, is_name_same="no", difference="transliteration")

    assert "The name you typed differs from the application." in text_of(refused)
    assert done.status_code == 302
    assert DeskCheck.objects.get().answers["name"] is False


def test_a_zone_with_a_joined_name_is_shown_as_agreeing(desk):
    application = sent(called("O’Connor", "Anna-Liisa"))
    path = f"{opened(desk, application)}{applicant_id_of(application)}/identify/"

    page = text_of(desk.post(path, zone=zone_of(CastMember("OCONNOR", "ANNALIISA", HETU, ""), born=IN_ZONE)))

    assert "The name matches the application." in page


def test_a_person_with_one_name_is_called_by_it(desk):
    application = sent(called("Arkfreith", "Arkfreith"))

    identified_here(desk, application, last_name="ARKFREITH", first_names="", born=BORN)
    page = text_of(desk.get(f"staff/desk/case/{application.pk}/serving/"))

    assert "Arkfreith" in page
    assert "Arkfreith Arkfreith" not in page.split("Application", 1)[0]
