#!/usr/bin/env bash
# Brings an installed Toban to the version of the checkout that this script stands in, or back to the one before.
set -euo pipefail
umask 022

usage() {
  cat << 'TEXT'
usage: upgrade.sh [--dry-run] [--back]

Backs configuration and data up, replaces the program, starts it, and waits until it answers.

  --dry-run  says what would be done, and changes nothing
  --back     the program and the data from before the last upgrade
TEXT
}

WITH_ACTIONS=yes
BACK=no
SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=lib.sh
. "$SOURCE/deploy/lib.sh"

while [ $# -gt 0 ]; do
  case "$1" in
    --dry-run) DRY_RUN=yes ;;
    --back) BACK=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  shift
done

require_root
[ -e "$PROGRAM_DIR/dist/src/main.js" ] || refuse "Toban is not installed in $PROGRAM_DIR. Install it with install.sh."
# An installation without actions stays one.
[ -e "$CONFIG_DIR/granted.json" ] || WITH_ACTIONS=no
require_systemd
require_polkit
require_node
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# Of a stopped service, so that the copy is whole.
back_up() {
  local to=$1
  install -d -m 700 "$BACKUP_DIR" "$to"
  if [ -d "$DATA_DIR" ]; then cp -a "$DATA_DIR" "$to/data"; fi
  cp -a "$CONFIG_DIR" "$to/configuration"
  printf '%s\n' "$(version_of "$PROGRAM_DIR")" > "$to/version"
}

# Keeps what it replaces: going back must not lose what was measured since.
go_back() {
  local from
  from=$(find "$BACKUP_DIR" -mindepth 1 -maxdepth 1 -type d 2> /dev/null | sort | tail -n 1)
  [ -n "$from" ] || refuse "there is no backup in $BACKUP_DIR."
  [ -d "$PROGRAM_DIR.old" ] || refuse "there is no $PROGRAM_DIR.old: the program from before is not kept any more."
  if [ "$DRY_RUN" = yes ]; then
    say "would put $PROGRAM_DIR.old ($(version_of "$PROGRAM_DIR.old")) and the data of $from in place"
    exit 0
  fi
  systemctl stop toban.service
  rm -rf "$PROGRAM_DIR.failed"
  mv "$PROGRAM_DIR" "$PROGRAM_DIR.failed"
  mv "$PROGRAM_DIR.old" "$PROGRAM_DIR"
  rm -rf "$DATA_DIR.failed"
  if [ -d "$DATA_DIR" ]; then mv "$DATA_DIR" "$DATA_DIR.failed"; fi
  if [ -d "$from/data" ]; then cp -a "$from/data" "$DATA_DIR"; fi
  install -m 644 "$PROGRAM_DIR/deploy/toban.service" "$WORK/toban.service"
  sed -i -e "s|^ExecStart=/usr/bin/node |ExecStart=$NODE |" "$WORK/toban.service"
  put_file "$WORK/toban.service" "$UNIT_DIR/toban.service" 644 root:root
  systemctl daemon-reload
  systemctl start toban.service || true
  wait_healthy || refuse "the program from before does not come up either. \"journalctl -u toban -n 50\" tells why; the newer data is in $DATA_DIR.failed."
  say "Back at $(version_of "$PROGRAM_DIR"). What was measured since stays in $DATA_DIR.failed, the newer program in $PROGRAM_DIR.failed."
  exit 0
}

if [ "$BACK" = yes ]; then go_back; fi

require_build
cd "$SOURCE"
from=$(version_of "$PROGRAM_DIR")
to=$(version_of "$SOURCE")
stage_program "$WORK/program"
if diff -rq "$WORK/program" "$PROGRAM_DIR" > /dev/null; then
  say "Nothing to do: $to is what is installed."
  exit 0
fi
backup=$BACKUP_DIR/$(date -u +%Y%m%dT%H%M%SZ)
if [ "$DRY_RUN" = yes ]; then
  say "would stop toban.service and back configuration and data up to $backup"
  put_program
  say "would bring unit, polkit rule and action units up to date, start toban.service, and wait until it answers"
  exit 0
fi

# Whatever fails from here on, the way back is said.
on_failure() {
  rm -rf "$WORK"
  printf '%s: the upgrade from %s to %s did not succeed.\nThe way back: %s/deploy/upgrade.sh --back (program and data from before; the backup is %s).\n' \
    "${0##*/}" "$from" "$to" "$SOURCE" "$backup" >&2
}
trap 'on_failure' EXIT

systemctl stop toban.service
back_up "$backup"
say "backed configuration and data up to $backup"
put_program
sed -e "s|^ExecStart=/usr/bin/node |ExecStart=$NODE |" "$SOURCE/deploy/toban.service" > "$WORK/toban.service"
put_file "$WORK/toban.service" "$UNIT_DIR/toban.service" 644 root:root
sed -e "s|^NODE=.*|NODE=$NODE|" "$SOURCE/deploy/toban" > "$WORK/toban"
put_file "$WORK/toban" "$COMMAND_FILE" 755 root:root
toban check-config > "$WORK/check" 2>&1 || {
  sed 's/^/  /' "$WORK/check" >&2
  refuse "the new version does not run with this configuration."
}
refresh_grants || refuse "the polkit rule and the action units could not be made from the configuration."
systemctl daemon-reload
start_and_wait
trap 'rm -rf "$WORK"' EXIT
say "Upgraded from $from to $to. The way back: upgrade.sh --back."
