"""Certificates for tests: those of `client_sim.authority`, which the network profiles use too."""

from client_sim.authority import Certificate, certify

__all__ = ["Certificate", "certify"]
