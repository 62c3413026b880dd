"""Listens on a datagram socket as a service manager does, and prints each message as one line of JSON."""

import json
import socket
import sys

listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listening.bind(sys.argv[1])
print(json.dumps({"ready": True}), flush=True)
while True:
    message = listening.recv(65536).decode()
    print(json.dumps(dict(line.split("=", 1) for line in message.splitlines() if "=" in line)), flush=True)
