"""docs/reference/settings.md, made from the settings: what each does, its default, and an example."""

from typing import Final

from pydantic.fields import FieldInfo

from signalling.settings import PREFIX, Settings, example_of, variable


def default_of(field: FieldInfo) -> str:
    """The default as it would be written, or nothing."""
    default: object = field.default
    match default:
        case None | ():
            return ""
        case bool():
            return str(int(default))
        case tuple():
            return ",".join(map(str, default))
        case _:
            return str(default)


def reference_markdown() -> str:
    """docs/reference/settings.md."""
    rows = [
        f"| `{variable(name)}` | {f'`{default}`' if (default := default_of(info)) else '–'} "
        f"| `{example_of(info)}` | {info.description}{_limits(info)} |"
        for name, info in Settings.model_fields.items()
    ]
    return "\n".join([_HEAD, *rows, "", _SEED])


def _limits(field: FieldInfo) -> str:
    """Of a number, what it may be."""
    least = next((limit for one in field.metadata if (limit := getattr(one, "ge", None)) is not None), None)
    most = next((limit for one in field.metadata if (limit := getattr(one, "le", None)) is not None), None)
    match least, most:
        case None, None:
            return ""
        case _, None:
            return f" From {least:,}."
        case None, _:
            return f" Up to {most:,}."
        case _:
            return f" {least:,} to {most:,}."


_HEAD: Final = f"""# Settings

Made by `signalling settings-reference` from `signalling/settings.py`; don't edit it by hand.

Each setting is an environment variable, and a flag of `signalling serve` and `signalling check`:
`{PREFIX}DRAIN_SECONDS=5` is `--drain-seconds 5`. A flag wins over the variable. An empty variable counts as unset where
there is no default. A setting that does not hold stops the start with a line that names the variable and shows an
example. `signalling check` tries them all, and the files that they name, without starting anything.

| variable | default | example | what it does |
|---|---|---|---|"""

_SEED: Final = """## The seed file

People, devices and who is linked with whom, as JSON. A person or device has an id of 22 characters (128 random bits in
base64url) and the identity keys of its endpoints (Ed25519 public keys, 43 characters of base64url); a device has
exactly one. Who is linked may see each other's presence, and a person may ring whom it is linked with. A device never
places a call. `kind` is `person`, `komp` or `av1`.

```json
{"parties": [
   {"id": "R2hhbmRjaGlsZC0wMDAwMQ", "kind": "person", "name": "Grandchild",
    "endpoints": ["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]},
   {"id": "S29tcC1rb21wLTAwMDAwMQ", "kind": "komp", "name": "Grandmother's Komp",
    "endpoints": ["PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"]}],
 "links": [{"parties": ["R2hhbmRjaGlsZC0wMDAwMQ", "S29tcC1rb21wLTAwMDAwMQ"]}]}
```
"""
