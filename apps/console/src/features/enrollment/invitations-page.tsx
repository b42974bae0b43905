import { Button } from "@mantine/core";
import { createInvitation, type Invitation, listInvitations, revokeInvitation } from "@pomona/contract";
import { useMemo } from "react";
import { useMay } from "../../client/session.tsx";
import { useActionPages, usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Empty } from "../../kit/empty.tsx";
import { Page } from "../../kit/page.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { State } from "../../kit/state-badge.tsx";
import type { Column } from "../../kit/table/column.ts";
import { DataTable } from "../../kit/table/data-table.tsx";
import { ListCard } from "../../kit/table/list-card.tsx";
import { When } from "../../kit/time/when.tsx";
import { toast } from "../../kit/toasts.ts";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { EnrollmentTabs } from "./enrollment-tabs.tsx";
import { identityLabel, identityShort } from "./identity-words.ts";
import { invitationWord } from "./invitation-word.ts";
import { NewInvitationForm } from "./new-invitation-form.tsx";
import { RecoveryNotice } from "./recovery-notice.tsx";

const columnsWith = (revoke: ((invitation: Invitation) => void) | null): readonly Column<Invitation>[] => [
  { id: "name", title: "Name", min: 180, grow: 2, cell: (each) => <bdi>{each.name}</bdi>, text: (each) => each.name },
  {
    id: "state",
    title: "State",
    min: 120,
    cell: (each) => <State {...invitationWord(each, Date.now())} />,
    text: (each) => invitationWord(each, Date.now()).word,
    live: (each) => each.uses,
  },
  {
    id: "uses",
    title: "Used",
    min: 100,
    align: "right",
    cell: (each) => `${each.uses} of ${each.maxUses}`,
    text: (each) => `${each.uses}/${each.maxUses}`,
    live: (each) => each.uses,
  },
  {
    id: "serial",
    title: "Only for",
    min: 130,
    cell: (each) => each.serialNumber ?? <span data-dimmed>any Mac</span>,
    text: (each) => each.serialNumber ?? "",
  },
  {
    id: "identity",
    title: "Identity by",
    min: 110,
    cell: (each) => <span title={identityLabel(each.identity)}>{identityShort(each.identity)}</span>,
    text: (each) => identityShort(each.identity),
  },
  {
    id: "expires",
    title: "Expires",
    min: 110,
    cell: (each) => <When at={each.expiresAt} />,
    text: (each) => each.expiresAt,
  },
  {
    id: "created",
    title: "Made",
    min: 110,
    cell: (each) => <When at={each.createdAt} />,
    text: (each) => each.createdAt,
  },
  ...(revoke === null
    ? []
    : [
        {
          id: "revoke",
          title: "",
          min: 84,
          align: "right" as const,
          cell: (each: Invitation) =>
            invitationWord(each, Date.now()).tone === "good" && (
              <Button
                variant="subtle"
                color="gray"
                size="compact-xs"
                aria-label={`Revoke ${each.name}`}
                onClick={() => revoke(each)}
              >
                Revoke
              </Button>
            ),
          text: () => "",
        },
      ]),
];

/** Links by which Macs enroll. */
export const InvitationsPage = () => {
  const makes = useUrlSearch()["new"] !== undefined;
  const setSearch = useSetSearch();
  const list = useActionPages(listInvitations, { limit: 200 });
  const revoke = usePerform(revokeInvitation, [listInvitations]);
  const mayRevoke = useMay(revokeInvitation);
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const columns = columnsWith(
    mayRevoke
      ? (invitation) =>
          revoke.mutate(
            { invitationId: invitation.id },
            {
              onSuccess: () =>
                toast({ tone: "good", title: "Link revoked", text: "Macs that already enrolled with it stay." }),
              onError: (problem) => toast({ tone: "act", title: problem.title, text: problem.message }),
            },
          )
      : null,
  );
  const make = (
    <ActionButton action={createInvitation} variant="filled" onClick={() => setSearch({ new: "1" })}>
      New enrollment link
    </ActionButton>
  );
  return (
    <Page title="Enrollment" fills actions={make}>
      <EnrollmentTabs />
      <RecoveryNotice />
      <ListCard list={list} fills>
        <DataTable
          label="Enrollment links"
          fills
          columns={columns}
          rows={rows}
          idOf={(each) => each.id}
          onEnd={() => {
            if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
          }}
          empty={
            <Empty title="No enrollment links" action={make}>
              Open a link in Safari on the Mac, download the profile, and install it in System Settings. The Mac then
              appears under Devices.
            </Empty>
          }
        />
      </ListCard>
      {makes && (
        <SidePanel
          title="New enrollment link"
          onClose={() => setSearch({ new: undefined, name: undefined, serial: undefined })}
        >
          <NewInvitationForm />
        </SidePanel>
      )}
    </Page>
  );
};
