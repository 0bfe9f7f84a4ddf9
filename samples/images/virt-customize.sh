#!/bin/sh
# Puts the agent into the image of a machine that is not running, by libguestfs.
#   usage: virt-customize.sh IMAGE PACKAGE        PACKAGE: guest-agent_*.deb of make package
set -eu
here=$(dirname "$0")
[ $# = 2 ] || { echo "usage: $0 IMAGE PACKAGE" >&2; exit 64; }
virt-customize -a "$1" \
  --copy-in "$2:/tmp" \
  --run-command "apt-get update && apt-get install -y --no-install-recommends '/tmp/${2##*/}' && rm '/tmp/${2##*/}'" \
  --upload "$here/vsock.json:/etc/guest-agent/config.d/vsock.json" \
  --chmod 0640:/etc/guest-agent/config.d/vsock.json \
  --run-command "guest-agent --check"
