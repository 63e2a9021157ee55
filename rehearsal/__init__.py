"""The demo and its stand-ins: a broker, a mailbox, a database. Absent from production."""
