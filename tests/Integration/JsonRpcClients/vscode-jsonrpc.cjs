// vscode-jsonrpc speaks headers with lengths by itself; a reader and a writer of lines are all that it takes.
'use strict';
const net = require('net');
const readline = require('readline');
const rpc = require('vscode-jsonrpc/node');

class LineReader extends rpc.AbstractMessageReader {
  constructor(socket) {
    super();
    this.socket = socket;
  }

  listen(callback) {
    readline.createInterface({ input: this.socket }).on('line', line => callback(JSON.parse(line)));
    this.socket.on('close', () => this.fireClose());
    return rpc.Disposable.create(() => this.socket.destroy());
  }
}

class LineWriter extends rpc.AbstractMessageWriter {
  constructor(socket) {
    super();
    this.socket = socket;
  }

  write(message) {
    return new Promise((resolve, reject) =>
      this.socket.write(JSON.stringify(message) + '\n', failure => failure ? reject(failure) : resolve()));
  }

  end() {}
}

const socket = net.connect({ path: process.argv[2] });
const connection = rpc.createMessageConnection(new LineReader(socket), new LineWriter(socket));
const output = [];
let announced = false;
connection.onNotification('agent_ready', () => { announced = true; });
connection.onNotification('exec_output', chunk => { output.push(Buffer.from(chunk.data, 'base64').toString()); });
connection.listen();

// One argument that is an object goes by name only if it is asked for.
const call = (method, params, token) =>
  connection.sendRequest(method, rpc.ParameterStructures.byName, params, ...(token ? [token] : []));

(async () => {
  const ping = await connection.sendRequest('ping');
  const echo = await call('exec_command', { command: '/bin/echo', args: ['grüße'] });
  await call('exec_command', { command: '/bin/echo', args: ['streamed'], stream: true });
  const unknown = await call('no_such_method', {}).catch(e => e);
  const refused = await call('exec_command', { command: '/bin/echo', nonsense: 1 }).catch(e => e);
  // Its own word for a cancel is a notification that the agent does not know: nothing happens, and the answer comes.
  const source = new rpc.CancellationTokenSource();
  const slow = call('exec_command', { command: '/bin/sh', args: ['-c', 'echo late'] }, source.token);
  source.cancel();
  console.log(JSON.stringify({
    pong: ping.pong,
    stdout: echo.stdout,
    output: output.join(''),
    unknown: unknown.code,
    field: refused.data?.field,
    cancelled: (await slow).stdout,
    announced,
  }));
  connection.dispose();
  socket.destroy();
})().catch(e => { console.error(e); process.exit(1); });
