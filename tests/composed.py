"""Runs the services of docker-compose.yml without an engine: the same commands, environment, users, files and limits.

What an engine would do is done with Linux alone: an overlay of this machine's file system as the image, read-only as
the file says, tmpfs and secrets where it says, no capability, no new privileges, no core files. What is not made here
is the image itself (the Dockerfile's RUN lines) and the bridge between networks: published ports are redirected.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from client_sim.netns import Namespace

REPOSITORY: Final = Path(__file__).resolve().parents[1]
PROGRAM: Final = (REPOSITORY, Path(sys.base_prefix).resolve())
_VARIABLE: Final = re.compile(r"\$(?:(\$)|\{(\w+)(?::?([-?])([^}]*))?\})")


def read_env(path: Path) -> dict[str, str]:
    """An env file as compose reads it: NAME=value lines and comments."""
    lines = (line.strip() for line in path.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def interpolated(value: Any, variables: Mapping[str, str]) -> Any:
    """A parsed compose file with `${NAME}`, `${NAME:-default}`, `${NAME:?what it is}` and `$$` put in place.

    An unknown variable without a default is an error, which compose would turn into an empty string.
    """

    def put(match: re.Match[str]) -> str:
        dollar, name, operator, word = match.groups()
        if dollar:
            return "$"
        if variables.get(name) or (operator is None and name in variables):
            return variables[name]
        if operator == "-":
            return str(word)
        raise KeyError(f"{name} has no value: {word}")

    match value:
        case str():
            return _VARIABLE.sub(put, value)
        case list():
            return [interpolated(one, variables) for one in value]
        case dict():
            return {key: interpolated(one, variables) for key, one in value.items()}
        case _:
            return value


def image_environment(dockerfile: Path, stage: str) -> dict[str, str]:
    """The ENV of one stage of a Dockerfile."""
    text = dockerfile.read_text().replace("\\\n", " ")
    body = re.split(r"^FROM .* AS (\w+)$", text, flags=re.MULTILINE)
    lines = body[body.index(stage) + 1].splitlines()
    words = [word for line in lines if line.startswith("ENV ") for word in shlex.split(line)[1:]]
    return dict(word.split("=", 1) for word in words)


@dataclass(frozen=True)
class Composed:
    """The services of one compose file. `project` is the folder that its relative paths start from.

    `image_files` says for folders of the images which folder of this machine has the same in it.
    """

    compose_file: Path
    project: Path
    variables: Mapping[str, str]
    image_files: Mapping[str, Path]

    @property
    def document(self) -> dict[str, Any]:
        """The whole file, its variables in place."""
        document: dict[str, Any] = interpolated(yaml.safe_load(self.compose_file.read_text()), self.variables)
        return document

    def service(self, name: str) -> dict[str, Any]:
        """One service of the file."""
        service: dict[str, Any] = self.document["services"][name]
        return service

    def start(self, name: str, namespace: Namespace, log: Path) -> subprocess.Popen[bytes]:
        """Start a service in `namespace` with its published ports; `log` gets its output. Ends with the namespace."""
        for published, port in (mapping.split(":") for mapping in self.service(name).get("ports", [])):
            namespace.filter(
                f"table inet published{published} {{ chain in {{ type nat hook prerouting priority -100; "
                f"tcp dport {published} redirect to :{port}; }}; }}"
            )
        with log.open("wb") as output:
            return namespace.start(self._contained(name, self.service(name)["command"]), output=output.fileno())

    def is_healthy(self, name: str, namespace: Namespace) -> bool:
        """Run the service's own health check, contained as the service is."""
        kind, *rest = self.service(name)["healthcheck"]["test"]
        command = ["/bin/sh", "-c", *rest] if kind == "CMD-SHELL" else rest
        return namespace.run(self._contained(name, command), timeout_seconds=20).returncode == 0

    def _contained(self, name: str, command: list[str]) -> list[str]:
        service = self.service(name)
        user, group = service["user"].split(":")
        environment = image_environment(self.compose_file.with_name("Dockerfile"), service["build"]["target"])
        environment |= {key: str(value) for key, value in service["environment"].items()}
        limits = [f"--{kind}={value}" for kind, value in service["ulimits"].items()]
        words = ["chroot", "$root", "prlimit", *limits, "setpriv", "--reuid", user, "--regid", group, "--clear-groups"]
        if service["cap_drop"] == ["ALL"]:
            words += ["--bounding-set=-all", "--inh-caps=-all"]
        if "no-new-privileges:true" in service["security_opt"]:
            words += ["--no-new-privs"]
        words += ["env", "-i", *(f"{key}={value}" for key, value in environment.items()), *command]
        script = "\n".join(
            [*self._root(service), "exec " + " ".join(word if word == "$root" else shlex.quote(word) for word in words)]
        )
        return ["unshare", "--mount", "--propagation", "private", "bash", "-euc", script]

    def _root(self, service: dict[str, Any]) -> list[str]:
        """Shell lines that make the container's file system at `$root`, seen by this one process and its children."""
        lines = [
            "mount -t tmpfs box /mnt; mkdir /mnt/upper /mnt/work /mnt/root; root=/mnt/root",
            "mount -t overlay image -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work $root",
            "for each in proc dev; do mount --rbind /$each $root/$each; done",
            # Interpreter and program may lie in somebody's home, or under /tmp: opened in the overlay alone, and kept.
            f"chmod o+rx {' '.join(f'$root{shlex.quote(str(path))}' for path in _way_to(*PROGRAM))}",
            f"mkdir /mnt/program; mount --bind $root{REPOSITORY} /mnt/program",
        ]
        lines += [_bound(source, target) for target, source in self.image_files.items()]
        for entry in service.get("tmpfs", []):
            target, _, options = entry.partition(":")
            lines += [f"mkdir -p $root{target}; mount -t tmpfs -o {shlex.quote(options)} box $root{target}"]
        for volume in service.get("volumes", []):
            source, target = (part for part in volume.split(":"))
            here, there = shlex.quote(str((self.project / source).resolve())), f"$root{target}"
            lines += [
                f"mkdir -p {there}; mount --bind {here} {there}; mount -o remount,bind,nosuid,nodev,noexec {there}"
            ]
        for secret in service.get("secrets", []):
            file = self.project / self.document["secrets"][secret]["file"]
            lines += [_bound(file, f"/run/secrets/{secret}")]
        lines += [f"mkdir -p $root{REPOSITORY}; mount --bind /mnt/program $root{REPOSITORY}"]
        return [*lines, *(["mount -o remount,ro $root"] if service["read_only"] else [])]


def _way_to(*places: Path) -> list[Path]:
    """The places and every folder on the way to them."""
    return sorted({path for place in places for path in (place, *place.parents)})


def _bound(source: Path, target: str) -> str:
    """A shell line that shows a file or folder of this machine, read-only, inside the container."""
    here, there = shlex.quote(str(source.resolve())), f"$root{target}"
    make = f"mkdir -p {there}" if source.is_dir() else f"mkdir -p $(dirname {there}); touch {there}"
    return f"{make}; mount --bind {here} {there}; mount -o remount,bind,ro {there}"
