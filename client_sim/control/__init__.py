"""The control channel between a student's app and an AV1: end to end on data channels, never through a coordinator."""
