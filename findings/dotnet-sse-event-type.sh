#!/usr/bin/env bash
# Expected: at a blank line an event without data is dropped, its type with it, and an event whose type is empty is a
# "message" (HTML standard, "Interpreting an event stream").
# Seen (System.Net.ServerSentEvents 10.0.1): an event without data leaves its type behind: after `event: ping` and a
# blank line the next event, which has none, is a ping. `event:` without a value is the type "".
# eventsource-parser 4.1.3 (npm) gives the type to none, and leaves an empty one out.
# Cost: servers send named events without data to keep a connection open; a client that skips those skips the first
# message after each, without an error.
# Instead: in a server, give such events data, or send a comment (a line that begins with a colon).
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
    <PackageReference Include="System.Net.ServerSentEvents" Version="[10.0.1]" />
  </ItemGroup>
</Project>
END

npm install --ignore-scripts --no-audit --no-fund --save-exact eventsource-parser@4.1.3 >install.log 2>&1 || {
	cat install.log >&2
	exit 2
}
cat >finding.mjs <<'END'
import { createParser } from 'eventsource-parser';
import { readFileSync } from 'node:fs';

const parser = createParser({ onEvent: (event) => console.log(`npm: ${event.event || 'message'}: ${event.data}`) });
parser.feed(readFileSync('stream', 'utf8'));
END
cat >finding.cs <<'END'
using System.Net.ServerSentEvents;

await foreach (var item in SseParser.Create(File.OpenRead("stream")).EnumerateAsync())
{
    Console.WriteLine($".NET: '{item.EventType}': {item.Data}");
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

printf 'data: first\n\nevent: ping\n\ndata: second\n\nevent:\ndata: third\n\ndata: fourth\n\n' >stream
{
	node finding.mjs
	dotnet out/finding.dll
} | tee seen.txt
cat >expected.txt <<'END'
npm: message: first
npm: message: second
npm: message: third
npm: message: fourth
.NET: 'message': first
.NET: 'ping': second
.NET: '': third
.NET: 'message': fourth
END
cmp -s seen.txt expected.txt || changed 'see above.'
echo 'The message after a ping without data is a ping, and an empty type is no message.'
