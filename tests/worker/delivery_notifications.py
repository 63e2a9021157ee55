"""Notifications to a bounce address, in the shapes of common mail servers (RFC 3464, 6522)."""

POSTFIX = """\
Return-Path: <>
X-Original-To: {to}
Delivered-To: {to}
Received: by mail.example.fi (Postfix)
\tid 4F1C2A0B3D; Tue, 24 Nov 2026 12:00:07 +0200 (EET)
Date: Tue, 24 Nov 2026 12:00:07 +0200 (EET)
From: MAILER-DAEMON@mail.example.fi (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4C0A52A0B3B.1764000007/mail.example.fi"
Message-Id: <20261124100007.4F1C2A0B3D@mail.example.fi>

This is a MIME-encapsulated message.

--4C0A52A0B3B.1764000007/mail.example.fi
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.fi.

<eino@example.com>: host mx.example.com[192.0.2.7] said: 550 5.1.1
    <eino@example.com>: Recipient address rejected: User unknown

--4C0A52A0B3B.1764000007/mail.example.fi
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.fi
X-Postfix-Queue-ID: 4C0A52A0B3B
X-Postfix-Sender: rfc822; {to}
Arrival-Date: Tue, 24 Nov 2026 12:00:05 +0200 (EET)

Final-Recipient: rfc822; eino@example.com
Original-Recipient: rfc822;eino@example.com
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.com
Diagnostic-Code: smtp; 550 5.1.1 <eino@example.com>: Recipient address
    rejected: User unknown

--4C0A52A0B3B.1764000007/mail.example.fi
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: Kanssa <kanssa@kanssa.example>
To: eino@example.com
Subject: Asuntohakemus odottaa vahvistustasi

--4C0A52A0B3B.1764000007/mail.example.fi--
"""

EXCHANGE = """\
Received: from DB9.prod.example.com (2001:db8::7) by AM9.prod.example.com; Tue, 24 Nov 2026 10:00:09 +0000
MIME-Version: 1.0
From: <postmaster@example.com>
To: <{to}>
Date: Tue, 24 Nov 2026 10:00:09 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="c7a1b2d3-0f4e-4a5b-9c6d-7e8f90a1b2c3"
Content-Language: fi-FI
Message-ID: <0b1c2d3e@DB9.prod.example.com>
In-Reply-To: <1f2e3d4c@kanssa.example>
Subject: =?utf-8?B?RWkgdm9pdHUgdG9pbWl0dGFh?=
Auto-Submitted: auto-replied

--c7a1b2d3-0f4e-4a5b-9c6d-7e8f90a1b2c3
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="1f0e9d8c-7b6a-4958-8473-625140392817"

--1f0e9d8c-7b6a-4958-8473-625140392817
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RWkgdm9pdHUgdG9pbWl0dGFhIGhlbmtpbMO2bGxlCg==

--1f0e9d8c-7b6a-4958-8473-625140392817
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

PHA+RWkgdm9pdHUgdG9pbWl0dGFhPC9wPgo=

--1f0e9d8c-7b6a-4958-8473-625140392817--

--c7a1b2d3-0f4e-4a5b-9c6d-7e8f90a1b2c3
Content-Type: message/delivery-status

Reporting-MTA: dns;DB9.prod.example.com
Received-From-MTA: dns;mail.kanssa.example
Arrival-Date: Tue, 24 Nov 2026 10:00:08 +0000

Final-Recipient: rfc822;eino@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
X-Display-Name: Korhonen Eino

--c7a1b2d3-0f4e-4a5b-9c6d-7e8f90a1b2c3
Content-Type: message/rfc822

From: Kanssa <kanssa@kanssa.example>
To: <eino@example.com>
Subject: Asuntohakemus odottaa vahvistustasi
Content-Type: text/plain; charset="utf-8"

Hei Eino,

--c7a1b2d3-0f4e-4a5b-9c6d-7e8f90a1b2c3--
"""

EXIM = """\
Return-path: <>
Envelope-to: {to}
Delivery-date: Tue, 24 Nov 2026 12:00:11 +0200
Received: from Debian-exim by mx.example.com with local (Exim 4.96)
\tid 1tFabC-0001Xy-2Z
\tfor {to};
\tTue, 24 Nov 2026 12:00:11 +0200
X-Failed-Recipients: eino@example.com
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.example.com>
To: {to}
Content-Type: multipart/report; report-type=delivery-status; boundary=1764000011-eximdsn-1804289383
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1tFabC-0001Xy-2Z@mx.example.com>
Date: Tue, 24 Nov 2026 12:00:11 +0200

--1764000011-eximdsn-1804289383
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  eino@example.com
    Unrouteable address

--1764000011-eximdsn-1804289383
Content-type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Action: {action}
Final-Recipient: rfc822;eino@example.com
Status: {status}

--1764000011-eximdsn-1804289383
Content-type: message/rfc822

Return-path: <{to}>
From: Kanssa <kanssa@kanssa.example>
To: eino@example.com
Subject: Asuntohakemus odottaa vahvistustasi

Hei Eino,

--1764000011-eximdsn-1804289383--
"""

VACATION = """\
Return-Path: <>
To: {to}
From: Eino Korhonen <eino@example.com>
Subject: Out of office: Asuntohakemus odottaa vahvistustasi
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

I am away. Action: failed. Status: 5.1.1
"""

RECEIPT = """\
To: {to}
From: eino@example.com
Subject: Read: Asuntohakemus odottaa vahvistustasi
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary=receipt

--receipt
Content-Type: text/plain

Read.

--receipt
Content-Type: message/disposition-notification

Final-Recipient: rfc822;eino@example.com
Disposition: manual-action/MDN-sent-manually; displayed
Action: failed

--receipt--
"""

FORWARDED = """\
To: {to}
From: eino@example.com
Subject: Fwd: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outside

--outside
Content-Type: text/plain

See what I got.

--outside
Content-Type: message/rfc822

{inside}
--outside--
"""


def notification(shape: str, *, to: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    return shape.format(to=to, action=action, status=status).encode()


def forwarded(inside: bytes, *, to: str) -> bytes:
    return FORWARDED.format(to=to, inside=inside.decode()).encode()


def nested(depth: int, *, to: str) -> bytes:
    """Build a message in a message in a message, nested deeper than any parser goes."""
    head = f"To: {to}\nMIME-Version: 1.0\n"
    for level in range(depth):
        head += f'Content-Type: multipart/report; boundary="b{level}"\n\n--b{level}\n'
    return head.encode()
