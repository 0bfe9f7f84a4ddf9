// jayson's TCP client on the agent's Unix socket: a connection for each request, of which it reads the first line as the answer.
'use strict';
const jayson = require('jayson');

const client = jayson.client.tcp({ path: process.argv[2] });
const call = (method, params) => new Promise((resolve, reject) =>
  client.request(method, params, (failure, reply) => failure ? reject(failure) : resolve(reply)));

(async () => {
  const ping = await call('ping', []);
  const echo = await call('exec_command', { command: '/bin/echo', args: ['grüße'] });
  const unknown = await call('no_such_method', {});
  const refused = await call('exec_command', { command: '/bin/echo', nonsense: 1 });
  const batch = await new Promise((resolve, reject) => client.request(
    [client.request('ping', {}, undefined, false), client.request('time_get', {}, undefined, false)],
    (failure, replies) => failure ? reject(failure) : resolve(replies)));
  console.log(JSON.stringify({
    pong: ping.result?.pong,
    stdout: echo.result?.stdout,
    unknown: unknown.error?.code,
    field: refused.error?.data?.field,
    batch: batch.length,
  }));
})().catch(e => { console.error(e); process.exitCode = 1; });
