"""HTTP calls to brokers over kept-alive connections, without mixing up responses."""
