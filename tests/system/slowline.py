"""A line to a server on which every packet takes its time, as to a database far away or overrun."""

import contextlib
import socket
import threading
import time
from typing import Self

from .processes import HOST


class SlowLine:
    """Passes bytes on between its own `port` and that of a server, `seconds` late, each way.

    Where there are `words`, only from the packet on in which they stand.
    """

    def __init__(self, to: int) -> None:
        self.to = to
        self.seconds = 0.0
        self.words = b""
        self._ends: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._door = socket.create_server((HOST, 0))
        self.port = self._door.getsockname()[1]
        self._go_on(self._welcome)
        return self

    def __exit__(self, *_error: object) -> None:
        for end in (self._door, *self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _go_on(self, call: object, *what: socket.socket) -> None:
        threading.Thread(target=call, args=what, daemon=True).start()

    def _welcome(self) -> None:
        with contextlib.suppress(OSError):  # until the door is shut
            while True:
                client, _address = self._door.accept()
                server = socket.create_connection((HOST, self.to))
                self._ends += [client, server]
                self._go_on(self._pass_on, client, server)
                self._go_on(self._pass_on, server, client)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while packet := source.recv(65536):
                if self.words in packet:
                    self.words = b""
                time.sleep(0 if self.words else self.seconds)
                target.sendall(packet)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
