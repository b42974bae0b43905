import type { Incident } from "@pomona/contract";
import { Mono } from "../../kit/copy-text.tsx";
import { State } from "../../kit/state-badge.tsx";
import type { Column } from "../../kit/table/column.ts";
import { duration } from "../../kit/time/format-duration.ts";
import { When } from "../../kit/time/when.tsx";
import { baseName, outcomeWord } from "./incident-words.ts";

/** What a list of incidents shows. */
export const incidentColumns: readonly Column<Incident>[] = [
  {
    id: "process",
    title: "Process",
    min: 150,
    grow: 1.4,
    cell: (incident) => <bdi>{baseName(incident.process.path)}</bdi>,
    text: (incident) => incident.process.path,
  },
  {
    id: "outcome",
    title: "Outcome",
    min: 104,
    cell: (incident) => <State {...outcomeWord(incident)} />,
    text: (incident) => outcomeWord(incident).word,
  },
  {
    id: "after",
    title: "After",
    min: 76,
    grow: 0.6,
    align: "right",
    cell: (incident) => duration(incident.actionAfterMs),
    text: (incident) => String(incident.actionAfterMs),
  },
  {
    id: "device",
    title: "Mac",
    min: 150,
    grow: 1.4,
    cell: (incident) => <bdi>{incident.deviceName}</bdi>,
    text: (incident) => incident.deviceName,
  },
  {
    id: "rule",
    title: "Rule",
    min: 150,
    grow: 1.4,
    cell: (incident) => <bdi>{incident.ruleName}</bdi>,
    text: (incident) => incident.ruleName,
  },
  {
    id: "path",
    title: "Path",
    min: 200,
    grow: 2,
    cell: (incident) => <Mono>{incident.process.path}</Mono>,
    text: (incident) => incident.process.path,
  },
  {
    id: "user",
    title: "User",
    min: 90,
    cell: (incident) => <bdi>{incident.process.user ?? ""}</bdi>,
    text: (incident) => incident.process.user ?? "",
  },
  {
    id: "arrived",
    title: "When",
    min: 100,
    cell: (incident) => <When at={incident.arrivedAt} />,
    text: (incident) => incident.arrivedAt,
  },
  {
    id: "state",
    title: "State",
    min: 84,
    cell: (incident) =>
      incident.state === "open" ? <State tone="attention" word="Open" /> : <State tone="unknown" word="Closed" />,
    text: (incident) => incident.state,
    live: (incident) => incident.state,
  },
];
