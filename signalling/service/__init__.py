"""The hands: message to event, the machine's word, and what it names. The rules are in `signalling.calls`."""
