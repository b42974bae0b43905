import { Table } from "@mantine/core";
import type { EscrowFinding } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { Panel } from "../../kit/page.tsx";
import { State, type Tone } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { SECRET_TITLES } from "./secret-words.ts";

interface FindingsPanelProps {
  title: string;
  tone: Tone;
  found: { readonly total: number; readonly items: readonly EscrowFinding[] };
  /** What it means that nothing was found. */
  none: string;
}

/** Macs that somebody should look at, each with the reason and the way there. */
export const FindingsPanel = ({ title, tone, found, none }: FindingsPanelProps) => (
  <Panel
    title={title}
    flush={found.total > 0}
    beside={
      <State
        tone={found.total === 0 ? "good" : tone}
        word={found.total === 0 ? "None" : found.total.toLocaleString("en")}
      />
    }
  >
    {found.total === 0 ? (
      none
    ) : (
      <Table.ScrollContainer minWidth={560}>
        <Table horizontalSpacing={16} aria-label={title}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Mac</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th>Why, and what to do</Table.Th>
              <Table.Th>When</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.items.map((each) => (
              <Table.Tr key={`${each.deviceId} ${each.kind}`}>
                <Table.Td>
                  <Link to={`/devices/${each.deviceId}/secrets`}>
                    <bdi>{each.name}</bdi>
                  </Link>
                </Table.Td>
                <Table.Td>{SECRET_TITLES[each.kind]}</Table.Td>
                <Table.Td>{each.why}</Table.Td>
                <Table.Td>
                  <When at={each.at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    )}
    {found.total > found.items.length && (
      <p>
        The first {found.items.length} of {found.total.toLocaleString("en")} are shown.
      </p>
    )}
  </Panel>
);
