import { Button, Table } from "@mantine/core";
import { listTokens, revokeToken, type Token } from "@pomona/contract";
import { useState } from "react";
import { useMay } from "../../client/session.tsx";
import { useAction, usePerform } from "../../client/use-action.ts";
import { Empty } from "../../kit/empty.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { RowsSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { toast } from "../../kit/toasts.ts";

/** The tokens with their age; revoking asks a second time in place. */
export const TokenList = () => {
  const read = useAction(listTokens, { limit: 1000 });
  const revoke = usePerform(revokeToken, [listTokens]);
  const may = useMay(revokeToken);
  const [asked, setAsked] = useState<string | null>(null);
  if (read.error !== null && read.data === undefined)
    return <ProblemPanel problem={read.error} retry={() => void read.refetch()} />;
  if (read.data === undefined) return <RowsSkeleton rows={3} />;
  if (read.data.items.length === 0)
    return (
      <Empty title="No API tokens">
        A token lets a program do what its role may. Make one below for each program, so that each can be revoked alone.
      </Empty>
    );
  const act = (token: Token) => {
    if (asked !== token.id) return setAsked(token.id);
    revoke.mutate(
      { tokenId: token.id },
      {
        onSuccess: () => toast({ tone: "good", title: `Token “${token.name}” revoked` }),
        onError: (problem) => toast({ tone: "act", title: problem.title, text: problem.message }),
        onSettled: () => setAsked(null),
      },
    );
  };
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table horizontalSpacing={16}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Role</Table.Th>
            <Table.Th>Created</Table.Th>
            <Table.Th>Last used</Table.Th>
            <Table.Th>Expires</Table.Th>
            <Table.Th>
              <span className="visually-hidden">Actions</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {read.data.items.map((token) => (
            <Table.Tr key={token.id}>
              <Table.Td>
                <bdi>{token.name}</bdi>
              </Table.Td>
              <Table.Td>{token.role}</Table.Td>
              <Table.Td>
                <When at={token.createdAt} />
              </Table.Td>
              <Table.Td>
                <When at={token.lastUsedAt} />
              </Table.Td>
              <Table.Td>
                {token.expiresAt !== null && Date.parse(token.expiresAt) < Date.now() ? (
                  <State tone="unknown" word="Expired" />
                ) : (
                  <When at={token.expiresAt} />
                )}
              </Table.Td>
              <Table.Td ta="right">
                {may && (
                  <Button
                    variant={asked === token.id ? "filled" : "subtle"}
                    color={asked === token.id ? "red.8" : "gray"}
                    size="compact-xs"
                    aria-label={asked === token.id ? `Revoke ${token.name} for good` : `Revoke ${token.name}`}
                    onBlur={() => setAsked(null)}
                    onClick={() => act(token)}
                  >
                    {asked === token.id ? "What uses it stops working. Revoke" : "Revoke"}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
};
