import { chromium } from "playwright-core";
import type { CDPSession, Page } from "playwright-core";

import { PageServer, Simulator } from "../../simulator/index.js";
import type { Row } from "../row.js";
import { p, round } from "../support/measure.js";

const MESSAGES = 2_000;
const MOST_NODES = 200;
const LONG_TASK_MS = 50;
const STEPS = 120;
const STEP_PX = 600;

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  /** Microseconds by the clock, and of the processor: on a machine that does other things too, only the latter is the page's own. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly name?: string };
}

/** Everything the browser did meanwhile, as its own tracing tells it. */
async function traced(session: CDPSession, act: () => Promise<void>): Promise<readonly TraceEvent[]> {
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) =>
    events.push(...(value as unknown[]).map((each) => each as TraceEvent)),
  );
  const complete = new Promise<void>((resolve) => session.once("Tracing.tracingComplete", () => resolve()));
  await session.send("Tracing.start", { categories: "toplevel,devtools.timeline", transferMode: "ReportEvents" });
  await act();
  await session.send("Tracing.end");
  await complete;
  return events;
}

/** Tasks on the page's main thread: how long they lasted, and how long they had the processor, milliseconds. */
function tasksOf(events: readonly TraceEvent[]): readonly { readonly lasted: number; readonly busy: number }[] {
  const mains = new Set(
    events
      .filter(({ ph, name, args }) => ph === "M" && name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  return events
    .filter(({ ph, name, pid, tid }) => ph === "X" && name.endsWith("RunTask") && mains.has(`${pid}/${tid}`))
    .map(({ dur = 0, tdur = dur }) => ({ lasted: dur / 1_000, busy: tdur / 1_000 }));
}

/** Scrolls from the end to the beginning as a wheel does, a step a frame, and says how many messages stood at most. */
async function scroll(page: Page): Promise<number> {
  return Number(
    await page.evaluate(`(async () => {
      const box = document.querySelector("#messages");
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      let most = 0;
      for (let step = 0; step < ${STEPS}; step += 1) {
        box.scrollTop -= ${STEP_PX};
        await frame();
        most = Math.max(most, document.querySelectorAll("article").length);
      }
      for (const share of [0, 0.25, 0.5, 1]) {
        box.scrollTop = box.scrollHeight * share;
        await frame();
        await frame();
        most = Math.max(most, document.querySelectorAll("article").length);
      }
      return most;
    })()`),
  );
}

export const pageOfMany: Row = {
  name: "page",
  promise: `a channel of ${MESSAGES} messages: ≤ ${MOST_NODES} of them in the page, no task > ${LONG_TASK_MS} ms of the processor while scrolling`,
  async run() {
    const discord = await Simulator.start({ seed: 3 });
    const server = await PageServer.start(discord.control);
    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu"],
    });
    try {
      const viewer = discord.control.as("viewer");
      for (let at = 0; at < MESSAGES; at += 1)
        await viewer.say(
          discord.opsChannelId,
          `**message ${at}** of \`web-1\`\n${"line <t:1700000000:R>\n".repeat(at % 4)}`,
        );
      const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
      await page.goto(server.url);
      await page.getByText(`message ${MESSAGES - 1}`).waitFor();
      const session = await page.context().newCDPSession(page);
      let nodes = 0;
      const tasks = tasksOf(
        await traced(session, async () => {
          nodes = await scroll(page);
        }),
      );
      const busy = tasks.map((task) => task.busy);
      const longest = round(Math.max(...busy));
      return {
        figures: {
          nodes,
          tasks: tasks.length,
          task_p99_ms: p(busy, 0.99),
          longest_task_ms: longest,
          longest_by_the_clock_ms: round(Math.max(...tasks.map((task) => task.lasted))),
        },
        kept: tasks.length > 0 && nodes <= MOST_NODES && longest <= LONG_TASK_MS,
      };
    } finally {
      await browser.close();
      await server.stop();
      await discord.stop();
    }
  },
};
