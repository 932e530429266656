"""The verbs `call` and `audit`."""
