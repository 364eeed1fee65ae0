"""A client of the websocket: it connects as the app does, answers pings, and keeps the events that come."""
import base64
import json
import os
import socket
import struct
import threading

CONNECT_SECONDS = 20
TEXT, CLOSE = 1, 8


class Live:
    def __init__(self, port, token):
        self.events, self.closed = [], False
        self._socket = socket.create_connection(("127.0.0.1", port), CONNECT_SECONDS)
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall((f"GET /api/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                              f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                              f"Authorization: Bearer {token}\r\n\r\n").encode())
        self._stream = self._socket.makefile("rb")
        status = self._stream.readline()
        if b" 101 " not in status:
            self._socket.close()
            raise ConnectionError(f"no websocket: {status!r}")
        while self._stream.readline() not in (b"\r\n", b""):
            pass
        self._expect("0{")
        self._send("40")
        self._expect("40{")
        self._socket.settimeout(None)

    def listen(self):
        """Reads in a thread of its own from now on."""
        self._thread = threading.Thread(target=self._read_all)
        self._thread.start()
        return self

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        if hasattr(self, "_thread"):
            self._thread.join()
        self._socket.close()

    def named(self, name):
        """The first arguments of all events of that name so far."""
        return [event[1] for event in list(self.events) if event[0] == name]

    def _expect(self, start):
        text = self._receive()
        if not text.startswith(start):
            raise ConnectionError(f"not {start}: {text!r}")

    def _send(self, text):
        mask, data = os.urandom(4), text.encode()
        self._socket.sendall(bytes([0x80 | TEXT, 0x80 | len(data)]) + mask + bytes(c ^ mask[i % 4] for i, c in enumerate(data)))

    def _exactly(self, n):
        data = self._stream.read(n)
        if len(data) < n:
            raise ConnectionError("the websocket ended")
        return data

    def _receive(self):
        kind, size = self._exactly(2)
        if size == 126:
            size, = struct.unpack(">H", self._exactly(2))
        elif size == 127:
            size, = struct.unpack(">Q", self._exactly(8))
        data = self._exactly(size)
        if kind & 15 == CLOSE:
            raise ConnectionError("the websocket was closed")
        return data.decode()

    def _read_all(self):
        try:
            while True:
                text = self._receive()
                if text == "2":
                    self._send("3")
                elif text.startswith("42"):
                    self.events.append(json.loads(text[2:]))
        except (OSError, ValueError):
            self.closed = True
