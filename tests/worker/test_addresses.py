"""A mailbox is one however its address is written, and no other."""

from kanssa.messages.letters import lookup_of


def test_a_mailbox_is_looked_up_in_whatever_case_and_is_no_other():
    assert lookup_of("Liisa@Example.com") == lookup_of("liisa@example.com")
    assert lookup_of("straße@example.com") != lookup_of("strasse@example.com")
    assert lookup_of("a@xn--fa-koti-1va.example") != lookup_of("a@fass-koti.example")
