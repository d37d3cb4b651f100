/** One complaint of a published schema, as the schema library words it. */
export interface SchemaIssue {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly expected?: string;
  readonly origin?: string;
  readonly maximum?: number;
  readonly minimum?: number;
  readonly values?: readonly unknown[];
  readonly format?: string;
  readonly errors?: readonly (readonly SchemaIssue[])[];
}

interface Schema {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };
}

type Schemas = Readonly<Record<string, unknown>>;

let loaded: Promise<Schemas> | undefined;

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && "safeParse" in value && typeof value.safeParse === "function";
}

/** Loads Discord's published schemas once; they are big, so this happens beside the start of the server. */
export function loadSchemas(): Promise<Schemas> {
  loaded ??= import("discord-api-spec/zod").then((module: Schemas) => module);
  return loaded;
}

/** Complaints of the schema of that name about a value; empty if it fits. */
export async function schemaIssues(name: string, value: unknown): Promise<readonly SchemaIssue[]> {
  const schema = (await loadSchemas())[`${name}Schema`];
  if (!isSchema(schema)) throw new TypeError(`discord-api-spec has no schema "${name}Schema"`);
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues;
}
