// json-rpc-2.0 knows no transport: here lines over one connection to the agent's Unix socket, with requests in flight together.
'use strict';
const net = require('net');
const readline = require('readline');
const { JSONRPCClient, JSONRPCServer, JSONRPCServerAndClient } = require('json-rpc-2.0');

const socket = net.connect({ path: process.argv[2] });
const peer = new JSONRPCServerAndClient(
  new JSONRPCServer(),
  new JSONRPCClient(message => { socket.write(JSON.stringify(message) + '\n'); }));
const output = [];
let announced = false;
peer.addMethod('agent_ready', () => { announced = true; });
peer.addMethod('exec_output', chunk => { output.push(Buffer.from(chunk.data, 'base64').toString()); });
readline.createInterface({ input: socket }).on('line', line => peer.receiveAndSend(JSON.parse(line)));

(async () => {
  const [echo, ping] = await Promise.all([
    peer.request('exec_command', { command: '/bin/echo', args: ['grüße'] }),
    peer.request('ping', []),
  ]);
  await peer.request('exec_command', { command: '/bin/echo', args: ['streamed'], stream: true });
  const unknown = await peer.request('no_such_method', {}).catch(e => e);
  const refused = await peer.request('exec_command', { command: '/bin/echo', nonsense: 1 }).catch(e => e);
  console.log(JSON.stringify({
    pong: ping.pong,
    stdout: echo.stdout,
    output: output.join(''),
    unknown: unknown.code,
    field: refused.data?.field,
    announced,
  }));
  socket.destroy();
})().catch(e => { console.error(e); process.exit(1); });
