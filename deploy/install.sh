#!/usr/bin/env bash
# Installs Toban as a systemd service from a built checkout, or brings an installation into the state that its configuration asks for.
set -euo pipefail
umask 022

usage() {
  cat << 'TEXT'
usage: install.sh [--dry-run] [--refresh] [--without-actions] [--no-start] [--root DIRECTORY]

Installs Toban from the checkout that this script stands in. Repeatable: what is there already is left alone.

  --dry-run          says what would be done, and changes nothing
  --refresh          only the polkit rule and the action units, after "actions" in toban.yaml were changed
  --without-actions  Toban only watches and answers: no polkit rule, no action units
  --no-start         installs without starting the service
  --root DIRECTORY   writes the files below DIRECTORY, for images and packages: no user, no service
TEXT
}

WITH_ACTIONS=yes
START=yes
ONLY_GRANTS=no
SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=lib.sh
. "$SOURCE/deploy/lib.sh"

while [ $# -gt 0 ]; do
  case "$1" in
    --dry-run) DRY_RUN=yes ;;
    --refresh) ONLY_GRANTS=yes ;;
    --without-actions) WITH_ACTIONS=no ;;
    --no-start) START=no ;;
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
require_systemd
require_polkit
require_node
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

put_user() {
  on_host || return 0
  if ! id "$SERVICE_USER" > /dev/null 2>&1; then
    change "make the system user $SERVICE_USER" "made the system user $SERVICE_USER" \
      useradd --system --user-group --home-dir "$DATA_DIR" --no-create-home --shell /usr/sbin/nologin "$SERVICE_USER"
  fi
  # The journal belongs to the first, most of /var/log to the second.
  local group
  for group in systemd-journal adm; do
    if getent group "$group" > /dev/null && ! id -nG "$SERVICE_USER" 2> /dev/null | tr ' ' '\n' | grep -qx "$group"; then
      change "add $SERVICE_USER to the group $group" "added $SERVICE_USER to the group $group" usermod -aG "$group" "$SERVICE_USER"
    fi
  done
}

put_configuration() {
  put_directory "$CONFIG_DIR" 750 "root:$SERVICE_USER"
  keep_file "$SOURCE/deploy/toban.env" "$CONFIG_DIR/toban.env" 640 "root:$SERVICE_USER"
  keep_file "$SOURCE/examples/toban.yaml" "$CONFIG_DIR/toban.yaml" 640 "root:$SERVICE_USER"
  keep_file "$SOURCE/examples/toban.schema.json" "$CONFIG_DIR/toban.schema.json" 644 root:root
  keep_file /dev/null "$CONFIG_DIR/discord_token" 600 root:root
}

put_service() {
  sed -e "s|^ExecStart=/usr/bin/node |ExecStart=$NODE |" "$SOURCE/deploy/toban.service" > "$WORK/toban.service"
  put_file "$WORK/toban.service" "$UNIT_DIR/toban.service" 644 root:root
  if [ -e "$ROOT$CONFIG_DIR/fallback_webhook_url" ]; then
    put_file "$SOURCE/deploy/toban.service.d/fallback-webhook.conf" "$UNIT_DIR/toban.service.d/fallback-webhook.conf" 644 root:root
  fi
  sed -e "s|^NODE=.*|NODE=$NODE|" "$SOURCE/deploy/toban" > "$WORK/toban"
  put_file "$WORK/toban" "$COMMAND_FILE" 755 root:root
}

start_service() {
  on_host || return 0
  if [ "$START" = no ]; then return 0; fi
  if ! systemctl is-enabled --quiet toban.service 2> /dev/null; then
    change "enable toban.service" "enabled toban.service" systemctl enable --quiet toban.service
  fi
  if ! systemctl is-active --quiet toban.service; then
    change "start toban.service" "started toban.service" start_and_wait
  elif [ "$CHANGED" -gt 0 ]; then
    change "restart toban.service" "restarted toban.service" systemctl restart toban.service
  fi
}

# With nothing installed yet, the program that will be installed is asked; its answer tells what is still missing.
check_configuration() {
  if [ "$DRY_RUN" = yes ] && [ ! -e "$ROOT$PROGRAM_DIR/dist/src/main.js" ]; then
    say "would then read the configuration, write the polkit rule and the action units that follow from it, and start the service"
    return 1
  fi
  local code=0
  toban check-config > "$WORK/check" 2>&1 || code=$?
  [ "$code" -ne 0 ] || return 0
  # 2 is the configuration's; anything else means that the program itself does not run.
  if [ "$code" -ne 2 ]; then
    cat "$WORK/check" >&2
    refuse "the program in $PROGRAM_DIR does not run (exit code $code)."
  fi
  say
  say "The configuration is not complete:"
  sed 's/^/  /' "$WORK/check"
  say "Fill in $CONFIG_DIR/toban.env and $CONFIG_DIR/discord_token, then run this again."
  return 1
}

if [ "$ONLY_GRANTS" = no ]; then
  require_build
  cd "$SOURCE"
  put_user
  put_program
  put_configuration
  put_service
fi
if [ ! -e "$ROOT$PROGRAM_DIR/dist/src/main.js" ] && [ "$DRY_RUN" = no ]; then
  refuse "Toban is not installed in $PROGRAM_DIR; run install.sh without --refresh first."
fi
if check_configuration; then
  refresh_grants || refuse "the polkit rule and the action units could not be made from the configuration."
  reload_units
  if [ "$ONLY_GRANTS" = no ]; then
    start_service
  elif on_host && [ "$CHANGED" -gt 0 ] && [ "$DRY_RUN" = no ] && systemctl is-active --quiet toban.service; then
    systemctl reload toban.service
  fi
elif [ "$DRY_RUN" = no ]; then
  reload_units
  exit 3
fi
if [ "$CHANGED" -eq 0 ] && [ "$KEPT" = yes ]; then
  say "Nothing else to do."
elif [ "$CHANGED" -eq 0 ]; then
  say "Nothing to do: everything is as it should be."
fi
