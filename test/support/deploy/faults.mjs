/**
 * Loaded before the installed program (`NODE_OPTIONS=--import`), from within its folder so that it sees the very same modules. A fault
 * begins when a file of its name appears in TOBAN_TEST_FAULTS: what hangs then hangs for good, as a bug or a broken device would have it.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";

import Bottleneck from "bottleneck";

import { WriteQueue } from "./dist/src/store/write-queue.js";

const LOOK_MS = 100;
const folder = process.env["TOBAN_TEST_FAULTS"];

const never = () => new Promise(() => undefined);

const faults = {
  /** The event loop: nothing of the process goes on. */
  loop: () => {
    for (;;);
  },
  /** The store: what is to be written waits for ever; the event loop turns. */
  store: () => {
    WriteQueue.prototype.add = () => undefined;
  },
  /** The sender: its jobs begin and never end; its loop turns. */
  sender: () => {
    Bottleneck.prototype.schedule = never;
  },
};

// Children of the program are given the same options, and have no faults.
if (folder !== undefined && process.argv[2] === "run") {
  const look = setInterval(() => {
    for (const [name, begin] of Object.entries(faults)) if (existsSync(join(folder, name))) begin();
  }, LOOK_MS);
  look.unref();
}
