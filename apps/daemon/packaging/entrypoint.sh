#!/bin/sh
# Turns the variables of the peer's container image into switches, and becomes the program. What is given as arguments is added.
set -eu

confdir=/onedrive/conf
datadir=/onedrive/data
program=${TIDEMARK_PROGRAM:-/opt/tidemark/dist/onedrive}

mode=--monitor
[ "${ONEDRIVE_SYNC_ONCE:-0}" = 1 ] && mode=--sync
set -- "$mode" --confdir "$confdir" --syncdir "$datadir" "$@"

# True when the variable of that name is 1.
when() {
  given=
  eval "given=\${$1:-0}"
  [ "$given" = 1 ]
}
when ONEDRIVE_VERBOSE && set -- "$@" --verbose
when ONEDRIVE_DEBUG && set -- "$@" --verbose --verbose
when ONEDRIVE_DEBUG_HTTPS && set -- "$@" --debug-https
when ONEDRIVE_RESYNC && set -- "$@" --resync --resync-auth
when ONEDRIVE_DOWNLOADONLY && set -- "$@" --download-only
when ONEDRIVE_CLEANUPLOCAL && set -- "$@" --cleanup-local-files
when ONEDRIVE_UPLOADONLY && set -- "$@" --upload-only
when ONEDRIVE_NOREMOTEDELETE && set -- "$@" --no-remote-delete
when ONEDRIVE_LOGOUT && set -- "$@" --logout
when ONEDRIVE_REAUTH && set -- "$@" --reauth
when ONEDRIVE_DISPLAY_CONFIG && set -- "$@" --display-running-config
when ONEDRIVE_DRYRUN && set -- "$@" --dry-run
when ONEDRIVE_DISABLE_DOWNLOAD_VALIDATION && set -- "$@" --disable-download-validation
when ONEDRIVE_DISABLE_UPLOAD_VALIDATION && set -- "$@" --disable-upload-validation
when ONEDRIVE_SYNC_SHARED_FILES && set -- "$@" --sync-shared-files
[ -n "${ONEDRIVE_AUTHFILES:-}" ] && set -- "$@" --auth-files "$ONEDRIVE_AUTHFILES"
[ -n "${ONEDRIVE_AUTHRESPONSE:-}" ] && set -- "$@" --auth-response "$ONEDRIVE_AUTHRESPONSE"
[ -n "${ONEDRIVE_SINGLE_DIRECTORY:-}" ] && set -- "$@" --single-directory "$ONEDRIVE_SINGLE_DIRECTORY"
[ -n "${ONEDRIVE_FILE_FRAGMENT_SIZE:-}" ] && set -- "$@" --file-fragment-size "$ONEDRIVE_FILE_FRAGMENT_SIZE"
[ -n "${ONEDRIVE_THREADS:-}" ] && set -- "$@" --threads "$ONEDRIVE_THREADS"

umask 0077
# Only a container that was started as root can become somebody else; ours is not, unless asked to be.
if [ "$(id -u)" = 0 ] && [ "${ONEDRIVE_RUNAS_ROOT:-0}" != 1 ]; then
  user=${ONEDRIVE_UID:-1000}
  group=${ONEDRIVE_GID:-1000}
  chown "$user:$group" "$confdir" "$datadir"
  exec setpriv --reuid "$user" --regid "$group" --clear-groups --no-new-privs "$program" "$@"
fi
exec "$program" "$@"
