import type { OperatingSystem } from "./mac-model.ts";

/** Releases of macOS 15 and 26 with their builds. */
export const operatingSystems: readonly [OperatingSystem, ...OperatingSystem[]] = [
  { version: "26.1", build: "25B78", endpointSecurityVersion: 10 },
  { version: "26.0.1", build: "25A362", endpointSecurityVersion: 10 },
  { version: "26.0", build: "25A354", endpointSecurityVersion: 10 },
  { version: "15.7.1", build: "24G231", endpointSecurityVersion: 9 },
  { version: "15.6.1", build: "24G90", endpointSecurityVersion: 9 },
  { version: "15.6", build: "24G84", endpointSecurityVersion: 9 },
  { version: "15.5", build: "24F74", endpointSecurityVersion: 9 },
];
