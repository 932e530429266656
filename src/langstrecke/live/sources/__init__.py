"""Where a followed race comes from: one module a source, all into the messages of `live.messages`."""
