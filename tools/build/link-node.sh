#!/bin/sh
# npm 9, as Debian 12 has it, takes the link to the pinned Node away when it passes over the Node of another processor. This puts it back.
set -eu
cd "$(dirname -- "$(readlink -f -- "$0")")/../../node_modules"
[ -x .bin/node ] && exit 0
for node in node-linux-*/bin/node; do
  [ -x "$node" ] || continue
  ln -sf "../$node" .bin/node
done
