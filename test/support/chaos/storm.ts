import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { Simulator } from "../../../simulator/index.js";
import type { FaultStage } from "../../../simulator/index.js";
import { faultsOf } from "./checker.js";
import type { Wanted } from "./checker.js";
import type { FedRun, VictimOptions } from "./orders.js";
import { SharedTime } from "./shared-time.js";
import { Victim } from "./victim-process.js";
import type { Settled } from "./victim-process.js";

const FACTOR = 20;
const TARGETS = Array.from({ length: 10 }, (_, index) => `t${index}`);
const DISKS = 5;
const GAP_MS = 200;
/** Between the two halves of a storm: it has a message before its last alerts come, so that they are announced in a reply. */
const LULL_MS = 6_000;
/** Between two storms, so that the second is no continuation of the first. */
const CALM_MS = 15 * 60_000;

/** Where in a storm the process dies. */
export type Death =
  | { readonly at: "commit"; readonly when: "before" | "after"; readonly nth: number; readonly awayMs: number }
  | { readonly at: "request"; readonly when: FaultStage; readonly nth: number; readonly awayMs: number };

export interface Outcome {
  /** False: the storm had fewer commits or requests than that. */
  readonly died: boolean;
  readonly faults: readonly string[];
}

/** A channel, a store and a process that watches fifty disks. One storm after the other sweeps over it. */
export class StormWorld implements AsyncDisposable {
  readonly discord: Simulator;
  readonly time: SharedTime;
  readonly #home = mkdtempSync(path.join(tmpdir(), "toban-storm-"));
  readonly #options: VictimOptions;
  #victim: Victim;
  #storm = 0;
  #nextNumber = 1;
  #died = false;

  private constructor(discord: Simulator) {
    this.discord = discord;
    this.time = new SharedTime(discord, FACTOR);
    const { apiUrl, token, opsChannelId: channel } = discord;
    this.#options = { dataDir: path.join(this.#home, "data"), apiUrl, token, channel, targets: TARGETS };
    this.#victim = new Victim(this.#options, this.time);
  }

  static async start(seed: number): Promise<StormWorld> {
    return new StormWorld(await Simulator.start({ seed }));
  }

  /** One storm and its end, with one death on the way; what it left behind is checked twice: while everything fires and when all is over. */
  async suffer(death: Death | undefined): Promise<Outcome> {
    this.#storm += 1;
    this.#died = false;
    const before = new Set((await this.discord.control.messages(this.#options.channel)).map(({ id }) => id));
    await this.#arm(death);
    const faults: string[] = [];
    for (const wanted of ["firing", "over"] as const) {
      const settled = await this.#play(wanted, death?.awayMs ?? 0);
      const found = await faultsOf(this.discord, {
        channel: this.#options.channel,
        incidents: settled.incidents,
        alerts: new Map(TARGETS.flatMap((target) => this.#disks(target).map((disk) => [disk, wanted] as const))),
        before,
      });
      faults.push(...found.map((fault) => `${wanted}: ${fault}`));
      if (wanted === "over") this.#nextNumber += settled.incidents.length;
    }
    await this.discord.control.clearFaults();
    if (faults.length > 0) faults.push(...this.#victim.log.slice(-20));
    this.time.skip(CALM_MS);
    this.#victim.tell({ do: "skip", ms: CALM_MS });
    return { died: this.#died, faults };
  }

  #disks(target: string): readonly string[] {
    return Array.from({ length: DISKS }, (_, index) => `/s${this.#storm}${target}d${index}`);
  }

  #runs(wanted: Wanted): readonly FedRun[] {
    const value = wanted === "firing" ? 0.95 : 0.2;
    return TARGETS.map((target) => ({
      target,
      disks: Object.fromEntries(this.#disks(target).map((disk) => [disk, value])),
    }));
  }

  async #arm(death: Death | undefined): Promise<void> {
    if (death?.at === "commit") this.#victim.tell({ do: "die", at: death.when, nth: death.nth });
    if (death?.at !== "request") return;
    await this.discord.control.fault({
      match: { routeClass: "bot", nth: death.nth },
      stage: death.when,
      kind: "kill-callback",
      run: async () => {
        await this.#victim.kill();
      },
    });
  }

  /** Feeds runs until everything is said and shown, through as many lives as it takes. */
  async #play(wanted: Wanted, awayMs: number): Promise<Settled> {
    for (;;) {
      const runs = this.#runs(wanted);
      const half = runs.length / 2;
      this.#victim.tell({ do: "feed", runs: runs.slice(0, half), gapMs: GAP_MS });
      if (wanted === "firing") this.#victim.tell({ do: "wait", ms: LULL_MS });
      this.#victim.tell({ do: "feed", runs: runs.slice(half), gapMs: GAP_MS });
      this.#victim.tell({ do: "settle", fromNumber: this.#nextNumber });
      for (let report = await this.#victim.next(); report; report = await this.#victim.next()) {
        if (report.kind === "settled") return report;
      }
      const { code, signal } = await this.#victim.exited;
      if (signal !== "SIGKILL")
        throw new Error(`it ended by itself (${code}): ${this.#victim.log.slice(-20).join("\n")}`);
      this.#died = true;
      this.time.skip(awayMs);
      this.#victim = new Victim(this.#options, this.time);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#victim.kill();
    this.time[Symbol.dispose]();
    await this.discord.stop();
    rmSync(this.#home, { recursive: true, force: true });
  }
}
