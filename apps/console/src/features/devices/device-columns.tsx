import type { Device } from "@pomona/contract";
import { Mono } from "../../kit/copy-text.tsx";
import { State } from "../../kit/state-badge.tsx";
import type { Column } from "../../kit/table/column.ts";
import { duration, memorySize } from "../../kit/time/format-duration.ts";
import { When } from "../../kit/time/when.tsx";
import { agentWord, mdmWord } from "./device-words.ts";
import { sensorWord } from "./sensor-words.ts";

/** Every column that the list of Macs can show. */
export const deviceColumns: readonly Column<Device>[] = [
  {
    id: "name",
    title: "Name",
    min: 180,
    grow: 2.4,
    sortBy: "name",
    cell: (device) => <bdi>{device.name}</bdi>,
    text: (device) => device.name,
  },
  {
    id: "agent",
    title: "Agent",
    min: 104,
    cell: (device) => <State {...agentWord(device)} />,
    text: (device) => agentWord(device).word,
    live: (device) => agentWord(device).word,
  },
  {
    id: "mdm",
    title: "MDM",
    min: 116,
    cell: (device) => <State {...mdmWord(device)} />,
    text: (device) => mdmWord(device).word,
    live: (device) => mdmWord(device).word,
  },
  {
    id: "serialNumber",
    title: "Serial number",
    min: 124,
    grow: 1.2,
    sortBy: "serialNumber",
    cell: (device) =>
      device.serialNumber === null ? <span data-dimmed>withheld</span> : <Mono>{device.serialNumber}</Mono>,
    text: (device) => device.serialNumber ?? "",
  },
  {
    id: "model",
    title: "Model",
    min: 112,
    grow: 1.2,
    sortBy: "model",
    cell: (device) => device.model,
    text: (device) => device.model,
  },
  {
    id: "osVersion",
    title: "macOS",
    min: 76,
    grow: 0.6,
    sortBy: "osVersion",
    cell: (device) => device.osVersion,
    text: (device) => device.osVersion,
    live: (device) => device.osVersion,
  },
  {
    id: "agentSeen",
    title: "Agent seen",
    min: 108,
    sortBy: "agentLastSeenAt",
    cell: (device) => <When at={device.agent.lastSeenAt} />,
    text: (device) => device.agent.lastSeenAt ?? "",
  },
  {
    id: "mdmSeen",
    title: "MDM seen",
    min: 108,
    sortBy: "mdmLastSeenAt",
    cell: (device) => <When at={device.mdm.lastSeenAt} />,
    text: (device) => device.mdm.lastSeenAt ?? "",
  },
  {
    id: "agentVersion",
    title: "Agent version",
    min: 100,
    optional: true,
    cell: (device) => device.agent.version ?? <span data-dimmed>none</span>,
    text: (device) => device.agent.version ?? "",
    live: (device) => device.agent.version,
  },
  {
    id: "sensor",
    title: "Exec monitoring",
    min: 116,
    optional: true,
    cell: (device) => <State {...sensorWord(device.agent.sensor)} />,
    text: (device) => sensorWord(device.agent.sensor).word,
  },
  {
    id: "build",
    title: "Build",
    min: 84,
    optional: true,
    cell: (device) => device.facts.buildVersion ?? <span data-dimmed>not reported</span>,
    text: (device) => device.facts.buildVersion ?? "",
  },
  {
    id: "memory",
    title: "Memory",
    min: 80,
    optional: true,
    align: "right",
    cell: (device) =>
      device.facts.memoryBytes === undefined ? (
        <span data-dimmed>not reported</span>
      ) : (
        memorySize(device.facts.memoryBytes)
      ),
    text: (device) => String(device.facts.memoryBytes ?? ""),
  },
  {
    id: "uptime",
    title: "Uptime",
    min: 96,
    optional: true,
    align: "right",
    cell: (device) =>
      device.facts.uptimeSeconds === undefined ? (
        <span data-dimmed>not reported</span>
      ) : (
        duration(device.facts.uptimeSeconds * 1000)
      ),
    text: (device) => String(device.facts.uptimeSeconds ?? ""),
  },
  {
    id: "createdAt",
    title: "Added",
    min: 104,
    optional: true,
    sortBy: "createdAt",
    cell: (device) => <When at={device.createdAt} />,
    text: (device) => device.createdAt,
  },
  {
    id: "udid",
    title: "UDID",
    min: 260,
    optional: true,
    cell: (device) => <Mono>{device.mdm.udid ?? ""}</Mono>,
    text: (device) => device.mdm.udid ?? "",
  },
  {
    id: "id",
    title: "Id",
    min: 270,
    optional: true,
    cell: (device) => <Mono>{device.id}</Mono>,
    text: (device) => device.id,
  },
];
