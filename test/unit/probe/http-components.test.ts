import { describe, expect, it } from "vitest";

import { componentsDown } from "../../../src/probe/http-components.js";

describe("what an account of health calls down", () => {
  it.each<[string, unknown, readonly string[]]>([
    [
      "Spring Boot",
      { status: "DOWN", components: { db: { status: "DOWN", details: { error: "refused" } }, ping: { status: "UP" } } },
      ["db DOWN"],
    ],
    [
      "Spring Boot, a part within a part",
      {
        status: "OUT_OF_SERVICE",
        components: { stores: { status: "DOWN", components: { first: { status: "UP" }, second: { status: "DOWN" } } } },
      },
      ["stores/second DOWN"],
    ],
    [
      "Spring Boot 2.0",
      { status: "DOWN", details: { redis: { status: "DOWN" }, db: { status: "UP" } } },
      ["redis DOWN"],
    ],
    ["Spring Boot 1", { status: "DOWN", db: { status: "UP" }, mail: { status: "DOWN", location: "x" } }, ["mail DOWN"]],
    [
      "ASP.NET Core",
      {
        status: "Unhealthy",
        results: { queue: { status: "Unhealthy", description: "full" }, db: { status: "Healthy" } },
      },
      ["queue Unhealthy"],
    ],
    [
      "ASP.NET Core's user interface",
      {
        status: "Unhealthy",
        totalDuration: "1",
        entries: { sql: { data: {}, status: "Unhealthy" }, disk: { status: "Degraded" } },
      },
      ["sql Unhealthy"],
    ],
    ["degraded alone", { status: "Degraded", entries: { disk: { status: "Degraded" } } }, ["disk Degraded"]],
    [
      "health+json",
      {
        status: "fail",
        checks: { "cassandra:responseTime": [{ status: "pass" }, { status: "fail", output: "timeout" }] },
      },
      ["cassandra:responseTime fail"],
    ],
    [
      "MicroProfile",
      {
        status: "DOWN",
        checks: [
          { name: "db", status: "DOWN" },
          { name: "x", status: "UP" },
        ],
      },
      ["db DOWN"],
    ],
    [
      "Terminus",
      { status: "error", info: {}, error: { db: { status: "down" } }, details: { db: { status: "down" } } },
      ["db down"],
    ],
    ["a list of parts", { healthChecks: [{ component: "queue", state: "Unhealthy" }] }, ["queue Unhealthy"]],
    ["nothing down", { status: "UP", components: { db: { status: "UP" } } }, []],
    ["no parts", { status: "DOWN" }, []],
    ["no account", { error: { message: "Service Unavailable", code: 503 } }, []],
    ["a problem of RFC 9457", { status: 503, title: "Service Unavailable" }, []],
    ["an array", [{ status: "DOWN" }], []],
    ["null", null, []],
    ["a text", "DOWN", []],
  ])("%s", (_as, json, expected) => {
    expect(componentsDown(json).map(({ name, status }) => `${name} ${status}`)).toEqual(expected);
  });

  it("is looked for in so many parts, and so deep, and no further", () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`p${index}`, { status: "DOWN" }]));
    expect(componentsDown({ components: many })).toHaveLength(1_000);
    let deep: unknown = { status: "DOWN" };
    for (let depth = 0; depth < 500; depth += 1) deep = { status: "DOWN", components: { a: deep } };
    expect(componentsDown(deep)).toEqual([{ name: "a/a/a/a/a/a", status: "DOWN" }]);
  });
});
