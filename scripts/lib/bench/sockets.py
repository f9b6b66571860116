"""WebSockets (RFC 6455) on asyncio: the client's side, and only what the bench needs of it."""

import asyncio
import os

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Socket(asyncio.Protocol):
    """One connection; passes each text on as it comes, and answers pings. It is open with its first text."""

    def __init__(self, request, take):
        self.request, self.take = request, take
        self.buffer = bytearray()
        self.is_upgraded = False
        self.opened = asyncio.get_running_loop().create_future()
        self.closed = asyncio.get_running_loop().create_future()
        self.code = None

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data):
        self.buffer += data
        if not self.is_upgraded and not self._read_head():
            return
        while frame := self._read_frame():
            kind, body = frame
            if kind == TEXT:
                self.take(body)
                if not self.opened.done():
                    self.opened.set_result(self)
            elif kind == PING:
                self._send(PONG, body)
            elif kind == CLOSE:
                self.code = int.from_bytes(body[:2], "big")
                self.transport.close()

    def connection_lost(self, _error):
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed before it was open"))
        if not self.closed.done():
            self.closed.set_result(None)

    def cut(self):
        """Ends it without a word."""
        self.transport.abort()

    def _read_head(self):
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        line = bytes(self.buffer[: self.buffer.find(b"\r\n")]).decode()
        del self.buffer[: end + 4]
        if " 101 " not in line:
            self.opened.set_exception(ConnectionError(line))
            self.transport.abort()
            return False
        self.is_upgraded = True
        return True

    def _read_frame(self):
        """Takes a whole frame off the buffer; none if the rest is still to come."""
        buffer = self.buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1] & 127, 2
        if size >= 126:
            start = 4 if size == 126 else 10
            size = int.from_bytes(buffer[2:start], "big")
        if len(buffer) < start + size:
            return None
        kind, body = buffer[0] & 15, bytes(buffer[start : start + size])
        del buffer[: start + size]
        return kind, body

    def _send(self, kind, body):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
        self.transport.write(bytes([128 | kind, 128 | len(body)]) + mask + masked)


async def connect(port, path, token, take):
    """An open connection; `take(text)` gets what comes."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    loop = asyncio.get_running_loop()
    _transport, socket = await loop.create_connection(lambda: Socket(request.encode(), take), "127.0.0.1", port)
    try:
        return await asyncio.wait_for(socket.opened, 30)
    except OSError:
        socket.cut()
        raise
