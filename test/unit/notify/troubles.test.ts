import { describe, expect, it } from "vitest";

import { RETRY_TROUBLE_MS, Troubles } from "../../../src/notify/troubles.js";

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
    of.broken("a", "post", "Missing Access", at(0));
    expect(of.peek("a", 1)).toMatchObject({ open: false, until: RETRY_TROUBLE_MS, kind: "receiver_broken" });
    expect(of.peek("b", 1).open).toBe(true);
    of.broken("a", "post", "Missing Access", at(RETRY_TROUBLE_MS));
    expect(said).toEqual(["receiver_broken a began"]);
  });

  it("of posts are not disproved by an edit, those of edits are", () => {
    const { of, said } = troubles();
    of.broken("a", "post", "", at(0));
    of.broken("b", "edit", "", at(0));
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
    of.broken("a", "post", "", at(0));
    of.retryNow(1);
    expect(of.peek("a", 1)).toEqual({ open: true, probe: true });
    of.edgeBlocked("", at(2), 2);
    of.retryNow(3);
    expect(of.peek("a", 3).open).toBe(false);
  });
});
