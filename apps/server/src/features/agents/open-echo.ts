import { openEcho as contract } from "@pomona/contract";
import { asId } from "@pomona/facts";
import { bindAction } from "../../kernel/action.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import { readDevice } from "../devices/index.ts";
import type { LiveSessions } from "./live-sessions.ts";

/** Proves the live lane: opens it, sends a text through it and takes the time until it is back. */
export const openEcho = (sessions: LiveSessions) =>
  bindAction(contract, {
    run: async ({ tx }, { deviceId, text }) => {
      const device = await readDevice(tx, asId<"device">(deviceId));
      if (device === undefined) throw notFound("device", deviceId);
      if (device.quarantine !== null)
        throw new PomonaError("conflict", "agent.device-quarantined", `${device.name} is in quarantine.`);
      return { text, roundTripMs: 0, openedInMs: 0 };
    },
    finish: ({ tenantId }, { deviceId, text }) => sessions.echo({ tenantId, deviceId: asId<"device">(deviceId) }, text),
  });
