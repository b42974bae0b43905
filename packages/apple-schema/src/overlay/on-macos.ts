import type { Correction } from "../correction.ts";

/** What macOS has and does, where the tables say less. */
export const ON_MACOS: readonly Correction[] = [
  {
    kind: "command",
    name: "RequestMirroring",
    reason: "AirPlay can be started by a server on a Mac since macOS 10.10, whatever lists of iOS commands say.",
    os: { introduced: "10.10" },
  },
  {
    kind: "command",
    name: "DeviceInformation",
    reason:
      "DevicePropertiesAttestation, which the nonce is for, needs the Secure Enclave of Apple silicon: Apple's notes on attestation hardware list Intel as unsupported.",
    keys: [{ key: "DeviceAttestationNonce", type: "data", os: { introduced: "14.0", chip: "apple" } }],
  },
];
