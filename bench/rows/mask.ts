import { createMasker } from "../../src/base/mask/mask.js";
import type { Row } from "../row.js";
import { MIB, round } from "../support/measure.js";

const SIZE = 16 * MIB;
const CHUNK = 64 * 1_024;
const TRIES = 3;
/** One line in so many holds a secret: far more than a log should. */
const SECRET_EVERY = 50;

function lineOf(index: number): string {
  if (index % SECRET_EVERY === 0)
    return `level=debug msg="connecting" url=postgres://app:made-up-${index}@db:5432/shop`;
  const lines = [
    `2026-03-04T05:06:07.123Z INFO  [http-8080-exec-${index % 10}] c.e.shop.OrderController : order ${index} created in ${index % 300}ms`,
    `10.0.0.${index % 255} - - [04/Mar/2026:05:06:07 +0000] "GET /api/v1/orders/${index}?page=2 HTTP/1.1" 200 ${index % 9_000} "https://shop.example.test/" "Mozilla/5.0 (X11; Linux x86_64)"`,
    `Mar  4 05:06:07 web sshd[${index}]: Failed password for invalid user admin from 203.0.113.5 port ${index % 65_535} ssh2`,
    `{"level":30,"time":1772600767123,"pid":12,"reqId":"req-${index}","req":{"method":"GET","url":"/users/${index}"},"msg":"incoming request"}`,
    `\tat com.example.shop.order.OrderService.create(OrderService.java:${index % 500}) ~[shop-1.2.3.jar!/:1.2.3]`,
    `time="2026-03-04T05:06:07Z" level=info msg="sync finished" commit=11bd71901bbe5b1630ceea73d27597364c9af683 duration=${index}ms`,
  ];
  return lines[index % lines.length] ?? "";
}

function madeLog(): string {
  const lines: string[] = [];
  for (let size = 0, index = 1; size < SIZE; index++) {
    const line = lineOf(index);
    lines.push(line);
    size += line.length + 1;
  }
  return lines.join("\n");
}

/** Processor seconds of the best of some tries: what the work takes when nothing else gets in between. */
function bestSeconds(work: () => void): number {
  const tries = Array.from({ length: TRIES }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  });
  return Math.min(...tries);
}

/** The plainest look at every character of a text that JavaScript can take. */
function plainScan(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index++) sum += text.charCodeAt(index) & 1;
  return sum;
}

/** Masking a log in pieces, as a search or a page does, beside a loop that only looks at every character. */
export const masking: Row = {
  name: "mask",
  promise: "masking of a log with a secret in every 50th line: ≥ 50 MB/s; beside it a loop over every character",
  async run() {
    const text = madeLog();
    let count = 0;
    const masked = bestSeconds(() => {
      const masker = createMasker();
      for (let at = 0; at < text.length; at += CHUNK) masker.push(text.slice(at, at + CHUNK));
      masker.end();
      count = masker.count;
    });
    const plain = bestSeconds(() => void plainScan(text));
    const megabytes = text.length / 1e6;
    return {
      figures: {
        mask_mb_per_second: round(megabytes / masked),
        plain_scan_mb_per_second: round(megabytes / plain),
        ratio: round(masked / plain),
        secrets: count,
      },
      kept: megabytes / masked >= 50,
    };
  },
};
