#!/usr/bin/env python3
"""Tells Tidemark where something changed in a sync folder on a network share, of whose changes its own machine hears nothing.

Run it on the file server: share_hint.py NATS-HOST:PORT DRIVE-KEY FOLDER
"""
import json, os, socket, sys, time, uuid

server, drive, root = sys.argv[1:]
host, port = server.rsplit(":", 1)
base, instance = f"sync.{drive}.plugin.share-hint", uuid.uuid4().hex
inbox = f"_INBOX_share-hint.{instance}"
wire = socket.create_connection((host, int(port)), timeout=5)
lines = wire.makefile("rb")
wire.sendall(b'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n' + f"SUB {inbox} 1\r\n".encode())


def ask(what, **payload):
    """One request, and its answer; an empty one when no daemon is there to answer."""
    data = json.dumps(payload).encode()
    wire.sendall(f"PUB {base}.{what} {inbox} {len(data)}\r\n".encode() + data + b"\r\n")
    while words := lines.readline().split():
        if words[0] == b"PING":
            wire.sendall(b"PONG\r\n")
        elif words[0] == b"-ERR":
            sys.exit(b" ".join(words).decode())
        elif words[0] in (b"MSG", b"HMSG"):
            body = lines.read(int(words[-1]) + 2)
            return json.loads(body) if words[0] == b"MSG" else {}
    sys.exit("the server is gone")


def look():
    """What each folder holds: names, sizes, times. Its path is relative to the sync folder, which itself is ''."""
    found = {}
    for folder, _, _ in os.walk(root):
        path = "" if folder == root else os.path.relpath(folder, root)
        entries = [(entry.name, entry.stat(follow_symlinks=False)) for entry in os.scandir(folder)]
        found[path] = sorted((name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in entries)
    return found


seen, changed, greeted_at = look(), set(), 0.0
while True:
    if time.monotonic() - greeted_at > 2:
        answer = ask("hello", protocol=1, version="1.0.0", instance=instance, observes=["HintReceived"])
        greeted_at = time.monotonic()
        if answer.get("refused", {}).get("code", "occupied") != "occupied":
            sys.exit(answer["refused"]["detail"])
    try:
        now = look()
        changed |= {path for path in now if now[path] != seen.get(path)}
        seen = now
    except FileNotFoundError:
        pass  # It went while it was looked at: the next look shows that.
    if changed:
        hint = {"type": "HintReceived", "side": "local", "source": "share-hint", "folders": sorted(changed)[:1000]}
        # An answer without "taken" means: not yet. A hint may be sent again as often as one likes.
        if "taken" in ask("observation", instance=instance, observations=[hint]):
            changed -= set(hint["folders"])
    time.sleep(0.2)
