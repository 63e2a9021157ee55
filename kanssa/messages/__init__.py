"""Letters, written in the transaction of their cause; the worker sends what is written."""
