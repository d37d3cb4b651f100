import { expect, test } from "vitest";

import { isWholeDisk, parseDiskstats, parseNetDev, rate } from "../../../src/probe/proc/devices.js";
import { parseOomRecord } from "../../../src/probe/proc/kmsg.js";
import { parseMeminfo, reclaimableByZfs, withReclaimable } from "../../../src/probe/proc/meminfo.js";
import {
  answersAtOnce,
  meminfoIsLxcfs,
  parseMountinfo,
  realMounts,
  unescapeOctal,
} from "../../../src/probe/proc/mountinfo.js";
import { parsePidStat } from "../../../src/probe/proc/pid-stat.js";
import { parsePressure, stalledShare } from "../../../src/probe/proc/pressure.js";
import { parseAuxv, parseFileNr, parseLoadavg, parseUptime } from "../../../src/probe/proc/small.js";
import { cpuShares, parseStat, usedShare } from "../../../src/probe/proc/stat.js";
import { parseVmstat } from "../../../src/probe/proc/vmstat.js";

test("/proc/stat: cores, ticks, boot time and blocked tasks", () => {
  const text = [
    "cpu  19816 5 2038 253731 260 1 111 2662 7 3",
    "cpu0 9160 0 1025 127534 200 0 46 1329 0 0",
    "cpu1 10656 0 1013 126197 59 0 64 1332 0 0",
    "intr 8885917 17 0 0",
    "ctxt 1990473",
    "btime 1795313343",
    "processes 7146",
    "procs_running 3",
    "procs_blocked 2",
    "",
  ].join("\n");
  expect(parseStat(text)).toEqual({
    cores: 2,
    cpu: { user: 19_816, nice: 5, system: 2_038, idle: 253_731, iowait: 260, irq: 1, softirq: 111, steal: 2_662 },
    bootedAt: 1_795_313_343_000,
    blocked: 2,
  });
  expect(parseStat("")).toEqual({ cores: 0 });
  expect(parseStat("cpu  1 2\n")).toEqual({ cores: 0 });
  expect(parseStat("cpu  1 2 3 4\n").cpu).toMatchObject({ user: 1, idle: 4, iowait: 0, steal: 0 });
});

test("cpu shares are of the time between, and waiting for a disk is not being busy", () => {
  const zero = { user: 100, nice: 0, system: 50, idle: 800, iowait: 50, irq: 0, softirq: 0, steal: 0 };
  const later = { ...zero, user: 130, system: 60, idle: 850, iowait: 60 };
  const shares = cpuShares(zero, later);
  expect(shares).toMatchObject({ user: 0.3, system: 0.1, idle: 0.5, iowait: 0.1 });
  expect(shares && usedShare(shares)).toBeCloseTo(0.4);
  expect(cpuShares(zero, zero)).toBeUndefined();
  // The kernel lets iowait fall at times.
  expect(cpuShares(zero, { ...zero, user: 110, iowait: 40 })).toMatchObject({ user: 1, iowait: 0 });
});

test("/proc/meminfo: available by the kernel's estimate, and by caches where it gives none", () => {
  const text =
    "MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    400 kB\nBuffers:          50 kB\nCached:          200 kB\n";
  const swap = "SwapTotal:       500 kB\nSwapFree:        300 kB\nHugePages_Total:       0\n";
  expect(parseMeminfo(text + swap)).toEqual({
    total: 1_024_000,
    available: 409_600,
    swapTotal: 512_000,
    swapFree: 307_200,
  });
  expect(parseMeminfo(text.replace(/MemAvailable.*\n/, ""))).toEqual({
    total: 1_024_000,
    available: 358_400,
    swapTotal: 0,
    swapFree: 0,
  });
  expect(parseMeminfo("")).toBeUndefined();
  expect(parseMeminfo("MemTotal: 0 kB\nMemFree: 0 kB\n")).toBeUndefined();
});

test("/proc/pressure: averages in per cent, totals in microseconds; the cpu file of old kernels has no full line", () => {
  const text =
    "some avg10=12.50 avg60=0.95 avg300=1.08 total=13669316\nfull avg10=0.25 avg60=0.00 avg300=0.00 total=2000\n";
  expect(parsePressure(text)).toEqual({
    some: { averageRatio: 0.125, totalMs: 13_669.316 },
    full: { averageRatio: 0.0025, totalMs: 2 },
  });
  expect(parsePressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n")).toEqual({
    some: { averageRatio: 0, totalMs: 0.005 },
  });
  expect(parsePressure("nonsense")).toEqual({});
});

