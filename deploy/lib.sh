# What install.sh, upgrade.sh and uninstall.sh share. Sourced, never run.
# shellcheck shell=bash

# systemd 247 is the first with LoadCredential=, by which the token reaches Toban without being readable for its user on disk.
readonly LEAST_SYSTEMD=247
# polkit 0.106 is the first whose rules are JavaScript and can tell one unit from another.
readonly LEAST_POLKIT_MINOR=106
readonly LEAST_NODE=20.19.0

readonly SERVICE_USER=toban
readonly MARK="Written by Toban's installer"

# Everything is below this prefix; empty for the host itself. With one, only files are written: no user, no service.
ROOT=""
DRY_RUN=no
CHANGED=0
# Whether something runs as root only because it did before: then not everything is as it should be.
KEPT=no

PROGRAM_DIR=/opt/toban
CONFIG_DIR=/etc/toban
DATA_DIR=/var/lib/toban
BACKUP_DIR=/var/backups/toban
UNIT_DIR=/etc/systemd/system
RULE_FILE=/etc/polkit-1/rules.d/10-toban.rules
COMMAND_FILE=/usr/local/bin/toban

say() { printf '%s\n' "$*"; }
refuse() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Says what is done, or would be. Counts it: a second run has nothing to say.
announce() {
  CHANGED=$((CHANGED + 1))
  if [ "$DRY_RUN" = yes ]; then say "would $1"; else say "$2"; fi
}

# usage: change "would-text" "did-text" command...
change() {
  announce "$1" "$2"
  shift 2
  if [ "$DRY_RUN" = no ]; then "$@"; fi
}

on_host() { [ -z "$ROOT" ]; }

# version_at_least FOUND WANTED: dotted numbers.
version_at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

require_root() {
  if on_host && [ "$(id -u)" -ne 0 ]; then
    refuse "this changes the system and needs root. Run it again with sudo (--dry-run, too: it reads files that only root may read)."
  fi
}

require_systemd() {
  command -v systemctl > /dev/null || refuse "there is no systemctl. Toban is installed as a systemd service; without systemd, run it with \"npm start\" or in a container."
  local found
  found=$(systemctl --version | sed -n '1s/^systemd \([0-9][0-9]*\).*/\1/p')
  [ -n "$found" ] || refuse "\"systemctl --version\" tells no version."
  if [ "$found" -lt "$LEAST_SYSTEMD" ]; then
    refuse "systemd is $found, and $LEAST_SYSTEMD is the first that hands a service its secrets without leaving them readable (LoadCredential=). Upgrade the system, or run Toban in a container."
  fi
  if on_host && [ ! -d /run/systemd/system ]; then
    refuse "systemd is installed and does not run this system. In a container, use the Dockerfile instead."
  fi
}

require_polkit() {
  [ "$WITH_ACTIONS" = yes ] || return 0
  command -v pkaction > /dev/null || refuse "there is no polkit (no pkaction), and nothing else lets Toban restart units without being root. Install polkitd, or install Toban with --without-actions."
  local found minor
  found=$(pkaction --version | sed -n 's/^pkaction version \([0-9.][0-9.]*\).*/\1/p')
  case "$found" in
    "") refuse "\"pkaction --version\" tells no version." ;;
    0.*)
      minor=${found#0.}
      if [ "${minor%%.*}" -lt "$LEAST_POLKIT_MINOR" ]; then
        refuse "polkit is $found, and 0.$LEAST_POLKIT_MINOR is the first whose rules can tell one unit from another: an older one could only allow all units or none. Upgrade it, or install Toban with --without-actions."
      fi
      ;;
  esac
}

