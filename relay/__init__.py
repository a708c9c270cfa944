"""ICE servers: where media may be relayed. Knows nothing of calls or of who makes them."""
