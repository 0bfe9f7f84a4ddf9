#!/usr/bin/env bash
# Expected: the Prometheus text format has one series for each set of labels, histograms and summaries included,
# and a line that begins with # and is neither HELP nor TYPE is a comment (exposition formats, "Comments,
# help text, and type information").
# Seen: parse-prometheus-text-format 1.1.1 (npm) makes one entry of all series of a labelled histogram or summary:
# the last series' buckets stand for all, and labels, sums and counts are gone. `#TYPE` without a blank, a
# comment, becomes a metric. What its README shows, labels without buckets and buckets without labels, is right.
# Cost: of durations by route or by device one, without its name, is left, and nothing reports an error.
# Instead: use its output for counters and gauges alone, or another parser.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

changed() {
	printf 'The behaviour is another one now: %s\n' "$1" >&2
	exit 1
}

npm install --ignore-scripts --no-audit --no-fund --save-exact parse-prometheus-text-format@1.1.1 >install.log 2>&1 || {
	cat install.log >&2
	exit 2
}

cat >finding.js <<'END'
const module_ = require('parse-prometheus-text-format');
const parse = module_.default ?? module_;
const histogram = (labels) => `\
# TYPE seconds histogram
${labels.map(([device, low, all]) => `\
seconds_bucket{${device}le="0.5"} ${low}
seconds_bucket{${device}le="+Inf"} ${all}
seconds_sum${device && `{${device}}`} ${all}.5
seconds_count${device && `{${device}}`} ${all}
`).join('')}`;
const summary = `\
# TYPE size summary
size{device="vda",quantile="0.5"} 1
size_sum{device="vda"} 2
size_count{device="vda"} 3
size{device="vdb",quantile="0.5"} 4
size_sum{device="vdb"} 5
size_count{device="vdb"} 6
`;
const show = (name, text) => console.log(`${name}: ${JSON.stringify(parse(text).map((family) => [family.name, ...family.metrics]))}`);
show('without labels', histogram([['', 1, 2]]));
show('two devices', histogram([['device="vda",', 1, 2], ['device="vdb",', 3, 4]]));
show('summary', summary);
show('comment', '#TYPE of the machine\nup 1\n');
END
node finding.js | tee seen.txt
cat >expected.txt <<'END'
without labels: [["seconds",{"buckets":{"0.5":"1","+Inf":"2"},"count":"2","sum":"2.5"}]]
two devices: [["seconds",{"buckets":{"0.5":"3","+Inf":"4"}}]]
summary: [["size",{"quantiles":{"0.5":"4"}}]]
comment: [["#TYPE",{"value":"of","timestamp_ms":"themachine"}],["up",{"value":"1"}]]
END
cmp -s seen.txt expected.txt || changed 'see above.'
echo 'Of two histograms the buckets of the last are left, and no label, sum or count.'
