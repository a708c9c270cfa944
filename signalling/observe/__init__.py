"""Log events and metrics, by type. A plain string cannot be logged."""
