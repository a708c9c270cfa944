"""Everything an operator can set: one frozen value, read once from flags and `NARVARO_*` variables, checked before use.

A fault names its variable, the rule and an example, never the value that was given.
"""

from collections.abc import Mapping
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from relay.errors import RelayError
from relay.ice import IceUrl
from relay.region import Region
from signalling.access.numbers import check_countries
from signalling.access.origins import check_origin
from signalling.observe.log import LogFormat
from signalling.store.database import checked_url
from signalling.store.faults import StoreError

PREFIX: Final = "NARVARO_"


class SettingsError(Exception):
    """The settings don't hold: one line for each fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults: Final = faults


def _split(value: object) -> object:
    """A comma list, as an environment variable holds it."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _nothing_if_empty(value: object) -> object:
    """An empty variable is an unset one; compose files pass those."""
    return None if value == "" else value


def _networks(parts: object) -> object:
    if not isinstance(parts, tuple):
        return parts
    try:
        return tuple(ip_network(part) for part in parts)
    except ValueError:
        pass
    raise ValueError("a network is an address, a slash and its bits, with nothing set after those")


def _ice_urls(urls: tuple[str, ...]) -> tuple[str, ...]:
    for url in urls:
        try:
            IceUrl.parse(url)
        except RelayError as problem:
            rule = str(problem)
        else:
            continue
        raise ValueError(rule)
    return urls