# Sets NODE to a program that the service's user can run.
require_node() {
  NODE=$(command -v node || true)
  [ -n "$NODE" ] || refuse "there is no node in PATH. Toban needs Node.js $LEAST_NODE or newer."
  NODE=$(readlink -f "$NODE")
  local found
  found=$("$NODE" --version | sed 's/^v//')
  version_at_least "$found" "$LEAST_NODE" || refuse "node is $found ($NODE); Toban needs $LEAST_NODE or newer."
  case "$NODE" in
    /root/* | /home/*) refuse "node is $NODE, in a home directory that the user \"$SERVICE_USER\" may not enter. Install it for the whole system, and run this with it in PATH." ;;
  esac
}

require_build() {
  local path
  for path in dist/src/main.js node_modules package.json package-lock.json; do
    [ -e "$SOURCE/$path" ] || refuse "$SOURCE/$path is missing. Build first: (cd $SOURCE && npm ci)."
  done
}

version_of() { "$NODE" -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).version' "$1/package.json"; }

# put_directory PATH MODE OWNER:GROUP
put_directory() {
  local path=$ROOT$1 mode=$2 owner=$3
  if [ ! -d "$path" ]; then
    change "make the directory $1" "made the directory $1" install -d -m "$mode" "$path"
  elif [ "$(stat -c %a "$path")" != "$mode" ]; then
    change "set the mode of $1 to $mode" "set the mode of $1 to $mode" chmod "$mode" "$path"
  fi
  put_owner "$1" "$owner"
}

# put_owner PATH OWNER:GROUP; only on the host, where these names mean something.
put_owner() {
  local path=$ROOT$1
  on_host || return 0
  if [ ! -e "$path" ] && [ "$DRY_RUN" = yes ]; then return 0; fi
  if [ "$(stat -c %U:%G "$path")" != "$2" ]; then
    change "give $1 to $2" "gave $1 to $2" chown "$2" "$path"
  fi
}

# put_file SOURCE PATH MODE OWNER:GROUP: there afterwards, with this content, mode and owner. Replaced in one step.
put_file() {
  local source=$1 path=$ROOT$2 mode=$3
  if [ ! -e "$path" ] || ! cmp -s "$source" "$path"; then
    change "write $2" "wrote $2" replace_file "$source" "$path" "$mode"
  elif [ "$(stat -c %a "$path")" != "$mode" ]; then
    change "set the mode of $2 to $mode" "set the mode of $2 to $mode" chmod "$mode" "$path"
  fi
  put_owner "$2" "$4"
}

replace_file() {
  mkdir -p "$(dirname "$2")"
  install -m "$3" "$1" "$2.new"
  mv -f "$2.new" "$2"
}

# keep_file SOURCE PATH MODE OWNER:GROUP: written once, and the operator's from then on.
keep_file() {
  if [ -e "$ROOT$2" ]; then
    put_file "$ROOT$2" "$2" "$3" "$4"
  else
    put_file "$@"
  fi
}

# drop PATH
drop() {
  if [ -e "$ROOT$1" ] || [ -L "$ROOT$1" ]; then
    change "remove $1" "removed $1" rm -rf "$ROOT$1"
  fi
}

# Runs the installed program with the installed configuration, as the command "toban" does.
toban() {
  TOBAN_CONFIG=$ROOT$CONFIG_DIR/toban.yaml TOBAN_DATA_DIR=$ROOT$DATA_DIR DISCORD_TOKEN_FILE=$ROOT$CONFIG_DIR/discord_token \
    "$NODE" --env-file="$ROOT$CONFIG_DIR/toban.env" "$ROOT$PROGRAM_DIR/dist/src/main.js" "$@"
}

# The program and the libraries it runs with, below $1, which is made. What only building and testing need is left out.
stage_program() {
  local to=$1
  mkdir "$to"
  {
    "$NODE" -e '
      const { existsSync, readFileSync } = require("node:fs");
      const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
      for (const [path, entry] of Object.entries(packages))
        if (/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !entry.dev && existsSync(path)) console.log(path);
    '
    printf '%s\n' dist/src dist/commands package.json package-lock.json README.md LICENSE CHANGELOG.md deploy docs examples
  } > "$to.list"
  tar -cf - --files-from "$to.list" | tar -xf - --no-same-owner -C "$to"
  rm "$to.list"
  chmod -R go-w,a+rX "$to"
}

# Puts the program in place, the one before it aside in /opt/toban.old.
put_program() {
  local staged=$WORK/program path=$ROOT$PROGRAM_DIR
  if [ "$DRY_RUN" = yes ] && [ ! -d "$path" ]; then
    announce "install $PROGRAM_DIR ($(version_of "$SOURCE"))" ""
    return 0
  fi
  [ -d "$staged" ] || stage_program "$staged"
  if [ -d "$path" ] && diff -rq "$staged" "$path" > /dev/null; then return 0; fi
  change "install $PROGRAM_DIR ($(version_of "$staged"))" "installed $PROGRAM_DIR ($(version_of "$staged"))" \
    swap_program "$staged" "$path"
}

swap_program() {
  mkdir -p "$(dirname "$2")"
  rm -rf "$2.new"
  cp -a "$1" "$2.new"
  if on_host; then chown -R root:root "$2.new"; fi
  if [ -d "$2" ]; then
    rm -rf "$2.old"
    mv "$2" "$2.old"
  fi
  mv "$2.new" "$2"
}

# Polkit rule, action units and the note of what was granted, from the configuration as it is now.
refresh_grants() {
  [ "$WITH_ACTIONS" = yes ] || return 0
  local wanted=$WORK/grants unit name
  rm -rf "$wanted"
  mkdir -p "$wanted"
  # It says what goes on to run as root although the configuration does not say so.
  toban deploy-files "$wanted" "$ROOT$UNIT_DIR" > "$WORK/kept" || return 1
  if [ -s "$WORK/kept" ]; then
    KEPT=yes
    cat "$WORK/kept"
  fi
  [ -e "$wanted/10-toban.rules" ] || return 1
  put_file "$wanted/10-toban.rules" "$RULE_FILE" 644 root:root
  for unit in "$wanted"/toban-action-*.service; do
    if [ -e "$unit" ]; then put_file "$unit" "$UNIT_DIR/${unit##*/}" 644 root:root; fi
  done
  for unit in "$ROOT$UNIT_DIR"/toban-action-*.service; do
    name=${unit##*/}
    if [ -e "$unit" ] && [ ! -e "$wanted/$name" ] && grep -q "$MARK" "$unit"; then drop "$UNIT_DIR/$name"; fi
  done
  put_file "$wanted/granted.json" "$CONFIG_DIR/granted.json" 640 "root:$SERVICE_USER"
}

reload_units() {
  if on_host && [ "$DRY_RUN" = no ] && [ "$CHANGED" -gt 0 ]; then systemctl daemon-reload; fi
}

start_and_wait() {
  systemctl start toban.service 2> /dev/null || true
  wait_healthy || refuse "toban.service does not come up. \"journalctl -u toban -n 50\" tells why."
}

# Waits until the service is ready and has measured; says what to read when it is not.
wait_healthy() {
  local left=60
  while [ "$left" -gt 0 ]; do
    # 0: all well, 1: something fires; with both it measures and answers.
    if systemctl is-active --quiet toban.service; then
      toban ping > /dev/null 2>&1 && return 0
      [ $? -eq 1 ] && return 0
    fi
    if systemctl is-failed --quiet toban.service; then return 1; fi
    sleep 1
    left=$((left - 1))
  done
  return 1
}
