/**
 * The text of the launchers. They run from any folder, through symbolic links, and without npm on the PATH.
 * Reasons for each flag are in the README.
 */
const flags = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=2',
  '--initial-old-space-size=48',
  '--max-old-space-size-percentage=60',
];

/** A `/bin/sh` program for a folder that also holds `main.mjs`, one level below the repository. */
export function launcher(): string {
  return `#!/bin/sh
# Starts Tidemark with the Node it was installed with. Written by \`npm run build\`.
self=$(readlink -f -- "$0") || exit 1
dist=\${self%/*}
repository=\${dist%/*}
# npm 9 takes the link away when it passes over the Node of another processor.
for node in "$repository/node_modules/.bin/node" "$repository"/node_modules/node-linux-*/bin/node; do
  [ -x "$node" ] && break
done
if [ ! -x "$node" ]; then
  remedy='npm passes over what it cannot fetch: install Tidemark again, where it can'
  [ -e "$repository/package-lock.json" ] && remedy="Run: cd '$repository' && npm ci"
  echo "\${0##*/}: Node is missing in $repository/node_modules. $remedy" >&2
  exit 1
fi
# It would switch off the proof of who the other side is, for every plugin.
unset NODE_TLS_REJECT_UNAUTHORIZED
export TIDEMARK_CALLED_AS="\${0##*/}"
# Compiled code is kept for the next start, in a folder that only this user can write to.
if [ -z "\${NODE_COMPILE_CACHE+set}" ]; then
  cache=\${XDG_CACHE_HOME:-\${HOME:+$HOME/.cache}}
  if [ -n "$cache" ]; then
    cache=$cache/tidemark
    [ -d "$cache" ] || (umask 077 && mkdir -p -- "$cache") 2>/dev/null
    [ -O "$cache" ] && export NODE_COMPILE_CACHE="$cache/compiled"
  fi
fi
# Flushes of many small files wait side by side and share a commit of the journal.
export UV_THREADPOOL_SIZE="\${UV_THREADPOOL_SIZE:-16}"
# As many threads would otherwise keep as many heaps.
export MALLOC_ARENA_MAX="\${MALLOC_ARENA_MAX:-2}"
# The C library would raise it by itself, and keep larger and larger blocks that were freed.
export MALLOC_MMAP_THRESHOLD_="\${MALLOC_MMAP_THRESHOLD_:-131072}"
# Where the system has no store, Node would say so at every start.
[ -n "\${SSL_CERT_DIR:-}\${SSL_CERT_FILE:-}" ] || [ -d /etc/ssl/certs ] || exec "$node" ${flags.join(' ')} "$dist/main.mjs" "$@"
exec "$node" --use-system-ca ${flags.join(' ')} "$dist/main.mjs" "$@"
`;
}
