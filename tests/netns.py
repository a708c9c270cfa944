"""Network namespaces for tests: those of `client_sim.netns`, which the network profiles are made of too."""

from client_sim.netns import Namespace, ip, stop

__all__ = ["Namespace", "ip", "stop"]
