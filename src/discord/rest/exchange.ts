import { DefaultRestOptions } from "@discordjs/rest";
import type { RESTOptions, ResponseLike } from "@discordjs/rest";

import { orAborted } from "../../base/abort.js";

type Request = Parameters<RESTOptions["makeRequest"]>;

/** One request with the whole of its answer, over at its deadline whatever the library makes of it: the library's own ends with the headers. */
export function exchange(...request: Request): Promise<ResponseLike> {
  return orAborted(wholly(...request), request[1].signal);
}

async function wholly(...request: Request): Promise<ResponseLike> {
  const response = await DefaultRestOptions.makeRequest(...request);
  const body = await response.text();
  const empty = body === "" || response.status === 204 || response.status === 304;
  return new Response(empty ? null : body, { status: response.status, headers: [...response.headers] });
}
