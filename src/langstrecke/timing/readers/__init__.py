"""One public module per source of timing files."""
