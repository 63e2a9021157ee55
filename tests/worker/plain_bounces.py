"""Bounces without a report, and reports damaged on the way. Gaps: `{to}`, `{said}`."""

_ORIGINAL = """
From: Kanssa <kanssa@kanssa.example>
To: eino@example.com
Subject: Asuntohakemus odottaa vahvistustasi

Hei Eino, 550 5.1.1 is no code of a server here.
"""

QMAIL = (
    """\
From: MAILER-DAEMON@mx.example.com
To: {to}
Subject: failure notice

Hi. This is the qmail-send program at mx.example.com.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<eino@example.com>:
{said}

--- Below this line is a copy of the message.

Return-Path: <{to}>
"""
    + _ORIGINAL
)

EXIM = (
    """\
From: Mail Delivery System <Mailer-Daemon@mx.example.com>
To: {to}
X-Failed-Recipients: eino@example.com
Auto-Submitted: auto-replied
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  eino@example.com
    SMTP error from remote mail server after RCPT TO:<eino@example.com>:
    host mx.example.com [192.0.2.7]: {said}

------ This is a copy of the message, including all the headers. ------

Return-path: <{to}>
"""
    + _ORIGINAL
)

SENDMAIL = (
    """\
From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>
To: {to}
Subject: Returned mail: see transcript for details

The original message was received at Tue, 24 Nov 2026 12:00:05 +0200
from localhost [127.0.0.1]

   ----- The following addresses had permanent fatal errors -----
<eino@example.com>
    (reason: {said})

   ----- Transcript of session follows -----
... while talking to mx.example.com.:
>>> DATA
<<< {said}
<<< 503 5.5.1 No valid recipients

   ----- Original message follows -----
"""
    + _ORIGINAL
)

POSTFIX = (
    """\
Date: Tue, 24 Nov 2026 12:00:07 +0200 (EET)
From: MAILER-DAEMON@mail.example.fi (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="4C0A52A0B3B"

--4C0A52A0B3B
Content-Description: Notification
Content-Type: text/plain

This is the mail system at host mail.example.fi.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

                   The mail system

<eino@example.com>: host mx.example.com[192.0.2.7] said: {said}
    (in reply to RCPT TO command)

--4C0A52A0B3B
Content-Description: Undelivered Message
Content-Type: message/rfc822
"""
    + _ORIGINAL
    + """
--4C0A52A0B3B--
"""
)

EXCHANGE = """\
From: System Administrator <postmaster@example.com>
To: {to}
Subject: Undeliverable: Asuntohakemus odottaa vahvistustasi
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="part"

--part
Content-Type: text/plain

Your message

  To:      eino@example.com
  Subject: Asuntohakemus odottaa vahvistustasi
  Sent:    Tue, 24 Nov 2026 12:00:05 +0200

did not reach the following recipient(s):

eino@example.com on Tue, 24 Nov 2026 12:00:09 +0200
    The recipient name is not recognized
    <mx.example.com #{said}>

--part--
"""

PLAIN = {"qmail": QMAIL, "exim": EXIM, "sendmail": SENDMAIL, "postfix": POSTFIX, "exchange": EXCHANGE}

REPORT_FIELDS = """\
Reporting-MTA: dns; mail.example.fi

Final-Recipient: rfc822; eino@example.com
Action: failed
Status: {status}
Diagnostic-Code: smtp; {said}
"""

MIXED_REPORT = (
    """\
From: MAILER-DAEMON@mail.example.fi
To: {to}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain

It did not arrive.

--b
Content-Type: message/delivery-status

"""
    + REPORT_FIELDS
    + """
--b
Content-Type: message/rfc822
"""
    + _ORIGINAL
    + """
--b--
"""
)

NESTED_REPORT = (
    """\
From: postmaster@example.com
To: {to}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: text/plain

Checked by a gateway.

--outer
Content-Type: multipart/report; report-type=delivery-status; boundary="inner"

--inner
Content-Type: message/delivery-status

"""
    + REPORT_FIELDS
    + """
--inner--
--outer--
"""
)

_DAMAGED_BODY = (
    """
--other
Content-Type: text/plain

It did not arrive.

--other
Content-Type: message/delivery-status

"""
    + REPORT_FIELDS
    + """
--other
Content-Type: message/rfc822
"""
    + _ORIGINAL
)

DAMAGED = {
    "another boundary": """\
From: MAILER-DAEMON@mail.example.fi
To: {to}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
"""
    + _DAMAGED_BODY,
    "no boundary": """\
From: Mail Delivery Subsystem <MAILER-DAEMON@mail.example.fi>
To: {to}
Content-Type: multipart/report
"""
    + _DAMAGED_BODY,
    "no type": """\
From: postmaster@mail.example.fi
To: {to}
"""
    + _DAMAGED_BODY,
    "cut off": """\
From: MAILER-DAEMON@mail.example.fi
To: {to}
MIME-Version: 1.0
Content-Type: multipart/report; boundary="other"
"""
    + _DAMAGED_BODY,
}

REPORTS = {"mixed": MIXED_REPORT, "nested": NESTED_REPORT, **DAMAGED}
