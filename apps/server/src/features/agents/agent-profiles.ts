import { buildMobileconfig, fullDiskAccessPayload, serviceManagementPayload } from "@pomona/profiles";

const AGENT_PATH = "/Library/Application Support/Pomona/agent/pomona-agent";
export const AGENT_LABEL = "io.pomona.agent";

/** UUIDs are fixed: the same content sent again must be the same profile for Apple's client. */
const UUIDS = {
  privacy: ["6E1C1B0A-6A2F-4E0B-9A53-5D0B0F0C7A11", "6E1C1B0A-6A2F-4E0B-9A53-5D0B0F0C7A12"],
  services: ["0D9A6A3C-27B7-4C0E-8F55-3B4A8E1D2C21", "0D9A6A3C-27B7-4C0E-8F55-3B4A8E1D2C22"],
} as const;

/**
 * Full Disk Access for the agent, without which Endpoint Security shows it nothing. Bound to the path and the signing
 * identifier; a fleet's own Developer ID belongs into the requirement.
 */
export const privacyProfile = (codeRequirement = `identifier "${AGENT_LABEL}"`): Uint8Array =>
  buildMobileconfig({
    identifier: "io.pomona.agent.privacy",
    uuid: UUIDS.privacy[0],
    displayName: "Pomona agent: Full Disk Access",
    organization: "Pomona",
    description: "Lets the Pomona agent see which programs start.",
    isRemovalDisallowed: true,
    payloads: [
      fullDiskAccessPayload(
        {
          identifier: "io.pomona.agent.privacy.files",
          uuid: UUIDS.privacy[1],
          displayName: "Pomona agent: Full Disk Access",
        },
        [{ identity: { path: AGENT_PATH }, codeRequirement }],
      ),
    ],
  });

/** The agent's background item starts without asking, and cannot be switched off in System Settings. */
export const serviceProfile = (): Uint8Array =>
  buildMobileconfig({
    identifier: "io.pomona.agent.services",
    uuid: UUIDS.services[0],
    displayName: "Pomona agent: background item",
    organization: "Pomona",
    description: "Keeps the Pomona agent running.",
    isRemovalDisallowed: true,
    payloads: [
      serviceManagementPayload(
        {
          identifier: "io.pomona.agent.services.rules",
          uuid: UUIDS.services[1],
          displayName: "Pomona agent: background item",
        },
        [{ labelPrefix: AGENT_LABEL, comment: "Pomona agent" }],
      ),
    ],
  });