def _database_url(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        checked_url(url)
    except StoreError as problem:
        rule = str(problem)
    else:
        return url
    raise ValueError(rule)


Origin = Annotated[str, AfterValidator(check_origin)]
List = (NoDecode, BeforeValidator(_split))
OptionalFile = Annotated[FilePath | None, BeforeValidator(_nothing_if_empty)]
OptionalPath = Annotated[Path | None, BeforeValidator(_nothing_if_empty)]
OptionalText = Annotated[str | None, BeforeValidator(_nothing_if_empty)]
OptionalOrigin = Annotated[Origin | None, BeforeValidator(_nothing_if_empty)]
DatabaseUrl = Annotated[str | None, AfterValidator(_database_url), BeforeValidator(_nothing_if_empty)]
Port = Annotated[int, Field(ge=0, le=65535)]


def _setting(default: Any, example: str, description: str, **limits: Any) -> Any:
    """A field with what its reference and its faults say about it."""
    return Field(default=default, examples=[example], description=description, **limits)


class Settings(BaseSettings):
    """The settings of one coordinator."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    host: str = _setting("127.0.0.1", "0.0.0.0", "Address to listen on.", min_length=1)
    port: Port = _setting(8080, "8443", "Port to listen on; 0 takes any free one.")
    origin: OptionalOrigin = _setting(
        None,
        "https://calls.example",
        "How clients dial this coordinator; they sign it. Unset: `http://localhost:<port>`, for one machine.",
    )
    allowed_origins: Annotated[tuple[Origin, ...], *List] = _setting(
        (), "https://family.example", "Comma list: other origins whose pages may use this coordinator."
    )
    seed_file: OptionalFile = _setting(
        None, "people.json", "People, devices and their links (docs/reference/settings.md shows one). Unset: nobody."
    )
    database_url: DatabaseUrl = _setting(
        None,
        "sqlite+aiosqlite:////var/lib/narvaro/narvaro.db",
        "People, devices, posts that wait: SQLite, or `postgresql+asyncpg://…`. Unset: SEED_FILE, or memory alone.",
    )
    master_key_file: OptionalPath = _setting(
        None,
        "master.key",
        "The database's master keys (`signalling keys new-master`); made together with a new SQLite database.",
    )
    kms_command: OptionalText = _setting(
        None,
        "kms --key narvaro",
        "In place of the file: a program, run with `wrap` or `unwrap` added. With both set, the file only unwraps.",
    )
    signing_key_file: OptionalPath = _setting(
        None,
        "signing-key.pem",
        "Ed25519 key that signs tokens; made if absent. Unset: a key that dies with the process.",
    )
    receipt_key_file: OptionalPath = _setting(
        None,
        "receipt-key.pem",
        "Ed25519 key that signs receipts of erasures; made if absent. Unset: a key that dies with the process.",
    )
    receipt_head_seconds: int = _setting(
        600, "600", "The tree of receipts is shown this often; more often would tell when calls end.", ge=60, le=86_400
    )
    node: str = _setting("node-1", "node-1", "What receipts call this process.", pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    region: str = _setting(
        "DE",
        "DE",
        "Country (ISO 3166-1) where this coordinator, its database and its relays stand.",
        pattern="^[A-Z]{2}$",
    )
    processors_file: OptionalFile = _setting(
        None,
        "processors.json",
        "Register of processors (docs/howto/data-protection.md). Unset: as shipped, with REGION for what is our own.",
    )
    erasure_log_file: OptionalPath = _setting(
        None,
        "erasures.log",
        "Log of erasures, made if absent: with it a restored database is erased again. Keep it apart from backups.",
    )
    backup_days: int = _setting(
        35, "35", "How long a backup may be restored: the log forgets after that.", ge=1, le=3650
    )
    dpa_required: bool = _setting(
        False, "1", "An organisation is registered, and given a device, only with a data-processing agreement on file."
    )
    av1_log_days: int = _setting(90, "30", "How long the AV1 log is kept, in days; `/privacy` tells it.", ge=1, le=365)
    controller: str = _setting(
        "No Isolation AS", "Example AB", "Who is responsible for personal data; named on `/privacy`.", min_length=1
    )
    controller_contact: str = _setting(
        "contact@noisolation.com", "privacy@example.org", "Where people write to about their data.", min_length=3
    )
    policy_date: date = _setting(date(2018, 5, 25), "2018-05-25", "The day that the privacy policy is dated.")
    policy_version: str = _setting("2018-05-25", "2", "The version of the privacy policy.", min_length=1)
    metrics_host: str = _setting("127.0.0.1", "127.0.0.1", "Address of `/metrics`: keep it private.", min_length=1)
    metrics_port: Port = _setting(9464, "9464", "Port of `/metrics`; 0 takes any free one.")
    turn_urls: Annotated[tuple[str, ...], *List, AfterValidator(_ice_urls)] = _setting(
        (),
        "turn:turn.example:3478,turns:turn.example:443?transport=tcp",
        "Comma list of `turn:`, `turns:` and `stun:` URLs that endpoints are given. Unset: direct paths only.",
    )
    turn_secret_file: OptionalFile = _setting(
        None, "turn-secret", "File with coturn's `static-auth-secret`; needed with `turn:` or `turns:` URLs."
    )
    turn_lifetime_seconds: int = _setting(
        120, "120", "How long a TURN credential can open an allocation.", ge=10, le=86400
    )
    turn_clis: Annotated[tuple[str, ...], *List] = _setting(
        (),
        "127.0.0.1:5766",
        "Comma list: coturn's command lines on this machine; the end of a call deletes its relays there.",
    )
    turn_cli_password_file: OptionalFile = _setting(
        None, "turn-cli-password", "File with the password of coturn's command line."
    )
    twilio_account_sid: OptionalText = _setting(
        None, "AC0123456789abcdef0123456789abcdef", "Account of Twilio Network Traversal. Unset: Twilio is not asked."
    )
    twilio_key_sid: OptionalText = _setting(
        None, "SK0123456789abcdef0123456789abcdef", "API key of that account. Unset: TWILIO_SECRET_FILE has its token."
    )
    twilio_secret_file: OptionalFile = _setting(
        None, "twilio-secret", "File with the secret of the key, or with the account's token."
    )
    twilio_region: Region = _setting(
        Region.IE1, "de1", "Where Twilio relays: `ie1` (Dublin), `de1` (Frankfurt); `global` has to be allowed."
    )
    twilio_allow_global: bool = _setting(
        False, "1", "Let `global` relays be used: media may then pass through any country."
    )
    twilio_lifetime_seconds: int = _setting(
        600, "600", "How long a token of Twilio can open an allocation.", ge=120, le=86400
    )
    twilio_base_url: OptionalText = _setting(
        None, "https://api.twilio.com", "Where Twilio's API is. Unset: Twilio itself; a test names its stand-in."
    )
    relay_order: Annotated[tuple[str, ...], *List] = _setting(
        ("twilio", "coturn"), "coturn,twilio", "Who is asked first; the next one goes along in reserve."
    )
    relay_pool_size: int = _setting(32, "64", "Tokens fetched ahead from a provider that is asked.", ge=1, le=64)
    relay_budget_gigabytes: float = _setting(
        0, "500", "Relayed bytes a month after which an alarm is logged, by what the ends tell; 0: no budget.", ge=0
    )
    relay_cap_minutes: float = _setting(
        720, "720", "A call gets no fresh relay credentials for longer than this; a direct path goes on.", gt=0
    )
    relay_probe_seconds: float = _setting(
        60, "60", "How often each relay is tried with a packet from here; 0 never.", ge=0, le=3600
    )
    trusted_proxies: Annotated[
        tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks), BeforeValidator(_split)
    ] = _setting(
        (),
        "10.0.0.0/8",
        "Comma list of networks whose `X-Forwarded-For` is believed, for counting requests by network.",
    )
    tls_cert: OptionalFile = _setting(
        None, "fullchain.pem", "Certificate chain; with TLS_KEY the coordinator speaks TLS itself."
    )
    tls_key: OptionalFile = _setting(None, "privkey.pem", "Private key of TLS_CERT.")
    heartbeat_seconds: int = _setting(20, "20", "A `ping` each; two without an answer close the socket.", ge=1, le=40)
    hello_seconds: float = _setting(5, "5", "A socket that has not said hello by then is closed.", gt=0, le=60)
    send_queue_bytes: int = _setting(
        1_048_576, "1048576", "A client that leaves more than this unread is cut.", ge=65_536, le=67_108_864
    )
    max_sockets: int = _setting(
        15_000, "15000", "Sockets at once; a further one is closed with 1013.", ge=1, le=1_000_000
    )
    knocks_per_minute: int = _setting(
        600, "600", "Nonces, tokens and sockets (each) that one network (/24, /56) may ask for in a minute.", ge=1
    )
    newcomers_per_minute: int = _setting(
        20,
        "20",
        "One-time codes, registrations, list entries, support messages (each) that one network may send in a minute.",
        ge=1,
    )
    requests_per_minute: int = _setting(240, "240", "Signed requests that one endpoint may make in a minute.", ge=1)
    sms_countries: Annotated[tuple[str, ...], *List, AfterValidator(check_countries)] = _setting(
        ("EEA",),
        "EEA,CH",
        "Comma list of countries (ISO 3166-1) whose mobiles may be sent an SMS; `EEA` stands for all of it.",
    )
    sms_per_day: int = _setting(1000, "1000", "SMS that may go out in a day (UTC), altogether.", ge=0)
    sms_per_number: int = _setting(5, "5", "SMS that one number may be sent in a day.", ge=1)
    sms_per_range: int = _setting(
        30, "30", "SMS that numbers which differ in their last four digits alone may be sent in a day.", ge=1
    )
    sms_twilio_account: OptionalText = _setting(
        None,
        "AC0123456789abcdef0123456789abcdef",
        "Account that sends SMS. Unset: texts are printed where the coordinator was started.",
        pattern=r"^AC[0-9a-f]{32}$",
    )
    sms_twilio_key_file: OptionalFile = _setting(
        None, "twilio-key", "File with two lines: the SID of an API key of region IE1 (SK…), and its secret."
    )
    sms_sender: OptionalText = _setting(
        None,
        "+4759440000",
        "As whom: a number of the account, a name of at most 11 letters, or a messaging service (MG…).",
        pattern=r"^(\+[1-9][0-9]{6,14}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$",
    )
    drain_seconds: float = _setting(10, "10", "A stopping server has ended by then.", ge=0, le=600)
    wipe_memory: bool = _setting(True, "0", "Start again once under an allocator that overwrites freed memory (glibc).")
    lock_memory: bool = _setting(
        False, "1", "Keep all memory off swap (mlockall); needs CAP_IPC_LOCK or an unlimited RLIMIT_MEMLOCK."
    )
    log_format: LogFormat = _setting(LogFormat.JSON, "text", "`json` or `text`, on stderr.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then the environment, and nothing else."""
        return init_settings, env_settings

    @model_validator(mode="after")
    def _together(self) -> "Settings":
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_key: TLS_CERT and TLS_KEY come together")
        if self.database_url is not None and self.master_key_file is None and self.kms_command is None:
            raise ValueError("master_key_file: a database needs MASTER_KEY_FILE or KMS_COMMAND")
        if self.database_url is not None and self.seed_file is not None:
            raise ValueError("seed_file: people come from SEED_FILE or from DATABASE_URL, not from both")
        has_turn = any(not url.startswith("stun:") for url in self.turn_urls)
        if has_turn and self.turn_secret_file is None:
            raise ValueError("turn_secret_file: `turn:` and `turns:` URLs need the secret of their server")
        twilio = (self.sms_twilio_account, self.sms_twilio_key_file, self.sms_sender)
        if any(twilio) and not all(twilio):
            raise ValueError("sms_twilio_account: SMS_TWILIO_ACCOUNT, SMS_TWILIO_KEY_FILE and SMS_SENDER come together")
        if self.turn_clis and self.turn_cli_password_file is None:
            raise ValueError("turn_cli_password_file: coturn's command line is open to nobody without a password")
        if self.twilio_account_sid is not None and self.twilio_secret_file is None:
            raise ValueError("twilio_secret_file: a Twilio account needs its secret")
        if self.twilio_region is Region.GLOBAL and not self.twilio_allow_global:
            raise ValueError("twilio_region: `global` relays outside the EU too; TWILIO_ALLOW_GLOBAL says that it may")
        return self

    @property
    def scheme(self) -> str:
        """What clients that reach this process itself speak."""
        return "http" if self.tls_cert is None else "https"

    def public_origin(self, port: int) -> str:
        """How clients dial it; `port` is the one it really listens on."""
        if self.origin is not None:
            return self.origin
        usual = {"http": 80, "https": 443}[self.scheme]
        return f"{self.scheme}://localhost" + ("" if port == usual else f":{port}")


def read_settings(flags: Mapping[str, Any] | None = None) -> Settings:
    """The settings of this process; `flags` win over the environment. Raises SettingsError."""
    try:
        return Settings(**dict(flags or {}))
    except ValidationError as problem:
        faults = [_fault(error) for error in problem.errors(include_input=False, include_url=False)]
    raise SettingsError(faults)


def variable(field: str) -> str:
    """The environment variable of a field."""
    return f"{PREFIX}{field.upper()}"


def _fault(error: ErrorDetails) -> str:
    rule = error["msg"].removeprefix("Value error, ")
    field = str(error["loc"][0]) if error["loc"] else ""
    if not field and ": " in rule:  # a rule about several fields names the one to look at
        field, _, rule = rule.partition(": ")
    info = Settings.model_fields.get(field)
    if info is None:
        return "flags: an unknown setting was given"
    return f"{variable(field)}: {rule}. Example: {variable(field)}={example_of(info)}"


def example_of(field: FieldInfo) -> str:
    """The example that a field's faults and its reference show."""
    return str((field.examples or [""])[0])
