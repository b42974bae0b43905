export { readDevice, readDeviceBySerial, readDevices, readFleet } from "./devices.sql.ts";
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
export { type ReportKind, readReports, storeReport } from "./reports.sql.ts";
export { SeenTimes } from "./seen-times.ts";
