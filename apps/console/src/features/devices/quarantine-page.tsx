import { Button, Table } from "@mantine/core";
import { type Device, listDevices, releaseDevice } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useActionPages } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Empty } from "../../kit/empty.tsx";
import { Page, Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { RowsSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { CertificateTabs } from "../revocation/certificate-tabs.tsx";
import { ReleaseForm } from "./release-form.tsx";

const QuarantineRow = ({ device, onRelease }: { device: Device; onRelease: () => void }) => (
  <Table.Tr>
    <Table.Td>
      <Link to={`/devices/${device.id}`}>
        <bdi>{device.name}</bdi>
      </Link>
      <div data-dimmed>{device.serialNumber ?? "serial number withheld"}</div>
    </Table.Td>
    <Table.Td>
      <State tone="act" word="In quarantine" />
    </Table.Td>
    <Table.Td>{device.quarantine}</Table.Td>
    <Table.Td ta="right">
      <ActionButton action={releaseDevice} size="compact-xs" aria-label={`Release ${device.name}`} onClick={onRelease}>
        Release
      </ActionButton>
    </Table.Td>
  </Table.Tr>
);

/** Every Mac that is held because two bodies use its identity, with the evidence, and the way out. */
export const QuarantinePage = () => {
  const { release } = useUrlSearch();
  const setSearch = useSetSearch();
  const list = useActionPages(listDevices, { quarantined: "only", limit: 200 });
  // One that was released meanwhile is kept fresh by its facts, and is no longer held.
  const held = list.data?.pages.flatMap((page) => page.items).filter(({ quarantine }) => quarantine !== null) ?? [];
  const chosen = held.find(({ id }) => id === release);
  const close = () => setSearch({ release: undefined });
  return (
    <Page title="Certificates">
      <CertificateTabs />
      <Panel
        title="Macs in quarantine"
        flush={held.length > 0 || list.data === undefined}
        beside={
          list.data !== undefined && (
            <State
              tone={held.length === 0 ? "good" : "act"}
              word={held.length === 0 ? "None" : held.length.toLocaleString("en")}
            />
          )
        }
      >
        {list.data === undefined &&
          (list.error === null ? (
            <RowsSkeleton rows={3} />
          ) : (
            <ProblemPanel problem={list.error} retry={() => void list.refetch()} />
          ))}
        {list.data !== undefined && held.length === 0 && (
          <Empty title="No two Macs share an identity">
            When a disk is copied to another Mac, or a virtual machine is cloned, both say they are the same Mac. Pomona
            notices it by their push tokens, clocks, hardware and agents, holds what it would send, and names it here.
          </Empty>
        )}
        {held.length > 0 && (
          <Table.ScrollContainer minWidth={720}>
            <Table horizontalSpacing={16} aria-label="Macs in quarantine">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Mac</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th>Evidence, and what to do</Table.Th>
                  <Table.Th>
                    <span className="visually-hidden">Actions</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {held.map((device) => (
                  <QuarantineRow key={device.id} device={device} onRelease={() => setSearch({ release: device.id })} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Panel>
      {list.hasNextPage && (
        <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show more
        </Button>
      )}
      {chosen !== undefined && (
        <SidePanel title={`Release ${chosen.name}`} onClose={close}>
          <ReleaseForm key={chosen.id} device={chosen} onDone={close} />
        </SidePanel>
      )}
    </Page>
  );
};
