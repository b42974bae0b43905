import type { Device } from "@pomona/contract";
import { CopyText, Mono } from "../../kit/copy-text.tsx";
import type { FactRow } from "../../kit/facts-grid.tsx";
import { State } from "../../kit/state-badge.tsx";
import { duration, memorySize } from "../../kit/time/format-duration.ts";
import { When } from "../../kit/time/when.tsx";
import { sensorWord } from "./sensor-words.ts";

const yesNo = (value: boolean | undefined, on = "On", off = "Off", bad: "act" | "attention" = "act") =>
  value === undefined ? null : <State tone={value ? "good" : bad} word={value ? on : off} />;

/** macOS and how long it runs. */
export const systemRows = ({ facts, osVersion }: Device): FactRow[] => [
  { label: "macOS", value: `${osVersion}${facts.buildVersion === undefined ? "" : ` (${facts.buildVersion})`}` },
  {
    label: "Host name",
    value: facts.hostName === undefined ? null : <CopyText text={facts.hostName} what="host name" />,
  },
  { label: "Started", value: facts.bootedAt === undefined ? null : <When at={facts.bootedAt} /> },
  { label: "Uptime", value: facts.uptimeSeconds === undefined ? null : duration(facts.uptimeSeconds * 1000) },
];

/** What protects the Mac itself. */
export const securityRows = ({ facts, agent }: Device): FactRow[] => [
  { label: "FileVault", value: yesNo(facts.fileVault) },
  { label: "System Integrity Protection", value: yesNo(facts.sip) },
  { label: "Firewall", value: yesNo(facts.firewall, "On", "Off", "attention") },
  { label: "Secure boot", value: facts.secureBoot ?? null },
  { label: "Bootstrap token", value: yesNo(facts.bootstrapTokenEscrowed, "Escrowed", "Not escrowed", "attention") },
  {
    label: "Exec monitoring",
    value: (
      <>
        <State {...sensorWord(agent.sensor)} />
        {agent.sensor.detail !== "" && <div data-dimmed>{agent.sensor.detail}</div>}
      </>
    ),
  },
];

/** What it is made of. */
export const hardwareRows = ({ facts, model, serialNumber }: Device): FactRow[] => [
  { label: "Model", value: model },
  {
    label: "Serial number",
    value:
      serialNumber === null ? (
        "withheld by this kind of enrollment"
      ) : (
        <CopyText text={serialNumber} what="serial number" />
      ),
  },
  { label: "Processor", value: facts.processor ?? null },
  { label: "Memory", value: facts.memoryBytes === undefined ? null : memorySize(facts.memoryBytes) },
];

/** How it is managed, as this server knows it. */
export const managementRows = ({ id, mdm, agent, facts, createdAt }: Device): FactRow[] => [
  { label: "Enrolled", value: <When at={mdm.enrolledAt} /> },
  { label: "Supervised", value: facts.supervised === undefined ? null : facts.supervised ? "Yes" : "No" },
  { label: "Agent version", value: agent.version },
  { label: "First seen", value: <When at={createdAt} /> },
  { label: "UDID", value: mdm.udid === null ? null : <CopyText text={mdm.udid} what="UDID" /> },
  { label: "Device id", value: <CopyText text={id} what="device id" /> },
];

/** Interfaces and their addresses. */
export const networkRows = (network: Device["facts"]["network"]): FactRow[] =>
  network === undefined
    ? [{ label: "Interfaces", value: null }]
    : network.map((each) => ({
        label: each.name,
        value: (
          <>
            {each.addresses.map((address) => (
              <div key={address}>
                <CopyText text={address} what="address" />
              </div>
            ))}
            <span data-dimmed>
              <Mono>{each.mac}</Mono>
            </span>
          </>
        ),
      }));

/** People with an account on the Mac. */
export const userRows = (users: Device["facts"]["users"]): FactRow[] =>
  users === undefined
    ? [{ label: "Accounts", value: null }]
    : users.map((user) => ({
        label: user.name,
        value: (
          <>
            <bdi>{user.fullName}</bdi>
            <span data-dimmed>
              {" "}
              {user.admin ? "administrator" : "standard"}, uid {user.uid}
            </span>
          </>
        ),
      }));
