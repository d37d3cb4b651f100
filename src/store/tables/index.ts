import type { Database } from "better-sqlite3";

import type { Tables } from "../contract.js";
import { actionTable } from "./actions.js";
import { alertTable } from "./alerts.js";
import { auditTable } from "./audit.js";
import { identifyTable } from "./identifies.js";
import { incidentTable } from "./incidents.js";
import { messageTable } from "./messages.js";
import { metaTable } from "./meta.js";
import { outboxTable } from "./outbox.js";
import { panelTable } from "./panels.js";
import { runTable } from "./runs.js";
import { SqliteSamples } from "./samples.js";
import type { SampleStore } from "./samples.js";

export interface StoreTables extends Tables {
  readonly samples: SampleStore;
}

/** Every table on one connection. Its statements are prepared here, once. */
export function openTables(db: Database): StoreTables {
  const meta = metaTable(db);
  return {
    samples: new SqliteSamples(db),
    runs: runTable(db),
    alerts: alertTable(db),
    incidents: incidentTable(db),
    outbox: outboxTable(db),
    messages: messageTable(db),
    audit: auditTable(db, meta),
    actions: actionTable(db),
    identifies: identifyTable(db),
    panels: panelTable(db),
    meta,
  };
}
