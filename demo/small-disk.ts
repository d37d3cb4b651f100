import { mkdirSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Helper } from "./helper.js";

const SIZE_BYTES = 16 * 1_024 * 1_024;
const FILLED_RATIO = 0.97;

/**
 * Makes an ext4 image, mounts it and takes it away when the input ends; where there is no loop device, a tmpfs of the same size.
 * Signals of the terminal are left to the demo, which closes the input.
 */
const MOUNTER = `
trap '' HUP INT TERM
{ mkfs.ext4 -q -F -m 0 "$1" && mount -o loop "$1" "$2"; } 2>/dev/null || mount -t tmpfs -o "size=$3,mode=0755" toban-demo "$2" || exit 1
echo mounted
cat > /dev/null
umount "$2" || umount -l "$2"
`;

/** A file system of its own, small enough to be filled in a moment: the host probe sees it as it sees every disk. */
export class SmallDisk {
  readonly path: string;
  readonly #image: string;
  #mounted: Helper | undefined;
  #unavailable: string | undefined = "it is not mounted yet";

  constructor(folder: string) {
    this.path = join(folder, "disk");
    this.#image = join(folder, "disk.img");
  }

  /** Why there is none: mounting is for root, and only what is mounted for the whole machine is a disk of it. */
  get unavailable(): string | undefined {
    return this.#unavailable;
  }

  async start(): Promise<void> {
    mkdirSync(this.path);
    writeFileSync(this.#image, "");
    truncateSync(this.#image, SIZE_BYTES);
    try {
      this.#mounted = await Helper.start("sh", ["-c", MOUNTER, "mounter", this.#image, this.path, String(SIZE_BYTES)]);
      this.#unavailable = undefined;
    } catch {
      this.#unavailable = "needs root: a small disk has to be mounted for it";
    }
  }

  fill(): void {
    const { blocks, bsize, bavail } = statfsSync(this.path);
    const left = Math.floor(blocks * (1 - FILLED_RATIO));
    const wanted = Math.max(0, bavail - left) * bsize;
    writeFileSync(join(this.path, "ballast"), Buffer.alloc(wanted, 0x5a), { flag: "a" });
  }

  empty(): void {
    writeFileSync(join(this.path, "ballast"), "");
  }

  async stop(): Promise<void> {
    await this.#mounted?.stop();
    this.#mounted = undefined;
  }
}
