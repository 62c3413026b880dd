#!/usr/bin/env python3
"""Asks Tidemark to look at the drive whenever a file is touched. A plugin without the SDK: the wire protocol alone.

usage: touch_hint.py NATS-HOST:PORT DRIVE-KEY FILE
"""
import json
import os
import socket
import sys
import time
import uuid

server, drive, watched = sys.argv[1:]
host, port = server.rsplit(":", 1)
base = f"sync.{drive}.plugin.touch-hint"
inbox = f"_INBOX.{uuid.uuid4().hex}"
instance = uuid.uuid4().hex
wire = socket.create_connection((host, int(port)))
lines = wire.makefile("rb")
options = b'{"verbose":false,"headers":true,"no_responders":true}'
wire.sendall(b"CONNECT " + options + b"\r\n" + f"SUB {inbox} 1\r\n".encode())


def ask(subject, payload):
    """One request, and its answer; an empty one when nobody is there to answer."""
    data = json.dumps(payload).encode()
    wire.sendall(f"PUB {subject} {inbox} {len(data)}\r\n".encode() + data + b"\r\n")
    wire.settimeout(5)
    try:
        while True:
            words = lines.readline().split()
            if not words:
                sys.exit("the server is gone")
            if words[0] == b"PING":
                wire.sendall(b"PONG\r\n")
            elif words[0] == b"-ERR":
                sys.exit(b" ".join(words).decode())
            elif words[0] == b"MSG":
                return json.loads(lines.read(int(words[-1]) + 2))
            elif words[0] == b"HMSG":
                lines.read(int(words[-1]) + 2)
                return {}
    except TimeoutError:
        sys.exit("no answer: start again")


def touched():
    return os.stat(watched).st_mtime_ns if os.path.exists(watched) else None


hello = {"protocol": 1, "version": "1.0.0", "instance": instance, "observes": ["HintReceived"]}
hint = {"type": "HintReceived", "side": "remote", "source": "touch-hint"}
seen, greeted_at, unsent = touched(), 0.0, False
while True:
    if time.monotonic() - greeted_at > 2:
        answer = ask(f"{base}.hello", hello)
        greeted_at = time.monotonic()
        if "refused" in answer and answer["refused"]["code"] != "occupied":
            sys.exit(answer["refused"]["detail"])
    if touched() != seen:
        seen, unsent = touched(), True
    if unsent:
        # An answer without "taken" means: not yet. A hint may be sent again as often as one likes.
        unsent = "taken" not in ask(f"{base}.observation", {"instance": instance, "observations": [hint]})
    time.sleep(0.1)
