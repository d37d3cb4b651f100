#!/usr/bin/env bash
# Takes Toban off the system. Configuration and data stay, unless --purge is given.
set -euo pipefail

usage() {
  cat << 'TEXT'
usage: uninstall.sh [--dry-run] [--purge] [--root DIRECTORY]

Stops and removes the service, the program, the polkit rule and the action units.

  --dry-run          says what would be done, and changes nothing
  --purge            removes configuration, secrets, data, backups and the user, too; there is no way back
  --root DIRECTORY   works on the files below DIRECTORY
TEXT
}

WITH_ACTIONS=yes
PURGE=no
# shellcheck source=lib.sh
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/lib.sh"

while [ $# -gt 0 ]; do
  case "$1" in
    --dry-run) DRY_RUN=yes ;;
    --purge) PURGE=yes ;;
    --root)
      [ $# -ge 2 ] || refuse "--root needs a directory"
      ROOT=$(cd "$2" && pwd)
      shift
      ;;
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

remove_all() {
  local path
  if on_host && [ -e "$UNIT_DIR/toban.service" ]; then
    change "stop and disable toban.service" "stopped and disabled toban.service" systemctl disable --now --quiet toban.service
  fi
  # The right to act goes first: nothing may use it once its owner is gone.
  drop "$RULE_FILE"
  for path in "$ROOT$UNIT_DIR"/toban-action-*.service; do
    if [ -e "$path" ] && grep -q "$MARK" "$path"; then drop "${path#"$ROOT"}"; fi
  done
  drop "$UNIT_DIR/toban.service"
  drop "$UNIT_DIR/toban.service.d"
  drop "$COMMAND_FILE"
  drop "$CONFIG_DIR/granted.json"
  drop "$PROGRAM_DIR"
  drop "$PROGRAM_DIR.old"
  drop "$PROGRAM_DIR.failed"
  if [ "$PURGE" = yes ]; then
    drop "$CONFIG_DIR"
    drop "$DATA_DIR"
    drop "$BACKUP_DIR"
    if on_host && id "$SERVICE_USER" > /dev/null 2>&1; then
      change "remove the user $SERVICE_USER" "removed the user $SERVICE_USER" userdel "$SERVICE_USER"
    fi
  fi
}

# The whole of it is one function, read before it runs: the script may stand in what it removes.
main() {
  remove_all
  reload_units
  if [ "$CHANGED" -eq 0 ]; then
    say "Nothing to do: Toban is not installed."
  elif [ "$PURGE" = no ] && [ "$DRY_RUN" = no ]; then
    say "Configuration ($CONFIG_DIR), data ($DATA_DIR) and the user \"$SERVICE_USER\" stay. --purge removes them, too."
  fi
  exit 0
}
main
