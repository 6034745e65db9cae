"""Signing through ssh-agent: the private key never enters this process (RFC draft-miller-ssh-agent).

A signer for a public key whose private half an agent holds. What the agent answers is checked by whoever signs
(``custody.sshsig``), like any other signature.
"""

import contextlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from linksync.custody.keys import KEY_TYPE, PublicKey, Signer, string, strings, take_string
from linksync.errors import FormatError, MediumError, RefusedError
from linksync.machine.key_files import load_public, load_signer

_REQUEST_IDENTITIES, _IDENTITIES_ANSWER = 11, 12
_SIGN_REQUEST, _SIGN_RESPONSE = 13, 14
_ANSWER_MAX = 256 * 1024
_PATIENCE = 60.0
"""Seconds that an agent has: it may ask a person to confirm."""


@dataclass(frozen=True, slots=True)
class AgentSigner:
    """A signer whose key an agent holds.

    Attributes:
        socket_path: where the agent listens.
    """

    public: PublicKey
    socket_path: str

    def sign(self, data: bytes) -> bytes:
        """The raw Ed25519 signature over exactly ``data``, 64 bytes.

        Raises:
            RefusedError: ``agent-refused`` (``key``): the agent, or the person it asked, said no.
            MediumError: ``agent-unreachable`` (``why``).
        """
        request = bytes([_SIGN_REQUEST]) + string(self.public.blob) + string(data) + bytes(4)
        kind, body = _ask(self.socket_path, request)
        try:
            signature, rest = take_string(body)
            name, raw = strings(signature)
        except ValueError:
            raise RefusedError("agent-refused", key=self.public.fingerprint) from None
        if kind != _SIGN_RESPONSE or rest or name != KEY_TYPE.encode():
            raise RefusedError("agent-refused", key=self.public.fingerprint)
        return raw


def agent_signer(public: PublicKey) -> Signer:
    """A signer for a public key, by the agent of this session.

    Raises:
        RefusedError: ``agent-none``: no agent runs; ``agent-without-key`` (``key``): it does not hold the key.
        MediumError: ``agent-unreachable`` (``why``).
    """
    path = os.environ.get("SSH_AUTH_SOCK", "")
    if not path:
        raise RefusedError("agent-none", key=public.fingerprint)
    kind, body = _ask(path, bytes([_REQUEST_IDENTITIES]))
    if kind != _IDENTITIES_ANSWER or public.blob not in _held(body):
        raise RefusedError("agent-without-key", key=public.fingerprint)
    return AgentSigner(public, path)


def open_signer(key: Path, passphrase: bytes | None, *, locked: Callable[[Path], Signer]) -> Signer:
    """A signer for a private key file, or for what the agent holds of a ``.pub`` file.

    Args:
        key: the file.
        passphrase: for a key that has one, where it was given.
        locked: opens a key with a passphrase that was not given.

    Raises:
        LinksyncError: those of ``load_signer``, ``agent_signer`` and ``locked``.
    """
    try:
        return load_signer(key, passphrase=None if passphrase is None else lambda: passphrase)
    except FormatError as error:
        if error.slug != "key-is-public":
            raise
        return agent_signer(load_public(key))
    except RefusedError as error:
        if error.slug != "key-needs-passphrase":
            raise
        return locked(key)


def agent_keys() -> tuple[tuple[PublicKey, str], ...]:
    """The Ed25519 keys that the agent of this session holds, each with its comment; none where there is no agent."""
    path = os.environ.get("SSH_AUTH_SOCK", "")
    try:
        kind, body = _ask(path, bytes([_REQUEST_IDENTITIES])) if path else (0, b"")
        told = strings(body[4:]) if kind == _IDENTITIES_ANSWER and len(body) > 4 else ()
    except (MediumError, ValueError):
        return ()
    found = []
    for blob, comment in zip(told[::2], told[1::2], strict=False):
        with contextlib.suppress(FormatError):
            found.append((PublicKey.from_blob(blob), comment.decode("utf-8", "replace")))
    return tuple(found)


def _held(body: bytes) -> list[bytes]:
    """The keys that an agent's answer lists."""
    try:
        return list(strings(body[4:])[::2]) if len(body) > 4 else []
    except ValueError:
        return []


def _ask(path: str, request: bytes) -> tuple[int, bytes]:
    """One question and its answer: the kind of message, and what it says."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as agent:
            agent.settimeout(_PATIENCE)
            agent.connect(path)
            agent.sendall(string(request))
            length = int.from_bytes(_exactly(agent, 4), "big")
            if not 1 <= length <= _ANSWER_MAX:
                raise OSError(f"an answer of {length} bytes")
            answer = _exactly(agent, length)
    except OSError as error:
        raise MediumError("agent-unreachable", errno=error.errno or 0, why=error.strerror or str(error)) from error
    return answer[0], answer[1:]


def _exactly(agent: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        piece = agent.recv(count - len(found))
        if not piece:
            raise OSError("the agent hung up")
        found += piece
    return found
