"""What goes wrong in a benchmark."""


class LoadError(Exception):
    """The server, or what was asked of it, did not do what the benchmark needs. Names the rule, no content."""
