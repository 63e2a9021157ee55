"""How a person is recognised: the protocol, the methods that fill it, the attempts."""
