import { type Renewal, renewDevice } from "@pomona/contract";
import { ActionButton } from "../../kit/action-button.tsx";
import { State } from "../../kit/state-badge.tsx";
import type { Column } from "../../kit/table/column.ts";
import { When } from "../../kit/time/when.tsx";
import { renewalWord } from "./renewal-words.ts";

/** What the list of renewals shows of each Mac. */
export const renewalColumns = (renewNow: (deviceId: string) => void): readonly Column<Renewal>[] => [
  {
    id: "name",
    title: "Mac",
    min: 160,
    grow: 2,
    cell: (each) => <bdi>{each.deviceName}</bdi>,
    text: (each) => each.deviceName,
  },
  {
    id: "serial",
    title: "Serial number",
    min: 120,
    cell: (each) => each.serialNumber ?? <span data-dimmed>withheld</span>,
    text: (each) => each.serialNumber ?? "",
  },
  {
    id: "state",
    title: "State",
    min: 190,
    cell: (each) => <State {...renewalWord(each, Date.now())} />,
    text: (each) => renewalWord(each, Date.now()).word,
    live: (each) => each.state,
  },
  {
    id: "ends",
    title: "Identity ends",
    min: 110,
    cell: (each) => <When at={each.expiresAt} />,
    text: (each) => each.expiresAt,
  },
  {
    id: "why",
    title: "Why, and what to do",
    min: 260,
    grow: 4,
    cell: (each) => <span title={each.reason}>{each.reason}</span>,
    text: (each) => each.reason,
    live: (each) => each.reason,
  },
  {
    id: "attempts",
    title: "Attempts",
    min: 92,
    align: "right",
    cell: (each) => String(each.attempts),
    text: (each) => String(each.attempts),
    live: (each) => each.attempts,
  },
  {
    id: "next",
    title: "Next try",
    min: 100,
    cell: (each) => <When at={each.nextAt} never="under way" />,
    text: (each) => each.nextAt ?? "",
  },
  {
    id: "renew",
    title: "",
    min: 128,
    align: "right",
    cell: (each) => (
      <ActionButton
        action={renewDevice}
        size="compact-xs"
        variant="subtle"
        color="gray"
        aria-label={`Renew now: ${each.deviceName}`}
        onClick={() => renewNow(each.deviceId)}
      >
        Renew now
      </ActionButton>
    ),
    text: () => "",
  },
];
