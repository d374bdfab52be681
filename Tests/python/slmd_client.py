"""A client of slmd in the standard library alone: frames of JSON-RPC 2.0 over a Unix socket."""
import json
import socket
import struct


class Refused(Exception):
    """The daemon's error object: `code`, `message` and `data`, which has `kind` and `retryable`."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code, self.data, self.kind = error["code"], error["data"], error["data"]["kind"]


class Client:
    def __init__(self, path, timeout=30):
        self.socket = socket.socket(socket.AF_UNIX)
        # With a time limit connecting would fail at once where many others are connecting.
        self.socket.connect(path)
        self.socket.settimeout(timeout)
        self.stream, self.last_id, self.progress = self.socket.makefile("rb"), 0, []
        self.early = {}
        hello = self.receive()
        if "error" in hello:
            self.close()
            raise Refused(hello["error"])
        self.hello = hello["params"]

    def call(self, method, **params):
        return self.answer(self.request(method, **params))

    def request(self, method, **params):
        """Sends a request whose answer is waited for later, by the id that this returns."""
        self.last_id += 1
        self.send(json.dumps({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}).encode())
        return self.last_id

    def answer(self, id):
        """The answer to this request; those to others that come before it are kept for their askers."""
        while id not in self.early:
            message = self.receive()
            if "method" in message:
                self.progress.append(message["params"])
            elif message["id"] is None:
                raise Refused(message["error"])
            else:
                self.early[message["id"]] = message
        message = self.early.pop(id)
        if "error" in message:
            raise Refused(message["error"])
        return message["result"]

    def send(self, body):
        self.socket.sendall(struct.pack(">I", len(body)) + body)

    def receive(self):
        header = self.stream.read(4)
        if len(header) < 4:
            raise ConnectionError("slmd closed the connection")
        return json.loads(self.stream.read(struct.unpack(">I", header)[0]))

    def close(self):
        self.stream.close()
        self.socket.close()
