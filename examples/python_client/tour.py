"""Shows what the client can do, with a server that has an empty writable tree at its root.

    vfs-server --mount /=memory --socket ./vfs.sock
    python3 tour.py ./vfs.sock
"""

import errno
import sys
import threading
from concurrent.futures import Future

from vfs_client import Client, attributes, frame_of

O_RDWR, O_CREAT, O_EXCL = 2, 0o100, 0o200
WRITE, UNLOCK = 1, 2


def fails(number, function, *args, **fields):
    """Expects an errno."""
    try:
        function(*args, **fields)
    except OSError as error:
        assert error.errno == number, f"{error} instead of {errno.errorcode[number]}"
    else:
        raise AssertionError(f"No failure, but {errno.errorcode[number]} is expected")


def files(client):
    client.mkdir(path="/d", mode=0o755)
    data = bytes(range(256)) * 10_000
    client.write_file("/d/large", data)
    assert client.read_file("/d/large") == data
    attr = attributes(client.lookup(path="/d/large")["attr"])
    assert attr["size"] == len(data) and attr["mode"] == 0o100644 and attr["nlink"] == 1
    client.symlink(path="/d/link", new_path="large")
    assert client.readlink(path="/d/link")["data"] == b"large"
    client.setattr(path="/d/large", mask=1 | 16, mode=0o600, atime=[-1, 5])
    attr = attributes(client.getattr(path="/d/large")["attr"])
    assert (attr["mode"], attr["atime"], attr["atime_ns"]) == (0o100600, -1, 5)


def errors(client):
    fails(errno.ENOENT, client.lookup, path="/none")
    fails(errno.EISDIR, client.unlink, path="/d")
    fails(errno.EBADF, client.read, fh=2 ** 64 - 1, sz=1)
    fails(errno.EINVAL, client.mkdir, path="/\0")
    fails(errno.ENAMETOOLONG, client.mkdir, path="/" + "n" * 256)
    fails(errno.EEXIST, client.open, path="/d/large", flags=O_CREAT | O_EXCL)


def pages(client):
    for i in range(300):
        client.mknod(path=f"/d/{i}", mode=0o100644)
    entries = list(client.list("/d", size=7))
    names = [entry[0] for entry in entries]
    assert sorted(names) == sorted([*map(str, range(300)), "large", "link"])
    assert all(attributes(entry[4])["ino"] == entry[1] for entry in entries)


def many_at_a_time(client):
    pending = [client.begin("getattr", path=f"/d/{i % 300}")[1] for i in range(1000)]
    assert all(future.result()["err"] == 0 for future in pending)


def cancelling(client, other):
    theirs = other.open(path="/d/0", flags=O_RDWR)["fh"]
    mine = client.open(path="/d/0", flags=O_RDWR)["fh"]
    other.lock(fh=theirs, type=WRITE, owner="a")
    fails(errno.EAGAIN, client.lock, fh=mine, type=WRITE, owner="a")
    number, waiting = client.begin("lock", fh=mine, type=WRITE, owner="a", wait=True)
    client.cancel(target=number)
    fails(errno.EINTR, waiting.result)
    fails(errno.ENOENT, client.cancel, target=number)
    _, waiting = client.begin("lock", fh=mine, type=WRITE, owner="a", wait=True)
    other.lock(fh=theirs, type=UNLOCK, owner="a")
    waiting.result()
    assert other.getlock(fh=theirs, type=WRITE)["lock"][1] == WRITE


def notices(path, other):
    heard, told = [], threading.Event()

    def on_change(kind, path, ino):
        heard.append((kind, path))
        told.set()

    client = Client(path, on_change=on_change)
    client.subscribe(path="/d")
    other.mkdir(path="/elsewhere", mode=0o755)
    other.mkdir(path="/d/new", mode=0o755)
    assert told.wait(60) and heard == [(1, "/d/new")]
    client.close()


def resuming(path):
    client = Client(path, resume=60_000)
    fh = client.open(path="/d/kept", flags=O_RDWR | O_CREAT, mode=0o644)["fh"]
    client.write(fh=fh, data=b"before ")
    client.lock(fh=fh, kind=1, type=WRITE, owner="a")
    # The connection is lost, and with it a request.
    client.socket.shutdown(2)
    lost = lost_write(client, fh)
    assert client.connect(), "the session is gone"
    assert lost.result()["written"] == 5
    client.unlink(path="/d/kept")
    assert client.read(fh=fh, sz=100)["data"] == b"before after"
    client.close()
    # After a goodbye there is nothing to go on with.
    assert not client.connect()
    fails(errno.EBADF, client.read, fh=fh, sz=1)
    client.close()


def lost_write(client, fh):
    """A write that the client counts as sent, and that was lost on the way."""
    client.last_id += 1
    frame = frame_of("write", id=client.last_id, fh=fh, off=7, data=b"after")
    future = Future()
    client.waiting[client.last_id] = "write", frame, future
    return future


def main(path):
    client, other = Client(path), Client(path)
    client.ping()
    files(client)
    errors(client)
    pages(client)
    many_at_a_time(client)
    cancelling(client, other)
    notices(path, other)
    resuming(path)
    client.removeall(path="/d")
    client.close()
    other.close()
    print("All of it works")


if __name__ == "__main__":
    main(sys.argv[1])
