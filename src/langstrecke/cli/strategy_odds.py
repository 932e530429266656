"""The verbs `what-if` and `optimise`."""
