import { type IssuedIdentity, listRevocations } from "@pomona/contract";
import { useMemo } from "react";
import { useActionPages } from "../../client/use-action.ts";
import { CopyText } from "../../kit/copy-text.tsx";
import { Empty } from "../../kit/empty.tsx";
import { Page } from "../../kit/page.tsx";
import type { Column } from "../../kit/table/column.ts";
import { DataTable } from "../../kit/table/data-table.tsx";
import { ListCard } from "../../kit/table/list-card.tsx";
import { When } from "../../kit/time/when.tsx";
import { CertificateTabs } from "./certificate-tabs.tsx";
import { reasonWord, roleWord } from "./identity-words.ts";

const columns: readonly Column<IssuedIdentity>[] = [
  {
    id: "mac",
    title: "Mac",
    min: 160,
    grow: 2,
    cell: (each) => <bdi>{each.deviceName ?? "no Mac of this tenant"}</bdi>,
    text: (each) => each.deviceName ?? "",
  },
  { id: "of", title: "Of", min: 150, cell: (each) => roleWord(each.role), text: (each) => roleWord(each.role) },
  {
    id: "why",
    title: "Reason",
    min: 210,
    grow: 2,
    cell: (each) => <span title={reasonWord(each.reason)}>{reasonWord(each.reason)}</span>,
    text: (each) => reasonWord(each.reason),
  },
  {
    id: "revoked",
    title: "Revoked",
    min: 110,
    cell: (each) => <When at={each.revokedAt} />,
    text: (each) => each.revokedAt ?? "",
  },
  {
    id: "ends",
    title: "Would have ended",
    min: 130,
    cell: (each) => <When at={each.notAfter} />,
    text: (each) => each.notAfter,
  },
  {
    id: "serial",
    title: "Serial number",
    min: 200,
    grow: 2,
    cell: (each) => <CopyText text={each.serialNumber} what="serial number" />,
    text: (each) => each.serialNumber,
  },
];

/** Certificates that no longer count and would still be in time: what the revocation list holds. */
export const RevocationsPage = () => {
  const list = useActionPages(listRevocations, { limit: 200 });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  return (
    <Page title="Certificates" fills>
      <CertificateTabs />
      <ListCard list={list} fills>
        <DataTable
          label="Revoked certificates"
          fills
          columns={columns}
          rows={rows}
          idOf={(each) => each.hash}
          linkOf={(each) =>
            each.deviceId === null ? { to: "/certificates/revoked" } : { to: `/devices/${each.deviceId}/identities` }
          }
          onEnd={() => {
            if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
          }}
          empty={
            <Empty title="No certificate is revoked">
              A certificate is revoked by itself when a newer one takes its place or the Mac leaves. To revoke one
              yourself, as of a stolen Mac, open the Mac and go to Identities.
            </Empty>
          }
        />
      </ListCard>
    </Page>
  );
};
