"""Messages, written in the transaction of their cause and sent by the worker."""
