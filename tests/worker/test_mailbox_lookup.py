from kanssa.messages.queue import email_lookup_of


def test_a_mailbox_is_found_in_any_case_and_no_other_is():
    assert email_lookup_of("Liisa@Example.com") == email_lookup_of("liisa@example.com")
    assert email_lookup_of("straße@example.com") != email_lookup_of("strasse@example.com")
    assert email_lookup_of("a@xn--fa-koti-1va.example") != email_lookup_of("a@fass-koti.example")
