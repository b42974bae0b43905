import { Button, Table } from "@mantine/core";
import { type IssuedIdentity, listIdentities, revokeCertificate } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { CopyText } from "../../kit/copy-text.tsx";
import { Empty } from "../../kit/empty.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { RowsSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { useNow } from "../../kit/time/use-now.ts";
import { When } from "../../kit/time/when.tsx";
import { useSetSearch, useUrlParam, useUrlSearch } from "../../kit/url.ts";
import { AttestationPanel } from "../acme/attestation-panel.tsx";
import { DeviceRenewalPanel } from "../renewal/device-renewal-panel.tsx";
import { identityWord, reasonWord, roleWord } from "./identity-words.ts";
import { RevokeForm } from "./revoke-form.tsx";

const IdentityRow = ({ identity, onRevoke }: { identity: IssuedIdentity; onRevoke: () => void }) => {
  const state = identityWord(identity, useNow());
  const isLive = identity.revokedAt === null && state.word !== "Expired";
  return (
    <Table.Tr>
      <Table.Td>{roleWord(identity.role)}</Table.Td>
      <Table.Td>
        <State {...state} />
        {identity.revokedAt !== null && (
          <div data-dimmed>
            <When at={identity.revokedAt} />: {reasonWord(identity.reason).toLowerCase()}
          </div>
        )}
      </Table.Td>
      <Table.Td>
        <When at={identity.notBefore} />
      </Table.Td>
      <Table.Td>
        <When at={identity.notAfter} />
      </Table.Td>
      <Table.Td maw={220}>
        <CopyText text={identity.hash} what="fingerprint (SHA-256)" />
      </Table.Td>
      <Table.Td ta="right">
        {isLive && (
          <ActionButton
            action={revokeCertificate}
            size="compact-xs"
            variant="subtle"
            color="gray"
            aria-label={`Revoke the certificate of ${roleWord(identity.role)}`}
            onClick={onRevoke}
          >
            Revoke
          </ActionButton>
        )}
      </Table.Td>
    </Table.Tr>
  );
};

/** The certificates by which this Mac says who it is: what they are for, whether they count, when the next one comes. */
export const IdentitiesTab = () => {
  const deviceId = useUrlParam("deviceId");
  const { revoke } = useUrlSearch();
  const setSearch = useSetSearch();
  const read = useAction(listIdentities, { deviceId });
  const items = read.data?.items ?? [];
  const chosen = items.find(({ hash }) => hash === revoke);
  const close = () => setSearch({ revoke: undefined });
  return (
    <>
      <DeviceRenewalPanel deviceId={deviceId} identities={items} />
      <Panel title="Certificates issued to this Mac" flush={items.length > 0 || read.data === undefined}>
        {read.data === undefined &&
          (read.error === null ? (
            <RowsSkeleton rows={3} />
          ) : (
            <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
          ))}
        {read.data !== undefined && items.length === 0 && (
          <Empty title="This server has issued no certificate to this Mac">
            A Mac that moved in from another server keeps the identity that it came with until it is renewed here.
          </Empty>
        )}
        {items.length > 0 && (
          <Table.ScrollContainer minWidth={760}>
            <Table horizontalSpacing={16} aria-label="Certificates issued to this Mac">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Of</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th>Issued</Table.Th>
                  <Table.Th>Ends</Table.Th>
                  <Table.Th>Fingerprint (SHA-256)</Table.Th>
                  <Table.Th>
                    <span className="visually-hidden">Actions</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((identity) => (
                  <IdentityRow
                    key={identity.hash}
                    identity={identity}
                    onRevoke={() => setSearch({ revoke: identity.hash })}
                  />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Panel>
      <AttestationPanel deviceId={deviceId} />
      {revoke !== undefined && read.data !== undefined && (
        <SidePanel title="Revoke a certificate" onClose={close}>
          {chosen === undefined ? (
            <Empty title="This Mac has no such certificate" action={<Button onClick={close}>Close</Button>}>
              The address may be of another Mac.
            </Empty>
          ) : (
            <RevokeForm key={chosen.hash} identity={chosen} onDone={close} />
          )}
        </SidePanel>
      )}
    </>
  );
};
