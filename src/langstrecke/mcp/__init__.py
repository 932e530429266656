"""An assistant's way in: read-only tools over `services`, as a server of the Model Context Protocol.

`server.make_server(settings)` has one tool for each row of `tools.TOOLS` and the cards and rule books as resources.
Needs the extra `mcp`.
"""
