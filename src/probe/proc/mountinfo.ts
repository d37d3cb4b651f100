/** One line of `mountinfo` (proc_pid_mountinfo(5)). */
export interface Mount {
  readonly mount: string;
  /** Which directory of the file system is mounted there; other than `/` for bind mounts and subvolumes. */
  readonly root: string;
  /** `major:minor`. */
  readonly device: string;
  readonly type: string;
  readonly source: string;
  /** The superblock's own option: a sandbox's read-only mount of a healthy disk is not a read-only disk. */
  readonly readOnly: boolean;
}

/** The kernel writes space, tab, newline and backslash as `\040`, `\011`, `\012`, `\134`; any octal byte is taken, as UTF-8. */
export function unescapeOctal(text: string): string {
  if (!text.includes("\\")) return text;
  const bytes: Buffer[] = [];
  let from = 0;
  for (const match of text.matchAll(/\\([0-3][0-7]{2})/g)) {
    bytes.push(Buffer.from(text.slice(from, match.index)), Buffer.from([Number.parseInt(match[1] ?? "0", 8)]));
    from = match.index + match[0].length;
  }
  bytes.push(Buffer.from(text.slice(from)));
  return Buffer.concat(bytes).toString("utf8");
}

/** `/proc/<pid>/mountinfo`, in its own order. Lines that are not understood are left out. */
export function parseMountinfo(text: string): readonly Mount[] {
  return text.split("\n").flatMap((line) => {
    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    const fields = line.split(" ");
    const dash = fields.indexOf("-", 6);
    const [, , device, root, mount] = fields;
    const type = fields[dash + 1];
    const source = fields[dash + 2];
    if (dash < 0 || device === undefined || root === undefined || mount === undefined) return [];
    if (type === undefined || source === undefined) return [];
    const superOptions = (fields[dash + 3] ?? "").split(",");
    return [
      {
        mount: unescapeOctal(mount),
        root: unescapeOctal(root),
        device,
        type,
        source: unescapeOctal(source),
        readOnly: superOptions.includes("ro"),
      },
    ];
  });
}

/** File systems of the kernel's own making: they have no space to run out of. */
const PSEUDO = new Set([
  "autofs",
  "binfmt_misc",
  "bpf",
  "cgroup",
  "cgroup2",
  "configfs",
  "debugfs",
  "devpts",
  "devtmpfs",
  "efivarfs",
  "fuse.gvfsd-fuse",
  "fuse.lxcfs",
  "fuse.portal",
  "fusectl",
  "hugetlbfs",
  "mqueue",
  "nsfs",
  "proc",
  "pstore",
  "ramfs",
  "rootfs",
  "rpc_pipefs",
  "securityfs",
  "selinuxfs",
  "smackfs",
  "sysfs",
  "tracefs",
]);

/** Images: made full and read-only, so that neither is news. */
const IMAGES = new Set(["cramfs", "erofs", "iso9660", "romfs", "squashfs", "udf"]);

/** Where programs keep mounts for themselves: container layers, credentials, sessions, devices. */
const PRIVATE =
  /^\/(dev|proc|sys|run\/(credentials|user|netns|docker|containerd|snapd|lock)|var\/lib\/(docker|containers|containerd|kubelet|lxc|lxd)|snap)(\/|$)/;

/**
 * The mounts a person means by "the disks": no pseudo file systems, no images, no programs' private mounts, each file system once
 * (bind mounts and subvolumes of one device are one), under its whole root and shortest path. A path mounted over shows
 * its topmost mount.
 */
export function realMounts(all: readonly Mount[]): readonly Mount[] {
  const visible = new Map(all.map((mount) => [mount.mount, mount]));
  const byDevice = new Map<string, Mount>();
  for (const mount of visible.values()) {
    if (!isReal(mount)) continue;
    const key = mount.source.startsWith("/dev/") ? mount.source : mount.device;
    const known = byDevice.get(key);
    if (!known || better(mount, known)) byDevice.set(key, mount);
  }
  return [...byDevice.values()].sort((a, b) => (a.mount < b.mount ? -1 : 1));
}

function isReal(mount: Mount): boolean {
  if (PSEUDO.has(mount.type) || IMAGES.has(mount.type)) return false;
  if (PRIVATE.test(mount.mount)) return mount.mount === "/dev/shm" && mount.type === "tmpfs";
  // A container's root is an overlay; other overlays are containers' roots seen from outside.
  return mount.type !== "overlay" || mount.mount === "/";
}

function better(a: Mount, b: Mount): boolean {
  if ((a.root === "/") !== (b.root === "/")) return a.root === "/";
  return a.mount.length < b.mount.length || (a.mount.length === b.mount.length && a.mount < b.mount);
}

/**
 * File systems whose figures the kernel has in memory: asking them cannot wait for another machine or program, and costs a
 * microsecond. Everything else (network, FUSE, unknown) is asked on the thread pool, under a deadline.
 */
const LOCAL = new Set([
  "bcachefs",
  "btrfs",
  "exfat",
  "ext2",
  "ext3",
  "ext4",
  "f2fs",
  "jfs",
  "ntfs3",
  "tmpfs",
  "vfat",
  "xfs",
]);

export function answersAtOnce(mount: Mount): boolean {
  return LOCAL.has(mount.type);
}
