"""Two ends with known keys, for tests of the seal."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sim.sealed.call_seal import CallKeys, NoiseSeal
from client_sim.sealed.seal import Binding
from signalling.protocol import CallId, EndpointId, Role
from signalling.protocol.proof import base64url

BINDING = Binding(
    call=CallId(base64url(bytes(range(16)))),
    caller=EndpointId(base64url(bytes(range(16, 32)))),
    callee=EndpointId(base64url(bytes(range(32, 48)))),
    caller_key=4,
    callee_key=7,
    handshake=0,
)

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def seed(label: str) -> bytes:
    """32 bytes that are the same in every run."""
    return hashlib.sha256(label.encode()).digest()


def key(label: str) -> X25519PrivateKey:
    """An agreement key that is the same in every run."""
    return X25519PrivateKey.from_private_bytes(seed(label))


def identity(label: str) -> Ed25519PrivateKey:
    """An identity key that is the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(seed(label))


def public(private: X25519PrivateKey | Ed25519PrivateKey) -> bytes:
    """The raw public key."""
    return private.public_key().public_bytes_raw()


def always(private: X25519PrivateKey) -> Callable[[], X25519PrivateKey]:
    """A generator of one ephemeral key."""
    return lambda: private


def always_bytes(drawn: bytes) -> Callable[[int], bytes]:
    """A source of one draw."""
    return lambda length: drawn[:length]


def counted_bytes(label: str = "padding") -> Callable[[int], bytes]:
    """Bytes that look random and are the same in every run."""
    state = [0]

    def draw(length: int) -> bytes:
        state[0] += 1
        return hashlib.shake_256(f"{label} {state[0]}".encode()).digest(length)

    return draw


@dataclass(frozen=True)
class Ends:
    """Both ends of one call."""

    caller: NoiseSeal
    callee: NoiseSeal

    def __iter__(self) -> Iterator[NoiseSeal]:
        return iter((self.caller, self.callee))


def ends(binding: Binding = BINDING, *, callees: Binding | None = None, initiator: Role = Role.CALLER) -> Ends:
    """Two ends that know each other; with `callees` the callee believes something else of the call."""
    alice, bob = key("alice"), key("bob")
    return Ends(
        NoiseSeal(binding, Role.CALLER, CallKeys(alice, public(bob)), initiator=initiator),
        NoiseSeal(callees or binding, Role.CALLEE, CallKeys(bob, public(alice)), initiator=initiator),
    )


def joined(binding: Binding = BINDING) -> Ends:
    """Two ends after ring and join."""
    both = ends(binding)
    assert both.callee.read_first(both.caller.write_first(b'{"t":"ring"}')) == b'{"t":"ring"}'
    assert both.caller.read_second(both.callee.write_second(b'{"t":"join"}')) == b'{"t":"join"}'
    return both


def flipped(data: bytes, bit: int) -> bytes:
    """`data` with one bit turned."""
    turned = bytearray(data)
    turned[bit // 8] ^= 1 << bit % 8
    return bytes(turned)


def small_order_identities() -> set[bytes]:
    """Every text that decodes to a point of order 1, 2, 4 or 8 (RFC 8032 §5.1.3, without its bounds)."""
    # Order 8: the double has y = 0, so x² = -y², and the curve's equation gives d·y⁴ + 2y² - 1 = 0.
    root = square_root((1 + D) % P)
    assert root is not None
    squares = [(sign - 1) * pow(D, -1, P) % P for sign in (root, P - root)]
    order_8 = next(y for square in squares if (y := square_root(square)) is not None)
    ordinates = {0, 1, P - 1, order_8, P - order_8}
    texts = {y + wrap for y in ordinates for wrap in (0, P) if y + wrap < 2**255}
    return {(y | sign << 255).to_bytes(32, "little") for y in texts for sign in (0, 1)}


def small_order_agreements() -> set[bytes]:
    """The same points on curve25519 and on its twist: u = (1 + y) / (1 - y), and u = -1."""
    ordinates = {int.from_bytes(text, "little") % 2**255 % P for text in small_order_identities()}
    abscissae = {(1 + y) * pow(1 - y, -1, P) % P for y in ordinates if y != 1} | {0, P - 1}
    texts = {u + wrap for u in abscissae for wrap in (0, P) if u + wrap < 2**255}
    return {(u | top << 255).to_bytes(32, "little") for u in texts for top in (0, 1)}


def square_root(value: int) -> int | None:
    """Modulo 2**255 - 19."""
    root = pow(value, (P + 3) // 8, P)
    for candidate in (root, root * pow(2, (P - 1) // 4, P) % P):
        if candidate * candidate % P == value % P:
            return candidate
    return None