test("the share stalled comes from the totals; the first look, and one after a reset, use the kernel's average", () => {
  const before = { averageRatio: 0.9, totalMs: 1_000 };
  expect(stalledShare(before, { averageRatio: 0.9, totalMs: 2_500 }, 15_000)).toBeCloseTo(0.1);
  expect(stalledShare(undefined, before, 0)).toBe(0.9);
  expect(stalledShare(before, { averageRatio: 0.2, totalMs: 10 }, 15_000)).toBe(0.2);
  expect(stalledShare(before, { averageRatio: 0, totalMs: 90_000 }, 15_000)).toBe(1);
});

test("/proc/vmstat: three of its lines, also the first and the last", () => {
  expect(parseVmstat("pswpin 7\nnr_oom_kill 3\npswpout 8\noom_kill 9")).toEqual({ swapIn: 7, swapOut: 8, oomKills: 9 });
  expect(parseVmstat("nr_free_pages 1\n")).toEqual({});
  expect(parseVmstat("oom_kill x\n")).toEqual({});
});

test("mountinfo: octal escapes, optional fields, and the superblock's own options", () => {
  const text = [
    "36 35 98:0 / /mnt/my\\040disk rw,noatime master:1 shared:2 - ext4 /dev/root rw,errors=continue",
    "37 35 98:1 / /mnt/odd\\011\\012\\134name ro,relatime - xfs /dev/sd\\040b rw",
    "38 35 98:2 / /mnt/failed rw,relatime - ext4 /dev/sdc ro,errors=remount-ro",
    "39 35 0:50 / /mnt/dash rw - - fuse.sshfs user@host: rw",
    "garbage",
    "",
  ].join("\n");
  const mounts = parseMountinfo(text);
  expect(mounts.map((mount) => [mount.mount, mount.type, mount.source, mount.readOnly])).toEqual([
    ["/mnt/my disk", "ext4", "/dev/root", false],
    ["/mnt/odd\t\n\\name", "xfs", "/dev/sd b", false],
    ["/mnt/failed", "ext4", "/dev/sdc", true],
    ["/mnt/dash", "-", "fuse.sshfs", false],
  ]);
  expect(unescapeOctal("/a\\303\\274b")).toBe("/aüb");
  expect(unescapeOctal("/a\\9x")).toBe("/a\\9x");
});

test("the disks a person means: no pseudo file systems, images or private mounts; each file system once", () => {
  const text = [
    "1 0 8:1 / / rw - ext4 /dev/sda1 rw",
    "2 1 8:1 /srv/www /var/www rw - ext4 /dev/sda1 rw",
    "3 1 0:21 / /proc rw - proc proc rw",
    "4 1 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
    "5 1 7:1 / /snap/core/1 ro - squashfs /dev/loop1 ro",
    "6 1 7:2 / /mnt/cd ro - iso9660 /dev/sr0 ro",
    "7 1 0:40 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw",
    "8 1 0:41 / /run/credentials/x ro - tmpfs tmpfs ro",
    "9 1 0:42 / /tmp rw - tmpfs tmpfs rw",
    "10 1 0:43 / /mnt/scratch ro - tmpfs none ro",
    "11 1 0:44 / /dev/shm rw - tmpfs tmpfs rw",
    "12 1 0:45 / /mnt/share rw - nfs4 server:/export rw",
    "13 1 8:17 / /mnt/over rw - ext4 /dev/sdb1 rw",
    "14 1 8:33 / /mnt/over rw - xfs /dev/sdc1 rw",
    "15 1 0:50 /@home /home rw - btrfs /dev/sdd rw",
    "16 1 0:51 /@ /data rw - btrfs /dev/sdd rw",
  ].join("\n");
  expect(realMounts(parseMountinfo(text)).map((mount) => [mount.mount, mount.type])).toEqual([
    ["/", "ext4"],
    ["/data", "btrfs"],
    ["/dev/shm", "tmpfs"],
    ["/mnt/over", "xfs"],
    ["/mnt/scratch", "tmpfs"],
    ["/mnt/share", "nfs4"],
    ["/tmp", "tmpfs"],
  ]);
});

const ID = "0f".repeat(32);

