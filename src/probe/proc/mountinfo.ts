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
  /** Mounted for reading only, by its own options too: the kernel that gives up on a disk changes the superblock alone. */
  readonly mountedReadOnly?: boolean;
}

/** What a superblock says once nothing more is written to it; the last two are of Linux 6.18 (ext4's emergency stop, a file system shut down). */
const READ_ONLY = ["ro", "emergency_ro", "shutdown"];

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
    const [, , device, root, mount, options = ""] = fields;
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
        readOnly: superOptions.some((option) => READ_ONLY.includes(option)),
        ...(options.split(",").includes("ro") && superOptions.includes("ro") && { mountedReadOnly: true }),
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

/** The same, read by a program. */
const IMAGES_BY_FUSE =
  /^fuse\.(?:squashfuse(?:_ll)?|snapfuse|fuseiso|erofsfuse|dwarfs2?|cdfs|.*\.AppImage|.*appimage.*)$/i;

/** Where programs keep mounts for themselves: credentials, sessions, devices. */
const PRIVATE = /^\/(dev|proc|sys|run\/(credentials|user|netns|docker|containerd|snapd|lock)|snap)(\/|$)/;

/** Where container engines keep their data: often a disk of its own, and the one that fills. */
const ENGINE =
  /^(?:\/var\/lib\/(?:docker|containers|containerd|kubelet|lxc|lxd|incus|rancher|k0s)|\/var\/snap\/[^/]+\/(?:common|current|\d+)(?:\/var-lib-docker|\/var\/lib\/(?:docker|containerd|kubelet)|\/lxd)?)(?=\/|$)/;

/** Folders two levels below an engine's own that may be disks of their own: other mounts so deep are one container's. */
const ENGINE_STORES = /^\/(?:storage|storage-pools)\/[^/]+$/;

/**
 * What an engine mounts for one container, wherever its data is kept: shared memory, layers, volumes of pods. Names from the layouts of
 * Docker, Podman, containerd and the kubelet.
 */
const OF_ONE_CONTAINER =
  /\/(?:containers\/[0-9a-f]{12,}|overlay-containers\/[0-9a-f]{12,}|(?:overlay2?|aufs\/mnt|devicemapper\/mnt|zfs\/graph|btrfs\/subvolumes)\/[0-9a-z][0-9a-z-]{11,}|tmpmounts\/[^/]+|kubelet\/(?:pods|plugins)\/[^/]+)(?:\/|$)/;

/**
 * The mounts a person means by "the disks": no pseudo file systems, no images, no programs' private mounts, each file system once
 * (bind mounts, subvolumes and other names of one device are one), under its whole root and shortest path. A path mounted
 * over shows its topmost mount.
 */
export function realMounts(all: readonly Mount[]): readonly Mount[] {
  const visible = new Map(all.map((mount) => [mount.mount, mount]));
  const disks = new Map<string, Mount>();
  const keys = new Map<string, string>();
  for (const mount of visible.values()) {
    if (!isReal(mount)) continue;
    const names = [`device ${mount.device}`, ...(namesOneDevice(mount) ? [`source ${mount.source}`] : [])];
    const key = names.map((name) => keys.get(name)).find((known) => known !== undefined) ?? `device ${mount.device}`;
    for (const name of names) if (!keys.has(name)) keys.set(name, key);
    const known = disks.get(key);
    if (!known || better(mount, known)) disks.set(key, mount);
  }
  return [...disks.values()].sort((a, b) => (a.mount < b.mount ? -1 : 1));
}

/** Whether the source tells one device from others: FUSE programs all name `/dev/fuse`, and `/dev/root` is whatever the kernel booted from. */
function namesOneDevice({ source, type }: Mount): boolean {
  return source.startsWith("/dev/") && source !== "/dev/root" && !type.startsWith("fuse.");
}

function isReal(mount: Mount): boolean {
  if (PSEUDO.has(mount.type) || IMAGES.has(mount.type) || IMAGES_BY_FUSE.test(mount.type)) return false;
  if (PRIVATE.test(mount.mount)) return mount.mount === "/dev/shm" && mount.type === "tmpfs";
  // A container's root is an overlay; other overlays are containers' roots seen from outside.
  if (mount.type === "overlay" || mount.type === "fuse.fuse-overlayfs") return mount.mount === "/";
  return !isOfEngine(mount);
}

/** Whether a container engine mounted it for its own use. The disk that its data is on is not. */
function isOfEngine({ mount, type }: Mount): boolean {
  if (OF_ONE_CONTAINER.test(mount)) return true;
  const home = ENGINE.exec(mount)?.[0];
  if (home === undefined || home === mount) return false;
  const below = mount.slice(home.length);
  if (type === "tmpfs" || home === "/var/lib/lxc") return true;
  return below.lastIndexOf("/") > 0 && !ENGINE_STORES.test(below);
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

/** Whether `/proc/meminfo` is a container's, made by lxcfs, while other files of /proc still speak of the machine around it. */
export function meminfoIsLxcfs(all: readonly Mount[]): boolean {
  return all.findLast((mount) => mount.mount === "/proc/meminfo")?.type === "fuse.lxcfs";
}
