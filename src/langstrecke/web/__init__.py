"""The pit wall: background jobs, followed races, REST and WebSocket API, pages. `langstrecke serve` opens it."""
