import { discord } from "../../../src/probe/discord.js";
import { host } from "../../../src/probe/host.js";
import { self } from "../../../src/probe/self.js";
import type { Scene } from "./suite.js";
import { probeSuite } from "./suite.js";

function here(): Promise<Scene> {
  return Promise.resolve({ options: {}, [Symbol.asyncDispose]: () => Promise.resolve() });
}

const NO_OTHER_SIDE = "it talks to nobody: its numbers are handed in";

for (const kind of [self, discord]) {
  probeSuite({
    kind,
    healthy: here,
    restartable: NO_OTHER_SIDE,
    faults: {
      refused: NO_OTHER_SIDE,
      silent: NO_OTHER_SIDE,
      slow_drip: NO_OTHER_SIDE,
      wrong_protocol: NO_OTHER_SIDE,
      endless_body: NO_OTHER_SIDE,
    },
  });
}

const KERNEL_FILES = "the kernel's own files neither hang nor end late";

probeSuite({
  kind: host,
  healthy: here,
  restartable: "the host does not restart without the process",
  faults: {
    refused: KERNEL_FILES,
    silent: KERNEL_FILES,
    slow_drip: KERNEL_FILES,
    wrong_protocol: KERNEL_FILES,
    endless_body: KERNEL_FILES,
  },
});
