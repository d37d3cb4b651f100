import type { Rest, RestAnswer, RestRequest } from "../../../src/discord/rest/rest.js";

export interface FakeRest extends Rest {
  readonly requests: RestRequest[];
}

/** Answers from a list, then `ok`; for what no real server can be made to say in a given order. */
export function fakeRest(answers: readonly RestAnswer[] = []): FakeRest {
  const requests: RestRequest[] = [];
  return {
    requests,
    setToken: () => undefined,
    request(request) {
      requests.push(request);
      return Promise.resolve(answers[requests.length - 1] ?? { kind: "ok", body: undefined });
    },
  };
}
