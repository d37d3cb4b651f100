#!/bin/bash
# Runs inside fresh namespaces and becomes systemd as their PID 1.  usage: inside.sh DIRECTORY
# DIRECTORY/units is the only unit path; DIRECTORY/run and DIRECTORY/log stand in for /run and /var/log.
set -e
D=$1
mount -t proc proc /proc
# A pure cgroup2 view, rooted at the cgroup this was started in.
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount --bind "$D/run" /run
mount --bind "$D/log" /var/log
# What else stands in for folders of the host: "folder path" on each line.
while read -r folder path; do mount --rbind "$folder" "$path"; done < "$D/mounts"
# The host's generators would bring in the host's own mounts and services.
mount -t tmpfs tmpfs /lib/systemd/system-generators
# As at a boot: a credential is mounted in a namespace of its own and reaches the others by propagation. The host is none of them.
mount --make-rshared /
# Units are enabled in the folder by whose name the manager knows them.
UNITS=$D/units
if grep -q ' /etc/systemd/system$' "$D/mounts"; then UNITS=/etc/systemd/system; fi
exec env -i container=unshare PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  SYSTEMD_UNIT_PATH="$UNITS" SYSTEMD_LOG_TARGET=journal SYSTEMD_LOG_LEVEL=info \
  /lib/systemd/systemd --system --unit=test.target --show-status=no </dev/null
