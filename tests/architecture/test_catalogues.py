"""Topics, refusals and settings: a forgotten entry fails here, not at night."""

import pytest

from kanssa.messages.topics import Topic
from tools.call_graph import entrances_to, functions_that_name
from tools.messages_page import text_modules
from tools.refusals_page import all_refusals, modules_that_raise
from tools.settings_page import modules_that_read_the_environment, unlisted_variables

# These hand the environment on, or read what a file or `docs/settings.md` names.
READ_THE_ENVIRONMENT = {
    "identification/configuration/section.py",
    "manage.py",
    "ops/management/commands/roles.py",
    "wsgi.py",
}


@pytest.mark.parametrize("topic", Topic)
def test_a_topic_has_a_text_a_cause_and_recipients(topic):
    assert topic in text_modules()
    assert topic.when.endswith(".")
    assert topic.recipients
    assert entrances_to(functions_that_name("Topic", topic.name))


def test_topics_have_stored_names_of_their_own():
    assert len(Topic) == len(Topic.__members__)


def test_codes_of_refusals_are_unique():
    codes = [refusal.code for refusal in all_refusals()]

    assert sorted(set(codes)) == sorted(codes)


def test_a_refusal_is_raised_somewhere_and_says_why():
    assert [each.code for each in all_refusals() if not modules_that_raise(each)] == []
    assert [each.code for each in all_refusals() if not str(each.reason)] == []


def test_every_variable_of_the_environment_is_listed():
    assert unlisted_variables() == set()
    assert modules_that_read_the_environment() == READ_THE_ENVIRONMENT
