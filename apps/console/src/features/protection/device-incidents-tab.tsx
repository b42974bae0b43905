import { useUrlParam } from "../../kit/url.ts";
import { IncidentsTable } from "./incidents-table.tsx";

/** The incidents of one Mac. */
export const DeviceIncidentsTab = () => (
  <IncidentsTable question={{ deviceId: useUrlParam("deviceId") }} without={["device"]} />
);
