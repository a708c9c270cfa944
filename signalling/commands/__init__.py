"""Commands that are a subject of their own; `signalling.cli` gathers them."""
