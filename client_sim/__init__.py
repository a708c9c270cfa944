"""Headless endpoints that behave as a Komp, an AV1, a family app and a student app do."""
