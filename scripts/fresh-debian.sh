#!/usr/bin/env bash
# Runs a command on the last commit of this checkout in a fresh Debian: a minimal root file system from the mirror that this machine uses,
# in namespaces of its own, with this machine's Node and what the README asks for, and nothing else. Needs root and debootstrap.
#
#   scripts/fresh-debian.sh                        npm ci && npm test
#   scripts/fresh-debian.sh -- npm run check       npm ci, then another command
#   scripts/fresh-debian.sh --user …               as a user without rights
#   scripts/fresh-debian.sh --keep FOLDER …        keeps the root file system in FOLDER and uses what is there
set -euo pipefail

checkout=$(cd "$(dirname "$0")/.." && pwd)
keep=
as=root
command=
while [ $# -gt 0 ]; do
  case $1 in
    --keep) keep=${2:?--keep wants a folder}; shift 2 ;;
    --user) as=tester; shift ;;
    --) shift; command=$(printf '%q ' "$@"); break ;;
    *) echo "unknown option: $1 (see the head of $0)" >&2; exit 2 ;;
  esac
done
command=${command:-npm test}

[ "$(id -u)" = 0 ] || { echo "making a root file system needs root" >&2; exit 2; }
command -v debootstrap > /dev/null || { echo "missing: debootstrap. Install: apt-get install -y debootstrap" >&2; exit 2; }
[ -z "$(git -C "$checkout" status --porcelain)" ] || echo "note: what is not committed is not tried" >&2

if [ -n "$keep" ]; then
  mkdir -p "$keep"
  root=$(cd "$keep" && pwd)
else
  root=$(mktemp -d --tmpdir fresh-debian.XXXXXX)
fi
inside=
# Mounts are in a namespace of their own and end with its last process.
clean() {
  [ -z "$inside" ] || kill -KILL "$inside" 2> /dev/null || true
  [ -n "$keep" ] || rm -rf --one-file-system "$root"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# shellcheck disable=SC1091
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
# This machine's sources of its own release: what other vendors add is not Debian's.
# shellcheck disable=SC2016
sources=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' |
  awk -v release="$release" '$2 == release || index($2, release "-") == 1 { print "deb", $1, $2, $3 }' | sort -u)
mirror=$(awk -v release="$release" '$3 == release { print $2; exit }' <<< "$sources")
[ -n "$mirror" ] || { echo "apt knows no mirror of Debian $release" >&2; exit 2; }

fresh() {
  echo "making a Debian $release in $root"
  debootstrap --variant=minbase "$release" "$root" "$mirror" > "$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; return 1; }
  rm -f "$root.log"
  echo "$sources" > "$root/etc/apt/sources.list"
  apt-config dump | grep -E '^Acquire::https?::' > "$root/etc/apt/apt.conf.d/50caller" || true
}

# The release has an older Node; the one that runs here comes with its npm and with what addons are compiled against.
bring_node() {
  local node prefix
  node=$(node -p process.execPath)
  prefix=$(dirname "$(dirname "$node")")
  install -D "$node" "$root/usr/local/bin/node"
  mkdir -p "$root/usr/local/lib/node_modules" "$root/usr/local/include"
  rm -rf "$root/usr/local/lib/node_modules/npm"
  cp -a "$(npm root --global)/npm" "$root/usr/local/lib/node_modules/"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
  [ ! -d "$prefix/include/node" ] || cp -a "$prefix/include/node" "$root/usr/local/include/"
}

# What the caller's npm and network are told, by the environment: nothing of it is written into the checkout.
environment=("HOME=/root" "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "TERM=${TERM:-dumb}"
  "npm_config_registry=$(npm config get registry)")
[ ! -d "$(dirname "$(dirname "$(node -p process.execPath)")")/include/node" ] || environment+=("npm_config_nodedir=/usr/local")
for name in CI http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
  [ -z "${!name:-}" ] || environment+=("$name=${!name}")
done

[ -x "$root/usr/bin/apt-get" ] || fresh
bring_node
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/hosts "$root/etc/hosts"
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
  install -D -m 644 "$NODE_EXTRA_CA_CERTS" "$root/usr/local/share/extra-certificates.pem"
  environment+=("NODE_EXTRA_CA_CERTS=/usr/local/share/extra-certificates.pem")
fi
rm -rf "$root/srv/toban"
git clone --quiet --no-local "$checkout" "$root/srv/toban"
# What must be there before npm ci.
before=$(cd "$checkout" && node -p 'require("./test/engines.json").build.packages.join(" ")')

# Becomes PID 1 of the fresh system, with its own /proc, /dev and /tmp; /sys is this machine's.
# shellcheck disable=SC2016
enter='
set -e
root=$1 as=$2 before=$3 command=$4
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount --rbind /sys sys
mount -t tmpfs -o mode=755 tmpfs dev
for node in null zero full random urandom tty; do touch "dev/$node"; mount --bind "/dev/$node" "dev/$node"; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for at in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${at%%:*}" "dev/${at##*:}"; done
mkdir -p .before
pivot_root . .before
cd /
umount -l /.before
rmdir /.before
hostname fresh-debian
grep -qw fresh-debian /etc/hosts || echo "127.0.1.1 fresh-debian" >> /etc/hosts
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends $before > /dev/null
run="cd /srv/toban && npm ci && $command"
echo "\$ $run"
if [ "$as" = root ]; then bash -c "$run"; exit; fi
id "$as" > /dev/null 2>&1 || useradd --create-home "$as"
chown -R "$as": /srv/toban
HOME=/home/$as setpriv --reuid "$as" --regid "$as" --init-groups bash -c "$run"
'
unshare --mount --propagation private --pid --fork --kill-child --uts --ipc \
  env -i "${environment[@]}" bash -c "$enter" fresh "$root" "$as" "$before" "$command" < /dev/null &
inside=$!
code=0
wait "$inside" || code=$?
inside=
exit "$code"
