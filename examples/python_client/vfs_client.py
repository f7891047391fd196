"""A client of the protocol, version 2, in the standard library alone: see docs/PROTOCOL.md."""

import errno
import os
import socket
import struct
import threading
from concurrent.futures import Future

OPS = dict(
    lookup=0, getattr=1, setattr=2, read=3, write=4, create=5, mkdir=6, unlink=7, rmdir=8,
    rename=9, open=10, release=11, readdir=12, fsync=13, mkdirall=14, truncate=15, symlink=16,
    readlink=17, link=18, fsyncpath=19, hello=32, opendir=33, mknod=34, getxattr=35, setxattr=36,
    listxattr=37, removexattr=38, statfs=39, datasync=40, allocate=41, seek=42, copyrange=43,
    lock=44, getlock=45, removeall=46, subscribe=47, unsubscribe=48, cancel=49, ping=50, goodbye=51,
)

# What does not count among the requests in flight.
FREE = {"cancel", "ping", "subscribe", "unsubscribe", "goodbye"}

ATTR = ("ino", "mode", "nlink", "uid", "gid", "rdev", "size", "blocks", "blksize", "atime",
        "atime_ns", "mtime", "mtime_ns", "ctime", "ctime_ns")


def attributes(values):
    """An `attr` by its names; items that are not known yet are left out."""
    return dict(zip(ATTR, values))


# ------------------------------------------------------------------------------------------- CBOR


def head(major, number):
    """The first bytes of an item, in the shortest form."""
    major <<= 5
    if number < 24:
        return bytes([major | number])
    for code, size, form in ((24, 1 << 8, ">B"), (25, 1 << 16, ">H"), (26, 1 << 32, ">I")):
        if number < size:
            return bytes([major | code]) + struct.pack(form, number)
    return bytes([major | 27]) + struct.pack(">Q", number)


def encode(value):
    """The bytes of a value."""
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, (bytes, bytearray)):
        return head(2, len(value)) + bytes(value)
    if isinstance(value, str):
        text = value.encode()
        return head(3, len(text)) + text
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join(map(encode, value))
    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(encode(k) + encode(v) for k, v in value.items())
    raise TypeError(f"The protocol has no {type(value)}")


def decode(data, at=0):
    """The value at a place, and the place behind it."""
    major, code = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7 and code in (20, 21):
        return code == 21, at
    if code < 24:
        number = code
    elif code < 28:
        size = 1 << (code - 24)
        number = int.from_bytes(data[at:at + size], "big")
        at += size
    else:
        raise ValueError("Lengths are definite")
    if major == 0:
        return number, at
    if major == 1:
        return -1 - number, at
    if major == 2:
        return bytes(data[at:at + number]), at + number
    if major == 3:
        return data[at:at + number].decode(), at + number
    if major == 4:
        items = []
        for _ in range(number):
            item, at = decode(data, at)
            items.append(item)
        return items, at
    if major == 5:
        items = {}
        for _ in range(number):
            key, at = decode(data, at)
            items[key], at = decode(data, at)
        return items, at
    raise ValueError(f"The protocol has no major type {major}")


# ----------------------------------------------------------------------------------------- client


class Client:
    """One session. Every method of `OPS` can be called: `client.mkdir(path="/d", mode=0o755)`."""

    def __init__(self, path, resume=0, on_change=None):
        self.path = path
        self.resume = resume
        self.on_change = on_change or (lambda kind, path, ino: None)
        self.guard = threading.Lock()
        self.last_id = 0
        self.waiting = {}  # id -> (name, frame, future), in the order of the ids
        self.session = {}
        self.connect()

    def connect(self):
        """Connects and says hello: for the first time, or to go on with the session there was.

        Tells whether it goes on. If not, its handles are gone, and what was unanswered is ESTALE.
        """
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(self.path)
        self.send(frame_of("hello", version=2, features=["notify", "resume"], resume=self.resume,
                           **self.session))
        self.hello = receive(self.socket)
        if self.hello["err"] != 0:
            raise OSError(-self.hello["err"], "hello")
        self.session = {key: self.hello[key] for key in ("session", "token")}
        self.slots = threading.Semaphore(self.hello["max_inflight"])
        resumed = self.hello.get("resumed", False)
        with self.guard:
            for name, frame, future in self.waiting.values():
                if not resumed:
                    future.set_exception(OSError(errno.ESTALE, "The session is gone", name))
                    continue
                if name not in FREE:
                    self.slots.acquire()
                self.send(frame)
            if not resumed:
                self.waiting.clear()
        threading.Thread(target=self.listen, args=(self.socket,), daemon=True).start()
        return resumed

    def send(self, frame):
        self.socket.sendall(frame)

    def listen(self, sock):
        """Gives every answer to whoever waits for it; what has no `id` is a notice."""
        try:
            while True:
                answer = receive(sock)
                if "id" not in answer:
                    for kind, path, *ino in answer.get("changes", []):
                        self.on_change(kind, path, ino[0] if ino else None)
                    continue
                with self.guard:
                    name, _, future = self.waiting.pop(answer["id"])
                if name not in FREE:
                    self.slots.release()
                if answer["err"] == 0:
                    future.set_result(answer)
                else:
                    number = -answer["err"]
                    future.set_exception(OSError(number, os.strerror(number), name))
        except (OSError, ValueError):
            pass

    def begin(self, name, **fields):
        """Sends a request. Gives its id, and a future for its answer."""
        if name not in FREE:
            self.slots.acquire()
        future = Future()
        with self.guard:
            self.last_id += 1
            number = self.last_id
            frame = frame_of(name, id=number, **fields)
            self.waiting[number] = (name, frame, future)
            self.send(frame)
        return number, future

    def __getattr__(self, name):
        if name not in OPS:
            raise AttributeError(name)
        return lambda **fields: self.begin(name, **fields)[1].result()

    # What every program wants.

    def read_file(self, path):
        """The whole content of a file."""
        fh, data = self.open(path=path)["fh"], b""
        try:
            while part := self.read(fh=fh, off=len(data), sz=self.hello["max_read"]).get("data"):
                data += part
        finally:
            self.release(fh=fh)
        return data

    def write_file(self, path, data):
        """Replaces the whole content of a file."""
        fh, at = self.create(path=path, mode=0o644)["fh"], 0
        try:
            while at < len(data):
                part = data[at:at + self.hello["max_write"]]
                at += self.write(fh=fh, off=at, data=part)["written"]
        finally:
            self.release(fh=fh)

    def list(self, path, size=0):
        """The entries of a directory, page by page: name, inode, mode, cursor and attributes."""
        fh, cursor = self.opendir(path=path)["fh"], 0
        try:
            while page := self.readdir(fh=fh, cursor=cursor, sz=size, plus=True).get("page"):
                yield from page
                cursor = page[-1][3]
        finally:
            self.release(fh=fh)

    def close(self):
        """Ends the session."""
        self.goodbye()
        self.socket.close()


def frame_of(name, **fields):
    """A request. What is zero, empty or false is left out."""
    body = encode({"op": OPS[name], **{key: value for key, value in fields.items() if value}})
    return struct.pack(">I", len(body)) + body


def receive(sock):
    """One frame: a length of 4 bytes, and a map."""
    body = exactly(sock, struct.unpack(">I", exactly(sock, 4))[0])
    value, end = decode(body)
    if end != len(body):
        raise ValueError("Bytes behind the map")
    return value


def exactly(sock, size):
    """That many bytes, however they arrive."""
    data = bytearray()
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            raise ConnectionError("The connection is gone")
        data += part
    return bytes(data)
