import { onFact } from "../../kernel/fact.ts";
import type { NetPolls } from "./net-polls.ts";
import type { DeviceBus } from "./ports.ts";

/** A person revoked an agent's certificate: whoever is connected with it is cut off, and is refused when it comes back. */
export const onCertificateRevoked = (bus: () => DeviceBus, polls: NetPolls) =>
  onFact<"certificate.revoked">({
    name: "agents/on-certificate-revoked",
    types: ["certificate.revoked"],
    handle: async (tx, { deviceId, data }) => {
      if (deviceId === null || data.role !== "agent") return;
      tx.afterCommit(() => {
        bus().disconnect(deviceId);
        polls.release(deviceId);
      });
    },
  });
