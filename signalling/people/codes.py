"""How a code that people read to each other is written: Crockford's base 32, in groups of four. Pure.

The alphabet has no I, L, O and U; what is typed for them is understood. A code is a permission and proves no key.
"""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUP: Final = 4
_UNDERSTOOD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def written(randomness: bytes, characters: int) -> str:
    """A code of so many characters (five bits each), in groups. `randomness` is fresh from a good source."""
    bits = int.from_bytes(randomness, "big")
    if len(randomness) * 8 < characters * 5:
        raise ValueError("a code of n characters takes 5 n bits")
    text = "".join(ALPHABET[(bits >> (5 * place)) & 31] for place in range(characters))
    return "-".join(text[start : start + GROUP] for start in range(0, characters, GROUP))


def read(typed: str, characters: int) -> str | None:
    """The code as it was written, without its groups; None if it can't be one of that length."""
    if len(typed) > 4 * characters:
        return None
    text = typed.strip().upper().translate(_UNDERSTOOD)
    if len(text) != characters or not all(letter in ALPHABET for letter in text):
        return None
    return text
