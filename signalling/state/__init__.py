"""Shared and short-lived: calls, leases, sessions, presence, behind one port. Never on a disk."""
