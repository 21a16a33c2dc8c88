"""Kept connections with one request each under way: a number of requests instead of a time, and no
connection made or lost while something is counted."""

import select
import socket
import time


class SteadyLoadError(Exception):
    pass


def answer_size(received: bytes) -> int | None:
    """Of a whole answer, head and body; None while its head is not complete."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    for line in received[:end].split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return end + 4 + int(value)
    raise SteadyLoadError(f"an answer without Content-Length: {received[:end]!r}")


class SteadyLoad:
    """Owns its connections; use it in a `with` statement."""

    def __init__(self, port: int, path: str, connections: int = 0) -> None:
        self.port = port
        self.request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        self.received: dict[int, bytes] = {}
        self.sockets: dict[int, socket.socket] = {}
        self.poll = select.epoll()
        self.open(connections)

    def open(self, connections: int) -> None:
        for _ in range(connections):
            one = socket.create_connection(("127.0.0.1", self.port), timeout=30)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sockets[one.fileno()] = one
            self.poll.register(one.fileno(), select.EPOLLIN)

    def run(self, requests: int, limit_seconds: float = 120.0) -> None:
        """Returns when all of them are answered with 200; each connection has one at a time."""
        waiting = list(self.sockets)
        unsent = requests
        answered = 0
        deadline = time.monotonic() + limit_seconds
        while answered < requests:
            self.send(waiting[:unsent])
            unsent -= min(unsent, len(waiting))
            waiting = self.receive(deadline)
            answered += len(waiting)

    def ask_each_once(self, at_once: int = 64, limit_seconds: float = 120.0) -> None:
        """One request on every connection, never more than `at_once` of them together."""
        numbers = list(self.sockets)
        deadline = time.monotonic() + limit_seconds
        for begin in range(0, len(numbers), at_once):
            asked = numbers[begin:begin + at_once]
            self.send(asked)
            answered = 0
            while answered < len(asked):
                answered += len(self.receive(deadline))

    def send(self, numbers: list[int]) -> None:
        for number in numbers:
            self.received[number] = b""
            self.sockets[number].sendall(self.request)

    def receive(self, deadline: float) -> list[int]:
        """The connections whose answers are complete."""
        if time.monotonic() > deadline:
            raise SteadyLoadError("the server did not answer in time")
        return [number for number, _ in self.poll.poll(1.0) if self.take(number)]

    def take(self, number: int) -> bool:
        """Whether what came completes an answer."""
        came = self.sockets[number].recv(65536)
        if not came:
            raise SteadyLoadError("the server closed a connection")
        self.received[number] += came
        size = answer_size(self.received[number])
        if size is None or len(self.received[number]) < size:
            return False
        if not self.received[number].startswith(b"HTTP/1.1 200 "):
            raise SteadyLoadError(f"answered {self.received[number][:80]!r}")
        return True

    def alive(self) -> int:
        """Connections that the server has not closed."""
        ended = {number for number, event in self.poll.poll(0)
                 if event & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR)}
        return len(self.sockets) - len(ended)

    def __enter__(self) -> "SteadyLoad":
        return self

    def __exit__(self, *_: object) -> None:
        self.poll.close()
        for one in self.sockets.values():
            one.close()