test.each([
  ["/var/lib/docker"],
  ["/var/lib/docker/volumes"],
  ["/var/lib/containers"],
  ["/var/lib/containers/storage"],
  ["/var/lib/containers/storage/volumes"],
  ["/var/lib/containerd"],
  ["/var/lib/kubelet"],
  ["/var/lib/lxc"],
  ["/var/lib/lxd"],
  ["/var/lib/lxd/storage-pools/default"],
  ["/var/snap/docker/common/var-lib-docker"],
  ["/var/snap/docker/common"],
  ["/var/snap/microk8s/common/var/lib/containerd"],
])("a disk of its own at %s is watched", (path) => {
  const text = `1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:17 / ${path} rw,noatime shared:2 - ext4 /dev/sdb1 rw\n`;
  expect(realMounts(parseMountinfo(text)).map((mount) => mount.mount)).toEqual(["/", path]);
});

test.each([
  [`/var/lib/docker/containers/${ID}/mounts/shm`, "tmpfs shm"],
  [`/data/docker/containers/${ID}/mounts/shm`, "tmpfs shm"],
  [`/var/lib/docker/overlay2/${ID}/merged`, "overlay overlay"],
  [`/var/lib/docker/zfs/graph/${ID}`, "zfs tank/docker/x"],
  [`/var/lib/docker/devicemapper/mnt/${ID}`, "xfs /dev/dm-7"],
  ["/var/lib/docker/volumes/shop/_data", "ext4 /dev/sdc1"],
  [`/var/lib/containers/storage/overlay-containers/${ID}/userdata/shm`, "tmpfs shm"],
  [`/home/shop/.local/share/containers/storage/overlay/${ID}/merged`, "fuse.fuse-overlayfs fuse-overlayfs"],
  ["/var/lib/kubelet/pods/1-2/volumes/kubernetes.io~csi/pvc-1/mount", "ext4 /dev/sdd"],
  ["/var/lib/kubelet/pods/1-2/volumes/kubernetes.io~secret/token", "tmpfs tmpfs"],
  ["/var/lib/kubelet/plugins/kubernetes.io/csi/x/globalmount", "ext4 /dev/sdd"],
  ["/var/lib/lxd/shmounts", "tmpfs tmpfs"],
  ["/var/lib/lxd/storage-pools/default/containers/shop", "ext4 /dev/dm-9"],
  ["/var/lib/lxc/shop/rootfs", "ext4 /dev/dm-9"],
])("what an engine mounts for a container is not: %s", (path, typeAndSource) => {
  const text = `1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:99 / ${path} rw - ${typeAndSource} rw\n`;
  expect(realMounts(parseMountinfo(text)).map((mount) => mount.mount)).toEqual(["/"]);
});

test("several names of one device are one disk, and FUSE programs with one source are not", () => {
  const text = [
    "1 0 253:0 / / rw - ext4 /dev/root rw",
    "2 1 253:0 /srv /srv rw - ext4 /dev/mapper/vg-root rw",
    "3 1 253:0 / /mnt/again rw - ext4 /dev/dm-0 rw",
    "4 1 0:50 /@ /data rw - btrfs /dev/sdd rw",
    "5 1 0:50 /@home /data/home rw - btrfs /dev/sde rw",
    "6 1 0:60 / /mnt/a rw - fuse.rclone /dev/fuse rw",
    "7 1 0:61 / /mnt/b rw - fuse.rclone /dev/fuse rw",
  ].join("\n");
  const mounts = realMounts(parseMountinfo(text)).map((mount) => mount.mount);
  expect(mounts).toEqual(["/", "/data", "/mnt/a", "/mnt/b"]);
});

test.each(["squashfuse", "squashfuse_ll", "snapfuse", "fuseiso", "erofsfuse", "Shop-1.2.AppImage"])(
  "an image read by fuse.%s is no disk, writable as it may call itself",
  (type) => {
    expect(realMounts(parseMountinfo(`2 1 0:60 / /opt/image rw - fuse.${type} ${type} rw\n`))).toEqual([]);
  },
);

