import { Button, Table } from "@mantine/core";
import type { Secret } from "@pomona/contract";
import { State } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { SECRET_TITLES, valueWord } from "./secret-words.ts";

interface SecretHistoryProps {
  secret: Secret;
  /** Missing: people never see this kind. */
  onReveal?: (secretId: string) => void;
}

/** The values that are held, the one that counts first; never the values themselves. */
export const SecretHistory = ({ secret, onReveal }: SecretHistoryProps) => (
  <Table.ScrollContainer minWidth={560}>
    <Table aria-label={`History of ${SECRET_TITLES[secret.kind]}`}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>State</Table.Th>
          <Table.Th>Here since</Table.Th>
          <Table.Th>By</Table.Th>
          <Table.Th>Proven</Table.Th>
          <Table.Th>Seen</Table.Th>
          <Table.Th>Note</Table.Th>
          <Table.Th>
            <span className="visually-hidden">Actions</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {secret.values.map((value) => (
          <Table.Tr key={value.id}>
            <Table.Td>
              <State {...valueWord(value)} />
            </Table.Td>
            <Table.Td>
              <When at={value.since} />
            </Table.Td>
            <Table.Td>{value.source}</Table.Td>
            <Table.Td>
              <When at={value.verifiedAt} />
            </Table.Td>
            <Table.Td>
              <When at={value.revealedAt} />
            </Table.Td>
            <Table.Td>
              <bdi>{value.note ?? ""}</bdi>
            </Table.Td>
            <Table.Td ta="right">
              {onReveal !== undefined && value.opens !== false && (
                <Button variant="subtle" color="gray" size="compact-xs" onClick={() => onReveal(value.id)}>
                  Show this one
                </Button>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);
