"""Tokens, proofs and policies: whether somebody may. Does no I/O."""
