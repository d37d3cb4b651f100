import { describe, expect, it } from "vitest";

import { RETRY_TROUBLE_MS, Troubles, edgePauseMs } from "../../../src/notify/troubles.js";

const MINUTE = 60_000;

function troubles(): { readonly of: Troubles; readonly said: string[] } {
  const said: string[] = [];
  const of = new Troubles(
    () => 0.5,
    (trouble, change) => said.push(`${trouble.kind} ${trouble.channel ?? "everywhere"} ${change}`),
  );
  return { of, said };
}

const at = (mono: number) => ({ wall: mono, mono });

describe("troubles", () => {
  it("pause everything for 10, 20, 40, 80, 80 minutes when the edge blocks again and again", () => {
    const { of, said } = troubles();
    const pauses = [0, 1, 2, 3, 4].map(
      (index) => of.edgeBlocked("", at(index * 100 * MINUTE), index * 100 * MINUTE) / MINUTE,
    );
    expect(pauses).toEqual([10, 20, 40, 80, 80]);
    expect(said).toEqual(["edge_block everywhere began"]);
  });

  it.each([
    // As long as it asks, and a second.
    [3_600_000, 1, 3_601_000],
    [20_000, 1, 21_000],
    // That was not enough: longer and longer, and no longer than without a word.
    [20_000, 2, 42_000],
    [20_000, 20, 80 * MINUTE],
    [3_600_000, 3, 80 * MINUTE],
    [7_200_000, 3, 7_201_000],
    // Nothing, or nothing that makes sense.
    [undefined, 1, 10 * MINUTE],
    [0, 1, 10 * MINUTE],
    [-5_000, 2, 20 * MINUTE],
    [Number.NaN, 1, 10 * MINUTE],
    [365 * 86_400_000, 1, 86_401_000],
    [Infinity, 9, 86_401_000],
  ])("of the edge that asks for %s ms, for the %d. time, last %d ms", (asked, streak, ms) => {
    expect(edgePauseMs(asked, streak)).toBe(ms);
  });

  it("of the edge say what was asked where something else is done", () => {
    const details = [20_000, 0, -1, 365 * 86_400_000, undefined].map((asked) => {
      const { of } = troubles();
      of.edgeBlocked("HTTP 429", at(0), 0, asked);
      return of.list()[0]?.detail;
    });
    expect(details).toEqual([
      "HTTP 429, Retry-After of 20s",
      "HTTP 429, Retry-After of 0s, taken as 10m",
      "HTTP 429, Retry-After in the past, taken as 10m",
      "HTTP 429, Retry-After of 365d, taken as 1d1s",
      "HTTP 429",
    ]);
  });

  it("of the edge last as long as the longest that any request was told", () => {
    const { of } = troubles();
    of.edgeBlocked("", at(1_000), 500, 20_000);
    of.edgeBlocked("", at(2_000), 600, 3_600_000);
    expect(of.edgeRemainingMs(2_000)).toBe(3_601_000);
    of.edgeBlocked("", at(3_000), 700, 5_000);
    expect(of.edgeRemainingMs(3_000)).toBe(3_600_000);
  });

  it("of the edge outlive a restart, with what is left of them and their streak", () => {
    const before = troubles().of;
    before.edgeBlocked("HTTP 429", { wall: 1_000_000, mono: 50_000 }, 49_000, 3_600_000);
    const kept = before.keptEdgeBlock({ wall: 1_000_500, mono: 50_500 });
    if (!kept) throw new Error("nothing kept");
    const { of, said } = troubles();
    of.restoreEdgeBlock(kept, { wall: 1_600_000, mono: 7 });
    expect(of.edgeRemainingMs(7)).toBe(3_001_000);
    expect(of.peek("c", 8)).toMatchObject({ open: false, kind: "edge_block" });
    expect(said).toEqual(["edge_block everywhere began"]);
    // The next refusal is the second in a row.
    expect(of.edgeBlocked("", at(4_000_000), 3_900_000)).toBe(20 * MINUTE);
  });

  it.each([
    ["is over", 5_000_000, 0],
    ["lies in the future, because the clock was set back", -50_000_000, 3_601_000],
  ])("of the edge that %s when a process begins", (_as, wall, remaining) => {
    const before = troubles().of;
    before.edgeBlocked("", { wall: 1_000_000, mono: 0 }, -1, 3_600_000);
    const kept = before.keptEdgeBlock({ wall: 1_000_000, mono: 0 });
    if (!kept) throw new Error("nothing kept");
    const { of } = troubles();
    of.restoreEdgeBlock(kept, { wall, mono: 0 });
    expect(of.edgeRemainingMs(0)).toBe(remaining);
  });

  it("do not grow by requests that were on the way already, nor end by their success", () => {
    const { of, said } = troubles();
    of.edgeBlocked("", at(1_000), 500);
    expect(of.edgeBlocked("", at(2_000), 600)).toBe(10 * MINUTE - 1_000);
    of.answered("c", 700);
    expect(of.peek("c", 3_000)).toMatchObject({ open: false, kind: "edge_block" });
    of.answered("c", 11 * MINUTE);
    expect(of.peek("c", 11 * MINUTE)).toEqual({ open: true, probe: false });
    expect(said).toEqual(["edge_block everywhere began", "edge_block everywhere over"]);
  });

  it("end with one request alone", () => {
    const { of } = troubles();
    of.refused("", at(0));
    const later = RETRY_TROUBLE_MS;
    const first = of.enter("a", later);
    expect(first).toEqual({ open: true, probe: true });
    expect(of.enter("b", later).open).toBe(false);
    of.leave(first);
    expect(of.enter("b", later).open).toBe(true);
  });

  it("of one channel leave the others alone", () => {
    const { of, said } = troubles();
    of.broken("a", "post", "Missing Access", at(0), 0);
    expect(of.peek("a", 1)).toMatchObject({ open: false, until: RETRY_TROUBLE_MS, kind: "receiver_broken" });
    expect(of.peek("b", 1).open).toBe(true);
    of.broken("a", "post", "Missing Access", at(RETRY_TROUBLE_MS), RETRY_TROUBLE_MS);
    expect(said).toEqual(["receiver_broken a began"]);
  });

  it("of posts are not disproved by an edit, those of edits are", () => {
    const { of, said } = troubles();
    of.broken("a", "post", "", at(0), 0);
    of.broken("b", "edit", "", at(0), 0);
    of.accepted("a", "edit");
    of.accepted("b", "edit");
    expect(said.filter((line) => line.endsWith("over"))).toEqual(["receiver_broken b over"]);
    of.accepted("a", "post");
    expect(of.list()).toEqual([]);
  });

  it("of the connection grow up to a minute and end with an answer", () => {
    const { of } = troubles();
    const waits = Array.from({ length: 12 }, () => of.connectionFailed("a", 0));
    expect(waits[0]).toBeLessThanOrEqual(1_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(MINUTE);
    expect(waits.toSorted((a, b) => a - b)).toEqual(waits);
    of.answered("a", 1);
    expect(of.peek("a", 1).open).toBe(true);
    expect(of.connectionFailed("a", 1)).toBe(waits[0]);
  });

  it("are tried at once when somebody changed something, but never an edge block", () => {
    const { of } = troubles();
    of.refused("", at(0));
    of.broken("a", "post", "", at(0), 0);
    of.retryNow(1);
    expect(of.peek("a", 1)).toEqual({ open: true, probe: true });
    of.edgeBlocked("", at(2), 2);
    of.retryNow(3);
    expect(of.peek("a", 3).open).toBe(false);
  });
});

describe("word of changed rights", () => {
  const SECOND = 1_000;
  const untilOf = (of: Troubles, channel: string, now: number): number | undefined => {
    const gate = of.peek(channel, now);
    return gate.open ? undefined : gate.until;
  };

  it("has a broken channel tried a second later, once for a burst of words", () => {
    const { of, said } = troubles();
    of.broken("a", "post", "", at(0), 0);
    const later = 3 * MINUTE;
    expect(of.rightsChanged(["a"], later)).toEqual([{ channel: "a", from: RETRY_TROUBLE_MS, until: later + SECOND }]);
    for (let index = 1; index < 500; index += 1) expect(of.rightsChanged(undefined, later + index)).toEqual([]);
    expect(untilOf(of, "a", later + 999)).toBe(later + SECOND);
    expect(of.peek("a", later + SECOND).open).toBe(true);
    expect(said).toEqual(["receiver_broken a began"]);
  });

  it("of other channels leaves a channel alone, and none troubles a channel that is well", () => {
    const { of } = troubles();
    of.broken("a", "post", "", at(0), 0);
    expect(of.rightsChanged(["b", "c"], MINUTE)).toEqual([]);
    expect(untilOf(of, "a", MINUTE)).toBe(RETRY_TROUBLE_MS);
    expect(of.peek("b", MINUTE).open).toBe(true);
  });

  it("is tried for more and more seldom while it is in vain, then as often as without", () => {
    const { of, said } = troubles();
    of.broken("a", "post", "", at(0), 0);
    let now = 0;
    const gaps: number[] = [];
    for (let told = 0; told < 12; told += 1) {
      of.rightsChanged(["a"], now);
      const until = untilOf(of, "a", now) ?? now;
      gaps.push((until - now) / SECOND);
      now = until;
      of.broken("a", "post", "", at(now), now);
    }
    expect(gaps).toEqual([1, 5, 15, 15, 15, 30, 30, 60, 60, 60, 600, 1]);
    expect(said).toEqual(["receiver_broken a began"]);
  });

  it("is forgotten with the trouble: the next one is tried after a second again", () => {
    const { of } = troubles();
    for (const begin of [0, 10 * SECOND]) {
      of.broken("a", "post", "", at(begin), begin);
      of.rightsChanged(["a"], begin);
      expect(untilOf(of, "a", begin)).toBe(begin + SECOND);
      of.accepted("a", "post");
    }
  });

  it("that comes while a request is on its way has the channel tried once more", () => {
    const { of } = troubles();
    of.rightsChanged(["a"], 500);
    expect(of.broken("a", "post", "", at(600), 400)).toBe(SECOND);
    // This one left after the word: its refusal says that the word was in vain.
    expect(of.broken("a", "post", "", at(1_600), 1_600)).toBe(RETRY_TROUBLE_MS);
    of.rightsChanged(undefined, 1_700);
    expect(of.broken("a", "post", "", at(1_800), 1_650)).toBe(15 * SECOND);
  });

  it("has what could not be looked up tried again, too", () => {
    const { of } = troubles();
    of.historyUnreadable("a", "", at(0), 0);
    expect(of.rightsChanged(["a"], MINUTE)).toEqual([{ channel: "a", from: RETRY_TROUBLE_MS, until: MINUTE + SECOND }]);
  });

  it("costs at most a hundred tries in ten minutes, however many channels refuse", () => {
    const { of } = troubles();
    for (let index = 0; index < 300; index += 1) of.broken(String(index), "post", "", at(0), 0);
    expect(of.rightsChanged(undefined, MINUTE)).toHaveLength(100);
    expect(of.rightsChanged(undefined, 2 * MINUTE)).toEqual([]);
    expect(of.rightsChanged(["299"], 9 * MINUTE + 1)).toEqual([]);
    of.broken("299", "post", "", at(10 * MINUTE), 10 * MINUTE);
    expect(of.rightsChanged(["299"], 11 * MINUTE)).toHaveLength(1);
  });

  it("ends neither an edge block nor a refusal of the bot", () => {
    const { of } = troubles();
    of.refused("", at(0));
    of.edgeBlocked("", at(0), 0);
    expect(of.rightsChanged(undefined, 1)).toEqual([]);
    expect(of.peek("a", 2).open).toBe(false);
  });
});
