import { onFact } from "../../kernel/fact.ts";
import { readDevice, setAgentState } from "../devices/index.ts";
import type { Authority } from "../tenants/index.ts";
import { deleteInstall } from "./installs.sql.ts";
import type { NetPolls } from "./net-polls.ts";
import type { DeviceBus } from "./ports.ts";
import { deleteReinstall } from "./reinstalls.sql.ts";
import { deleteRenewal } from "./renewals.sql.ts";

/** Who is not managed any more has no agent either: its certificate and its tokens end, and its wires are cut. */
export const onDeviceUnenrolled = (authority: Authority, bus: () => DeviceBus, polls: NetPolls) =>
  onFact<"device.unenrolled">({
    name: "agents/on-device-unenrolled",
    types: ["device.unenrolled"],
    handle: async (tx, { deviceId }) => {
      if (deviceId === null || (await readDevice(tx, deviceId))?.mdmEnrolled !== false) return;
      await authority.revoke(tx, { deviceId }, { role: "agent" });
      await deleteInstall(tx, deviceId);
      await deleteRenewal(tx, deviceId);
      await deleteReinstall(tx, deviceId);
      await setAgentState(tx, deviceId, { isInstalled: false });
      tx.afterCommit(() => {
        bus().disconnect(deviceId);
        polls.release(deviceId);
      });
    },
  });