test.each([
  ["rw", "rw,emergency_ro", true, undefined],
  ["rw", "rw,shutdown", true, undefined],
  ["rw", "ro,errors=remount-ro", true, undefined],
  ["rw", "rw,errors=remount-ro", false, undefined],
  ["ro", "rw", false, undefined],
  ["ro", "ro", true, true],
])("mounted %s, superblock %s", (options, superOptions, readOnly, mountedReadOnly) => {
  const [mount] = parseMountinfo(`1 0 8:1 / /d ${options},noatime - ext4 /dev/sda1 ${superOptions}\n`);
  expect([mount?.readOnly, mount?.mountedReadOnly]).toEqual([readOnly, mountedReadOnly]);
});

const ARCSTATS =
  "13 1 0x01 147 39984 4000000000 900000000000\nname                            type data\nc_min                           4    2000\nc_max                           4    9000\nsize                            4    7000\narc_meta_size 4 1\n";

test("ZFS's cache can give back what it has beyond its least", () => {
  expect(reclaimableByZfs(ARCSTATS)).toBe(5_000);
  expect(reclaimableByZfs(ARCSTATS.replace("7000", "1000"))).toBe(0);
  expect(reclaimableByZfs(ARCSTATS.replace(/^c_min.*$/m, ""))).toBe(0);
  expect(reclaimableByZfs("")).toBe(0);
  const memory = { total: 10_000, available: 1_000, swapTotal: 0, swapFree: 0 };
  expect(withReclaimable(memory, 5_000).available).toBe(6_000);
  expect(withReclaimable(memory, 50_000).available).toBe(10_000);
});

test("a container's meminfo is lxcfs's where it is mounted over, not where lxcfs merely runs", () => {
  const over = "1 0 0:9 /proc/meminfo /proc/meminfo rw - fuse.lxcfs lxcfs rw\n";
  expect(meminfoIsLxcfs(parseMountinfo(over))).toBe(true);
  expect(meminfoIsLxcfs(parseMountinfo("1 0 0:9 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw\n"))).toBe(false);
});

test("a container's root is its overlay, and only kernel-local file systems are asked without a detour", () => {
  const [root] = realMounts(parseMountinfo("1 0 0:40 / / rw - overlay overlay rw,lowerdir=/a\n"));
  expect(root?.mount).toBe("/");
  expect(root && answersAtOnce(root)).toBe(false);
  const [nfs] = parseMountinfo("1 0 0:40 / /n rw - nfs4 s:/e rw\n");
  const [ext4] = parseMountinfo("1 0 8:1 / / rw - ext4 /dev/sda rw\n");
  expect(nfs && answersAtOnce(nfs)).toBe(false);
  expect(ext4 && answersAtOnce(ext4)).toBe(true);
});

test("/proc/diskstats: sectors of 512 bytes; columns may be more, not fewer", () => {
  const line = " 254       0 vda 9522 4938 1493114 7494 2321 19473 1106832 5328 0 4016 13240 3405 80 68984 416 4 0";
  expect(parseDiskstats(`${line}\n   8 1 sda1 1 2\n`, () => true)).toEqual([
    { device: "vda", readBytes: 1_493_114 * 512, writtenBytes: 1_106_832 * 512, busyMs: 4_016 },
  ]);
});

test.each([
  ["sda", true],
  ["sda1", false],
  ["vda", true],
  ["nvme0n1", true],
  ["nvme0n1p2", false],
  ["mmcblk0", true],
  ["mmcblk0p1", false],
  ["dm-0", true],
  ["md127", true],
  ["md127p1", false],
  ["loop3", false],
  ["zram0", false],
  ["sr0", false],
])("%s is a whole disk: %s", (device, whole) => {
  expect(isWholeDisk(device, undefined)).toBe(whole);
});

test("/sys/block decides where it can be read, with its own spelling of a slash", () => {
  const blocks = new Set(["sda", "cciss!c0d0"]);
  expect(isWholeDisk("cciss/c0d0", blocks)).toBe(true);
  expect(isWholeDisk("cciss/c0d0p1", blocks)).toBe(false);
  expect(isWholeDisk("sdb", blocks)).toBe(false);
});

test("/proc/net/dev: no loopback, no containers' cables, nothing that never carried anything; numbers may touch the colon", () => {
  const text = [
    "Inter-|   Receive                                                |  Transmit",
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
    "    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0",
    "  ifb0:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0",
    "eth0:187188730    7148    1    2    0     0          0         0   591472    4486    3    4    0     0       0          0",
    "veth12:  5  1 0 0 0 0 0 0 5 1 0 0 0 0 0 0",
  ].join("\n");
  expect(parseNetDev(text)).toEqual([{ device: "eth0", receivedBytes: 187_188_730, sentBytes: 591_472, errors: 10 }]);
});

