export {
  type DeviceFilter,
  readDevice,
  readDeviceBySerial,
  readDeviceIds,
  readDeviceNames,
  readDevices,
  readFleet,
  readKnownIds,
  readSilentAgents,
} from "./devices.sql.ts";
export { wordsOf } from "./list-devices.ts";
export { type ChannelState, type DeviceRow } from "./model.ts";
export { keepQuarantinedMessage, type UnreadableMessage } from "./quarantine.ts";
export {
  type EnrollingDevice,
  mergeDeviceFacts,
  quarantineDevice,
  type ReportedFacts,
  setAgentState,
  setChannel,
  setMdmState,
  upsertDeviceAtEnrollment,
} from "./record.ts";
export { quarantineSealed, type ReportKind, readReports, storeReport } from "./reports.sql.ts";
export { SeenTimes } from "./seen-times.ts";
