#!/usr/bin/env bash
# Expected: the answer to a JSON-RPC 2.0 batch is an array, also with one member (specification, section 6;
# only a batch of notifications alone gets no answer).
# Seen: json-rpc-2.0 1.8.1 (npm) answers a batch with one request, or with one request and
# notifications, with the bare response object; two requests give an array. jayson 5.0.0 gives an
# array each time.
# Cost: a client that sends batches breaks on those that happen to have one request in them.
# Instead: take an object for an array of one in the client; wrap it again in the server.
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

const request = (id) => ({ jsonrpc: '2.0', method: 'echo', params: [1], id });
const notification = { jsonrpc: '2.0', method: 'echo', params: [1] };
const server = new JSONRPCServer();
server.addMethod('echo', (params) => params);
const other = new jayson.Server({ echo: (params, done) => done(null, params) });
const shape = (answer) => (Array.isArray(answer) ? `array of ${answer.length}` : typeof answer);

(async () => {
	for (const batch of [[request(1)], [request(1), notification], [request(1), request(2)]]) {
		const text = JSON.stringify(batch);
		const first = await server.receiveJSON(text);
		const second = await new Promise((done) => other.call(text, (error, answer) => done(error ?? answer)));
		const ids = batch.map((member) => member.id ?? 'notification').join(', ');
		console.log(`batch of ${ids}: json-rpc-2.0 answers ${shape(first)}, jayson ${shape(second)}`);
	}
})();
END
node finding.js | tee seen.txt
grep -qx 'batch of 1: json-rpc-2.0 answers object, jayson array of 1' seen.txt || changed 'a batch of one.'
grep -qx 'batch of 1, notification: json-rpc-2.0 answers object, jayson array of 1' seen.txt || changed 'a batch with a notification.'
grep -qx 'batch of 1, 2: json-rpc-2.0 answers array of 2, jayson array of 2' seen.txt || changed 'a batch of two.'
echo 'The first library takes the array away as soon as there is but one answer.'
