"""A client of JSON-RPC as people write it without a library: a socket, a line for each request, the line that has its id."""
import itertools
import json
import socket
import sys


class Refused(Exception):
    def __init__(self, error):
        super().__init__(error["message"])
        self.code = error["code"]
        self.data = error.get("data") or {}


class Client:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.ids = itertools.count(1)
        self.notifications = []

    def call(self, method, /, *args, **params):
        request = {"jsonrpc": "2.0", "id": next(self.ids), "method": method, "params": params or list(args)}
        self.socket.sendall((json.dumps(request) + "\n").encode())
        for line in self.lines:
            reply = json.loads(line)
            if reply.get("id") != request["id"]:
                self.notifications.append(reply["method"])
            elif "error" in reply:
                raise Refused(reply["error"])
            else:
                return reply["result"]
        raise EOFError(method)


def refusal(call):
    try:
        call()
    except Refused as e:
        return e
    raise AssertionError("was not refused")


client = Client(sys.argv[1])
found = {
    "pong": client.call("ping")["pong"],
    "stdout": client.call("exec_command", command="/bin/echo", args=["grüße"])["stdout"],
    "unknown": refusal(lambda: client.call("no_such_method")).code,
    "field": refusal(lambda: client.call("exec_command", command="/bin/echo", nonsense=1)).data["field"],
    "position": refusal(lambda: client.call("exec_command", "/bin/echo")).code,
    "announced": "agent_ready" in client.notifications,
}
print(json.dumps(found))
