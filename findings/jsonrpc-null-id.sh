#!/usr/bin/env bash
# Expected: a JSON-RPC 2.0 request is a notification if it has no member `id`; one with `"id": null` is a
# request (the specification discourages it and allows it) and gets an answer with that id.
# Seen: jayson 5.0.0 (npm) runs the method and answers nothing, not even for an unknown method;
# json-rpc-2.0 1.8.1 (npm) answers with id null.
# Cost: a caller (JSON-RPC 1.0 habits, or a language whose unset id is written as null) waits for ever.
# Instead: refuse null ids in the client's library; in the server test for the member, not the value.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

changed() {
	printf 'The behaviour is another one now: %s\n' "$1" >&2
	exit 1
}

npm install --ignore-scripts --no-audit --no-fund --save-exact json-rpc-2.0@1.8.1 jayson@5.0.0 >install.log 2>&1 || {
	cat install.log >&2
	exit 2
}

cat >finding.js <<'END'
const { JSONRPCServer } = require('json-rpc-2.0');
const jayson = require('jayson');

let calls = 0;
const server = new JSONRPCServer();
server.addMethod('echo', (params) => params);
const other = new jayson.Server({ echo: (params, done) => { calls += 1; done(null, params); } });

(async () => {
	for (const method of ['echo', 'unknown']) {
		const text = `{"jsonrpc": "2.0", "method": "${method}", "params": [1], "id": null}`;
		const first = await server.receiveJSON(text);
		const second = await new Promise((done) => other.call(text, (error, answer) => done(error ?? answer)));
		console.log(`${method}: json-rpc-2.0 answers ${JSON.stringify(first)}, jayson ${JSON.stringify(second)}`);
	}
	console.log(`jayson ran echo ${calls} time`);
})();
END
node finding.js | tee seen.txt
grep -q '^echo: json-rpc-2.0 answers {.*"id":null.*}, jayson undefined$' seen.txt || changed 'the known method.'
grep -q '^unknown: json-rpc-2.0 answers {.*"error".*}, jayson undefined$' seen.txt || changed 'the unknown method.'
grep -qx 'jayson ran echo 1 time' seen.txt || changed 'the number of calls.'
echo 'jayson ran the method and sent nothing, not even for a method that does not exist.'
