/** One part of a multipart body; `filename` is set on files. */
export interface Part {
  readonly name: string;
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
}

const CRLF = Buffer.from("\r\n");
const HEADER_END = Buffer.from("\r\n\r\n");

/** A parameter of a header such as `form-data; name="a"; filename="b"`; RFC 5987's `name*=` form included. */
function parameter(header: string, name: string): string | undefined {
  const extended = new RegExp(`;\\s*${name}\\*=(?:utf-8|UTF-8)''([^;]+)`).exec(header)?.[1];
  if (extended !== undefined) return decodeURIComponent(extended);
  const quoted = new RegExp(`;\\s*${name}="((?:[^"\\\\]|\\\\.)*)"`).exec(header)?.[1];
  if (quoted !== undefined) return quoted.replaceAll(/\\(.)/g, "$1").replaceAll("%22", '"');
  return new RegExp(`;\\s*${name}=([^;"\\s]+)`).exec(header)?.[1];
}

function parsePart(section: Buffer): Part | undefined {
  const headerEnd = section.indexOf(HEADER_END);
  if (headerEnd < 0) return undefined;
  const headers = section.subarray(0, headerEnd).toString("utf8").split("\r\n");
  const find = (name: string): string | undefined =>
    headers
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const disposition = find("content-disposition");
  if (disposition === undefined || !/^form-data\b/i.test(disposition)) return undefined;
  const name = parameter(disposition, "name");
  if (name === undefined) return undefined;
  const bytes = Buffer.from(section.subarray(headerEnd + HEADER_END.length));
  return { name, filename: parameter(disposition, "filename"), contentType: find("content-type"), bytes };
}

/** The parts of a multipart/form-data body (RFC 7578), or `undefined` if it is malformed. */
export function parseParts(body: Buffer, contentType: string): readonly Part[] | undefined {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return undefined;
  const delimiter = Buffer.from(`--${mark}`);
  const parts: Part[] = [];
  let at = body.indexOf(delimiter);
  while (at >= 0) {
    const start = at + delimiter.length;
    if (body.subarray(start, start + 2).toString("latin1") === "--") return parts;
    const next = body.indexOf(Buffer.concat([CRLF, delimiter]), start);
    if (next < 0) return undefined;
    const part = parsePart(body.subarray(start + CRLF.length, next));
    if (part === undefined) return undefined;
    parts.push(part);
    at = next + CRLF.length;
  }
  return undefined;
}
