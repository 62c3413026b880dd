#!/usr/bin/env python3
"""Says in plain words what a running Tidemark does: follow.py CONTROL_SOCKET [AFTER]. Needs nothing but Python."""
import http.client, json, socket, sys

class Control(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(sys.argv[1])

def get(path):
    connection = Control("localhost")
    connection.request("GET", path)
    return connection.getresponse()

status = json.load(get("/v1/status?items=0"))
print(f"{status['state']}: {status['atRest']} of {status['items']} items are in sync", flush=True)
after = sys.argv[2] if len(sys.argv) > 2 else status["seq"]
wanted = {}  # commands by their id: an outcome names the one that it ends
end = False
for line in get(f"/v1/events?after={after}"):
    field, _, value = line.decode().rstrip("\n").partition(": ")
    if field == "event": end = value == "end"
    if field != "data": continue
    data = json.loads(value)
    if end: sys.exit(f"The daemon ended the stream: {data['detail']}")
    event = data["event"]
    if event["type"] == "Planned":
        wanted.update({command["id"]: command for command in event["commands"] if command["path"]})
    command = wanted.pop(event.get("command"), None)
    if command is None: continue
    failed = f" failed: {event['failure']['detail']}" if event["type"] == "CommandFailed" else ""
    print(f"{command['type']} {command['path']!r}{failed}", flush=True)
