"""The race as compiled scalar code over flat arrays; nothing else lives here."""
