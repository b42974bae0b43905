import { closeIncident, listIncidents, showIncident } from "@pomona/contract";
import { asId } from "@pomona/facts";
import { bindAction } from "../../kernel/action.ts";
import { notFound } from "../../kernel/errors.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { markClosed, readIncident, readIncidents } from "./incidents.sql.ts";

async function found(tx: ReadTransaction, incidentId: string) {
  const incident = await readIncident(tx, incidentId);
  if (incident === undefined) throw notFound("incident", incidentId);
  return incident;
}

export const incidentActions = [
  bindAction(listIncidents, {
    run: async ({ tx }, { limit = 100, cursor, ...filter }) => {
      const rows = await readIncidents(tx, filter, cursor, limit + 1);
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? items.at(-1)!.id : null };
    },
  }),
  bindAction(showIncident, { run: ({ tx }, { incidentId }) => found(tx, incidentId) }),
  bindAction(closeIncident, {
    run: async ({ tx }, { incidentId }) => {
      await found(tx, incidentId);
      const deviceId = await markClosed(tx, incidentId);
      if (deviceId !== undefined)
        await tx.publish({ type: "incident.closed", deviceId, data: { incidentId: asId<"incident">(incidentId) } });
      return found(tx, incidentId);
    },
  }),
];
