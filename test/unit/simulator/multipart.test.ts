import { describe, expect, it } from "vitest";

import { parseParts } from "../../../simulator/rest/multipart.js";
import { fc } from "../../support/fast-check.js";

describe("multipart bodies", () => {
  it("come back as any standard client wrote them", async () => {
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => !/[\r\n\\]/.test(text));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(name, fc.uint8Array({ maxLength: 200 })), { minLength: 1, maxLength: 5 }),
        fc.string({ maxLength: 100 }).filter((text) => !/[\r\n]/.test(text)),
        async (files, payload) => {
          const form = new FormData();
          form.set("payload_json", payload);
          for (const [index, [filename, bytes]] of files.entries()) {
            form.set(`files[${index}]`, new Blob([new Uint8Array(bytes)]), filename);
          }
          const request = new Request("http://example.org", { method: "POST", body: form });
          const body = Buffer.from(await request.arrayBuffer());
          const parts = parseParts(body, request.headers.get("content-type") ?? "");
          expect(parts?.map((part) => [part.name, part.filename, part.bytes.toString("hex")])).toEqual([
            ["payload_json", undefined, Buffer.from(payload).toString("hex")],
            ...files.map(([filename, bytes], index) => [
              `files[${index}]`,
              filename,
              Buffer.from(bytes).toString("hex"),
            ]),
          ]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    ["no boundary", "--x--", "multipart/form-data"],
    ["no end", '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb', "multipart/form-data; boundary=x"],
    ["no headers", "--x\r\nhello\r\n--x--", "multipart/form-data; boundary=x"],
    ["another body", "{}", "multipart/form-data; boundary=x"],
  ])("with %s are malformed", (_what, body, type) => {
    expect(parseParts(Buffer.from(body), type)).toBeUndefined();
  });

  it("may hold their own boundary's text inside a file", () => {
    const body = '--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nit: --x is here\r\n--x--\r\n';
    const [part] = parseParts(Buffer.from(body), "multipart/form-data; boundary=x") ?? [];
    expect(part?.bytes.toString()).toBe("it: --x is here");
  });
});