test("a counter that was reset, and no time at all, give no rate", () => {
  expect(rate(100, 600, 1_000)).toBe(500);
  expect(rate(600, 100, 1_000)).toBeUndefined();
  expect(rate(100, 600, 0)).toBeUndefined();
});

const REST = "S 1 1 1 0 -1 4194304 10 20 0 0 150 50 0 0 20 0 1 0 12345 1000000 2500 18446744073709551615 1 1";

function stat(name: string): ReturnType<typeof parsePidStat> {
  const bytes = Buffer.from(`4711 (${name}) ${REST}\n`);
  return parsePidStat(bytes, bytes.length);
}

test.each(["node", "a) R (b", "with space", "new\nline", "((((", "))))", "日本語", ""])(
  "/proc/<pid>/stat: a process may call itself %j",
  (name) => {
    expect(stat(name)).toEqual({ pid: 4_711, name, ticks: 200, startedTicks: 12_345, residentPages: 2_500 });
  },
);

test("/proc/<pid>/stat: what is cut off or no stat at all is nothing", () => {
  const texts = ["", "4711", "4711 (node", "4711 (node) S 1 1", ") 4711 (", "x (node) S"].map((text) =>
    Buffer.from(text),
  );
  expect(texts.filter((bytes) => parsePidStat(bytes, bytes.length) !== undefined)).toEqual([]);
});

test("small files", () => {
  expect(parseLoadavg("0.32 1.50 12.20 3/93 7130\n")).toEqual([0.32, 1.5, 12.2]);
  expect(parseLoadavg("")).toBeUndefined();
  expect(parseFileNr("593\t0\t2466170\n")).toEqual({ open: 593, limit: 2_466_170 });
  expect(parseFileNr("593\n")).toBeUndefined();
  expect(parseUptime("2223.68 4011.10\n")).toBe(2_223.68);
  expect(parseUptime("soon")).toBeUndefined();
});

test("auxv: page size and clock ticks, and the usual ones where it tells nothing sensible", () => {
  const entry = (key: bigint, value: bigint): Buffer => {
    const bytes = Buffer.alloc(16);
    bytes.writeBigUInt64LE(key, 0);
    bytes.writeBigUInt64LE(value, 8);
    return bytes;
  };
  const text = Buffer.concat([entry(6n, 65_536n), entry(17n, 250n), entry(0n, 0n), entry(6n, 4_096n)]);
  expect(parseAuxv(text)).toEqual({ pageBytes: 65_536, ticksPerSecond: 250 });
  expect(parseAuxv(Buffer.alloc(0))).toEqual({ pageBytes: 4_096, ticksPerSecond: 100 });
  expect(parseAuxv(entry(6n, 3n))).toEqual({ pageBytes: 4_096, ticksPerSecond: 100 });
});

test.each([
  [
    "3,1234,5000000,-;Out of memory: Killed process 4711 (node) total-vm:1000kB, anon-rss:500kB, file-rss:0kB\n",
    "node",
  ],
  ["3,1,5000000,-;Memory cgroup out of memory: Killed process 4711 (a) (b) total-vm:1kB, anon-rss:1kB\n", "a) (b"],
  ["3,1,5000000,-;Killed process 4711 (java), UID 1000, total-vm:1kB, anon-rss:1kB\n", "java"],
  [
    "3,1,5000000,-,caller=T1;Out of memory: Killed process 4711 (new\\x0aline) total-vm:1kB\n SUBSYSTEM=x\n",
    "new\nline",
  ],
])("kernel message %#: the victim's name", (record, name) => {
  expect(parseOomRecord(record)).toEqual({ pid: 4_711, name, sinceBootMs: 5_000 });
});

test.each([
  "6,339,5140900,-;NET: Registered protocol family 10\n",
  "3,1,5000000,-;oom_reaper: reaped process 4711 (node), now anon-rss:0kB\n",
  "12,1,5000000,-;Out of memory: Killed process 4711 (node) total-vm:1kB\n",
  // A program may write to /dev/kmsg, but cannot start a record of its own inside one.
  "12,1,5000000,-;I say\n Killed process 4711 (node) total-vm:1kB\n",
  "",
])("kernel message %#: no victim", (record) => {
  expect(parseOomRecord(record)).toBeUndefined();
});
