#!/usr/bin/env bash
# Expected: names of header fields are not case-sensitive: the base protocol of LSP says that the header is built as
# HTTP's. A JSON-RPC 2.0 id is a string or a number; 1.0 and 1e2 are the numbers 1 and 100 (RFC 8259 knows one kind),
# and a fraction is one that a client "SHOULD NOT" use (specification, section 4).
# Seen: StreamJsonRpc 2.26.150 ends the connection at `content-length: 53`, and at each id that is written with a
# point or an exponent, or is above 2^63-1, under both JSON formatters. There is no error to the client, and what was
# under way on the connection ends as well. vscode-jsonrpc 10.0.0 (npm) answers all of them.
# Cost: a client whose language writes numbers as doubles (1.0), or whose HTTP code writes names in lower case, loses
# its connection at the first request.
# Instead: write Content-Length so, and ids as integers or strings.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

changed() {
	printf 'The behaviour is another one now: %s\n' "$1" >&2
	exit 1
}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >finding.csproj <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <UseAppHost>false</UseAppHost>
    <ImplicitUsings>enable</ImplicitUsings>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="StreamJsonRpc" Version="[2.26.150]" />
  </ItemGroup>
</Project>
END

npm install --ignore-scripts --no-audit --no-fund --save-exact vscode-jsonrpc@10.0.0 >install.log 2>&1 || {
	cat install.log >&2
	exit 2
}
# One request a line: the name of the header field and the id.
cat >requests <<'END'
Content-Length 1
content-length 1
Content-Length 1.0
Content-Length 1e2
Content-Length 1.5
Content-Length 9223372036854775808
END
cat >finding.js <<'END'
const rpc = require('vscode-jsonrpc/node');
const { PassThrough } = require('stream');
const { readFileSync } = require('fs');

(async () => {
	for (const line of readFileSync('requests', 'utf8').trim().split('\n')) {
		const [field, id] = line.split(' ');
		const [input, output] = [new PassThrough(), new PassThrough()];
		const connection = rpc.createMessageConnection(new rpc.StreamMessageReader(input), new rpc.StreamMessageWriter(output));
		connection.onRequest('echo', (text) => text);
		connection.listen();
		const body = `{"jsonrpc":"2.0","id":${id},"method":"echo","params":["hello"]}`;
		input.write(`${field}: ${body.length}\r\n\r\n${body}`);
		let seen = '';
		for await (const part of output) {
			seen += part;
			if (seen.includes('"result"')) break;
		}
		console.log(`vscode-jsonrpc: ${line}: ${seen.includes('hello') ? 'answered' : seen}`);
		connection.dispose();
	}
})();
END
cat >finding.cs <<'END'
using System.Text;
using Nerdbank.Streams;
using StreamJsonRpc;

foreach (var line in File.ReadAllLines("requests"))
{
    foreach (var formatter in new IJsonRpcMessageFormatter[] { new SystemTextJsonFormatter(), new JsonMessageFormatter() })
    {
        var (client, server) = FullDuplexStream.CreatePair();
        using var rpc = new JsonRpc(new HeaderDelimitedMessageHandler(server, server, formatter));
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        rpc.Disconnected += (_, reason) => ended.TrySetResult(reason.Reason.ToString());
        rpc.AddLocalRpcMethod("echo", (string text) => text);
        rpc.StartListening();
        var parts = line.Split(' ');
        var body = $$"""{"jsonrpc":"2.0","id":{{parts[1]}},"method":"echo","params":["hello"]}""";
        await client.WriteAsync(Encoding.ASCII.GetBytes($"{parts[0]}: {body.Length}\r\n\r\n{body}"));
        await client.FlushAsync();
        var answered = AnswerAsync(client);
        var seen = await Task.WhenAny(answered, ended.Task).WaitAsync(TimeSpan.FromMinutes(1));
        Console.WriteLine($"{formatter.GetType().Name}: {line}: {await seen}");
    }
}

// Reads the answer; of a connection that has ended the other task tells more.
static async Task<string> AnswerAsync(Stream client)
{
    using var reader = new StreamReader(client, leaveOpen: true);
    var seen = new StringBuilder();
    var buffer = new char[1];
    while (await reader.ReadAsync(buffer) > 0)
    {
        if (seen.Append(buffer).ToString().EndsWith("hello", StringComparison.Ordinal))
        {
            return "answered";
        }
    }

    await Task.Delay(Timeout.Infinite);
    return "";
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

{
	timeout 120 node finding.js
	timeout 300 dotnet out/finding.dll
} | tee seen.txt
[[ $(grep -c '^vscode-jsonrpc: .*: answered$' seen.txt) = 6 ]] || changed 'vscode-jsonrpc.'
for formatter in SystemTextJsonFormatter JsonMessageFormatter; do
	grep -qx "$formatter: Content-Length 1: answered" seen.txt || changed 'the plain request.'
	[[ $(grep -cE "^$formatter: .*: (Parse|Stream)Error\$" seen.txt) = 5 ]] || changed "$formatter."
done
echo 'Five of six valid requests end the connection without an answer.'
