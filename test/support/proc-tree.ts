import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A tree of kernel files that a test writes: what stands in `/proc` and `/sys` of a small, healthy host. */
export class ProcTree implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), "toban-proc-"));
  readonly procRoot = join(this.root, "proc");
  readonly sysRoot = join(this.root, "sys");
  readonly kmsgPath = join(this.root, "kmsg");

  constructor() {
    this.put("stat", stat(100, 900));
    this.put("meminfo", meminfo(400));
    this.put("vmstat", "pswpin 10\npswpout 20\noom_kill 0\n");
    this.put("loadavg", "0.50 1.00 2.00 1/100 4711\n");
    this.put("uptime", "1000.00 1500.00\n");
    this.put("diskstats", diskstats(0, 0));
    this.put("sys/fs/file-nr", "593\t0\t10000\n");
    this.put("1/mountinfo", `1 0 8:1 / / rw - ext4 /dev/sda1 rw\n`);
    this.put("1/net/dev", netDev(1_000, 2_000));
    this.put("1/root/here", "");
    for (const resource of ["cpu", "memory", "io"]) this.put(`pressure/${resource}`, pressure(0));
    this.process(1, "init", 10, 100);
    mkdirSync(join(this.sysRoot, "block", "sda"), { recursive: true });
  }

  put(path: string, text: string): void {
    const file = join(this.procRoot, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  remove(path: string): void {
    rmSync(join(this.procRoot, path), { recursive: true, force: true });
  }

  process(pid: number, name: string, ticks: number, pages: number, startedTicks: number = pid): void {
    this.put(
      `${pid}/stat`,
      `${pid} (${name}) S 1 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${startedTicks} 0 ${pages} 1\n`,
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export function stat(busy: number, idle: number): string {
  return `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\ncpu0 1 0 0 1\ncpu1 1 0 0 1\nbtime 1767600000\nprocs_blocked 0\n`;
}

export function meminfo(availableKb: number): string {
  return `MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: ${availableKb} kB\nSwapTotal: 500 kB\nSwapFree: 400 kB\n`;
}

export function pressure(totalUs: number): string {
  return `some avg10=3.00 avg60=0.00 avg300=0.00 total=${totalUs}\nfull avg10=1.00 avg60=0.00 avg300=0.00 total=${totalUs}\n`;
}

export function diskstats(sectors: number, busyMs: number): string {
  return `   8 0 sda 1 0 ${sectors} 1 1 0 ${sectors * 2} 1 0 ${busyMs} 1\n   8 1 sda1 1 0 ${sectors} 1 1 0 ${sectors} 1 0 ${busyMs} 1\n`;
}

export function netDev(received: number, sent: number): string {
  return `Inter-|\n face |\n    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n  eth0: ${received} 1 0 0 0 0 0 0 ${sent} 1 0 0 0 0 0 0\n`;
}
