"""D-Bus, the system's or the session's: one call after another, each with a limit on its time.

The only module that knows jeepney, which speaks D-Bus in 3 MiB and without a loop of its own. A connection is made for
each piece of work and closed after it: nothing can grow stale, and a service that hangs costs one caller its patience.
"""

import contextlib
from collections.abc import Iterator
from typing import Any, Literal

import jeepney
from jeepney.bus import get_bus
from jeepney.io.blocking import DBusConnection, prep_socket

ABSENT = "linksync.Absent"
"""There is no bus to talk to."""
TIMED_OUT = "linksync.TimedOut"
"""No answer in time; what was asked for may still be done."""

PATIENCE = 10.0
"""Seconds for the bus itself to let us in."""
_PROPERTIES = "org.freedesktop.DBus.Properties"


class BusError(Exception):
    """An answer that is an error, or none.

    Attributes:
        name: the error's D-Bus name, as ``org.freedesktop.DBus.Error.ServiceUnknown``, or one of this module's.
        text: what the service says, for a log; it is never decided upon.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name, text)
        self.name, self.text = name, text


class Talk:
    """A connection to one service on a bus."""

    def __init__(self, connection: DBusConnection, service: str) -> None:
        self._connection, self._service = connection, service

    def call(self, path: str, method: str, signature: str = "", *arguments: object, limit: float) -> tuple[Any, ...]:
        """Call a method and wait for its answer.

        Args:
            path: of the object.
            method: with its interface, as ``org.freedesktop.UDisks2.Filesystem.Mount``.
            signature: of the arguments.
            *arguments: what the method is given; a variant among them is a pair of signature and value.
            limit: seconds.

        Raises:
            BusError: the answer is an error, or there is none in time.
        """
        interface, _, member = method.rpartition(".")
        address = jeepney.DBusAddress(path, bus_name=self._service, interface=interface)
        message = jeepney.new_method_call(address, member, signature or None, arguments)
        with _translated():
            reply = self._connection.send_and_get_reply(message, timeout=limit)
        if reply.header.message_type is jeepney.MessageType.error:
            name = reply.header.fields.get(jeepney.HeaderFields.error_name, "")
            raise BusError(str(name), str(reply.body[0]) if reply.body else "")
        return tuple(reply.body)

    def told(self, path: str, interface: str, *, limit: float) -> dict[str, Any]:
        """The properties of an object's interface, without their signatures.

        Raises:
            BusError: as ``call``.
        """
        (found,) = self.call(path, f"{_PROPERTIES}.GetAll", "s", interface, limit=limit)
        return plain(found)


def plain(properties: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    """Properties without the signatures that variants carry."""
    return {name: value for name, (_, value) in properties.items()}


@contextlib.contextmanager
def talking_to(service: str, *, bus: Literal["SYSTEM", "SESSION"] = "SYSTEM") -> Iterator[Talk]:
    """A connection to a service on the system bus, or on that of whoever is logged in, while it is needed.

    Raises:
        BusError: ``ABSENT`` where there is no bus; ``TIMED_OUT`` where it does not answer.
    """
    with _translated(), contextlib.ExitStack() as stack:
        connection = _Connection(prep_socket(get_bus(bus), timeout=PATIENCE))
        stack.enter_context(connection)
        kept = stack.pop_all()
    with kept:
        yield Talk(connection, service)


class _Connection(DBusConnection):  # type: ignore[misc]  # jeepney comes without types
    """A connection that never waits without a limit, not even for the bus to say hello."""

    def receive(self, *, timeout: float | None = None) -> jeepney.Message:
        return super().receive(timeout=PATIENCE if timeout is None else timeout)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise BusError(TIMED_OUT, str(error)) from error
    except (OSError, RuntimeError, ValueError, LookupError, jeepney.AuthenticationError) as error:
        raise BusError(ABSENT, str(error)) from error
