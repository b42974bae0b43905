/** The things that a page's address may name. */
export interface PageSubjects {
  readonly deviceId: string;
  readonly orderId: string;
  readonly ruleId: string;
  readonly incidentId: string;
  readonly batchId: string;
  readonly commandId: string;
}

/** Every page of the console: a name for its screenshot, its address, and a text that shows that its content has come. */
export const pagesOf = ({
  deviceId,
  orderId,
  ruleId,
  incidentId,
  batchId,
  commandId,
}: PageSubjects): readonly (readonly [name: string, address: string, text: string | RegExp])[] => {
  const device = `/devices/${deviceId}`;
  return [
    ["home", "/", "Recent activity"],
    ["devices", "/devices", /MacBook Pro/],
    ["device-overview", device, "System Integrity Protection"],
    ["device-timeline", `${device}/timeline`, "Enrolled in MDM"],
    ["device-commands", `${device}/commands`, "DeviceInformation"],
    ["device-send-command", `${device}/commands?send=1&type=Settings`, "Host name"],
    ["device-send-raw", `${device}/commands?send=raw`, "Nobody checks this"],
    ["device-command", `${device}/commands?command=${commandId}`, "UUID"],
    ["device-orders", `${device}/orders`, "Run script"],
    ["device-run-script", `${device}/orders/new`, "as root, on this Mac only"],
    ["device-order", `${device}/orders/${orderId}`, "Way to the Mac"],
    ["device-profiles", `${device}/profiles`, "Installed profiles"],
    ["device-applications", `${device}/applications`, "Bundle id"],
    ["device-secrets", `${device}/secrets`, "FileVault recovery key"],
    ["device-identities", `${device}/identities`, "Certificates issued to this Mac"],
    ["device-departure", `${device}/departure`, "Erase, or hand over"],
    ["certificates", "/certificates", "Identity ends"],
    ["certificates-renew", "/certificates?renew=1", "At most so many Macs"],
    ["certificates-quarantine", "/certificates/quarantine", "No two Macs share an identity"],
    ["certificates-revoked", "/certificates/revoked", "Another certificate took its place"],
    ["certificates-authority", "/certificates/authority", "OCSP responder"],
    ["device-incidents", `${device}/incidents`, "Outcome"],
    ["incidents", "/protection/incidents", "Outcome"],
    ["incident", `/protection/incidents/${incidentId}`, "Process id"],
    ["rules", "/protection/rules", "Every process"],
    ["rule-new", `/protection/rules/new?incident=${incidentId}`, "What it matches"],
    ["rule", `/protection/rules/${ruleId}`, "History"],
    ["rule-remove", `/protection/rules/${ruleId}/remove`, "Remove the rule"],
    ["escrow", "/escrow", "How secrets are kept"],
    ["enrollment", "/enrollment", "Expires"],
    ["enrollment-new", "/enrollment?new=1", "For how many Macs"],
    ["push", "/enrollment/push", "com.apple.mgmt.External"],
    ["enrollment-policy", "/enrollment/policy", "They get no channel"],
    ["refused", "/enrollment/refused", "Nothing was refused"],
    ["moving-in", "/enrollment/moving-in", "No Mac has moved in"],
    ["escrow-policy", "/escrow?policy=fileVaultKey", "Where nobody says otherwise"],
    ["activity", "/activity", "Outcome"],
    ["settings", "/settings", "New API token"],
    ["commands", "/commands", "Monthly look"],
    ["command-new", `/commands/new?type=DeviceLock&who=all`, "Before it is sent"],
    ["batch", `/commands/batches/${batchId}`, "Acknowledged"],
    ["dead-letters", "/commands/dead-letters", "Out of time"],
    ["held", "/commands/held", "Nothing is held"],
    ["silent-agents", "/commands/silent-agents", "No agent is silent"],
    ["limits", "/settings/limits?risk=destructive", "Undo window in seconds"],
    ["no-such-page", "/nowhere", "Nothing has this address"],
  ];
};
