"""HTTP calls to brokers: connections that are kept, and never mixed up."""
