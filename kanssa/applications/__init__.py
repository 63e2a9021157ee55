"""What the service is about: applications, their versions and their confirmations."""
