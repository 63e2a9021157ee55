"""The identification methods; settings say which are in use."""
