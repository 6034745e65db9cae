"""A system bus on which a test plays udisksd itself: one that hangs, refuses, or has a drive that can be switched off.

The real udisksd is used wherever it can do what is to be shown; drives, refusals and silence can be had here alone.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jeepney
from jeepney.io.blocking import DBusConnection, open_dbus_connection

Answer = Callable[[tuple[Any, ...]], tuple[str, tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Told:
    """An error that a service answers with."""

    name: str
    text: str = "as the test wants it"


@dataclass(slots=True)
class Player:
    """Owns a name on the bus and answers as a table says.

    Attributes:
        answers: by object and method (``/path Interface.Method``) or method alone: signature and body, or an error;
            None is silence.
        asked: what was called, in order; ``given`` the options of each call that has some.
    """

    answers: Mapping[str, tuple[str, tuple[Any, ...]] | Told | None]
    asked: list[str] = field(default_factory=list)
    given: list[dict[str, Any]] = field(default_factory=list)

    @contextlib.contextmanager
    def on(self, address: str, name: str) -> Iterator["Player"]:
        """Play on a bus, while it is needed."""
        connection = open_dbus_connection(address)
        stop = threading.Event()
        reply = connection.send_and_get_reply(jeepney.message_bus.RequestName(name), timeout=5)
        assert reply.body == (1,), f"{name} is taken"
        thread = threading.Thread(target=self._play, args=(connection, stop))
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()
            connection.close()

    def _play(self, connection: DBusConnection, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                message = connection.receive(timeout=0.05)
            except TimeoutError:
                continue
            if message.header.message_type is jeepney.MessageType.method_call:
                self._answer(connection, message)

    def _answer(self, connection: DBusConnection, message: jeepney.Message) -> None:
        fields = message.header.fields
        interface = str(fields.get(jeepney.HeaderFields.interface, "")).rpartition(".")[2]
        method = f"{interface}.{fields[jeepney.HeaderFields.member]}"
        if method == "Properties.GetAll":
            method += " " + str(message.body[0]).rpartition(".")[2]
        self.asked.append(method)
        if message.body and isinstance(message.body[-1], dict) and message.body[-1]:
            self.given.append(message.body[-1])
        path = fields[jeepney.HeaderFields.path]
        answer = self.answers.get(
            f"{path} {method}", self.answers.get(method, Told("org.freedesktop.DBus.Error.UnknownMethod"))
        )
        if isinstance(answer, Told):
            connection.send(jeepney.new_error(message, answer.name, "s", (answer.text,)))
        elif answer is not None:
            connection.send(jeepney.new_method_return(message, *answer))
