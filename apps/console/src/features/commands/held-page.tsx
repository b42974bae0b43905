import { Button } from "@mantine/core";
import { discardHeld, type HeldItem, listHeld, releaseHeld } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useAction } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { counted } from "../../kit/count-words.ts";
import { Empty } from "../../kit/empty.tsx";
import { FloatingBar } from "../../kit/floating-bar.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Page } from "../../kit/page.tsx";
import { State } from "../../kit/state-badge.tsx";
import type { Column } from "../../kit/table/column.ts";
import { DataTable } from "../../kit/table/data-table.tsx";
import { ListCard } from "../../kit/table/list-card.tsx";
import { useSelection } from "../../kit/table/use-selection.ts";
import { When } from "../../kit/time/when.tsx";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { CommandsTabs } from "./commands-tabs.tsx";
import { DiscardHeldPanel } from "./discard-held-panel.tsx";
import { HELD_KINDS, heldTitle, heldTotal } from "./held-words.ts";
import { ReleaseHeldPanel } from "./release-held-panel.tsx";
import { riskWord } from "./risk-words.ts";

const columns: readonly Column<HeldItem>[] = [
  { id: "type", title: "What", min: 170, grow: 1.6, cell: heldTitle, text: heldTitle },
  { id: "kind", title: "Kind", min: 90, cell: ({ kind }) => HELD_KINDS[kind], text: ({ kind }) => HELD_KINDS[kind] },
  {
    id: "mac",
    title: "Mac",
    min: 150,
    grow: 1.6,
    cell: (item) => <bdi>{item.deviceName ?? counted(item.devices, "Mac")}</bdi>,
    text: (item) => item.deviceName ?? counted(item.devices, "Mac"),
  },
  {
    id: "risk",
    title: "At worst",
    min: 140,
    cell: (item) => <State {...riskWord(item.risk)} />,
    text: (item) => riskWord(item.risk).word,
  },
  { id: "by", title: "Asked by", min: 110, cell: (item) => <bdi>{item.actor}</bdi>, text: (item) => item.actor },
  {
    id: "asked",
    title: "Asked",
    min: 100,
    cell: (item) => <When at={item.createdAt} />,
    text: (item) => item.createdAt,
  },
  {
    id: "expires",
    title: "Given up",
    min: 100,
    cell: (item) => <When at={item.expiresAt} />,
    text: (item) => item.expiresAt ?? "",
  },
];

const linkOf = (item: HeldItem): { to: string; search?: Record<string, unknown> } =>
  item.kind === "batch"
    ? { to: `/commands/batches/${item.id}` }
    : item.kind === "order"
      ? { to: `/devices/${item.deviceId}/orders/${item.id}` }
      : { to: `/devices/${item.deviceId}/commands`, search: { command: item.id } };

/** What a restored backup would send, until somebody says that it may, or that it is of the past. */
export const HeldPage = () => {
  const { ask } = useUrlSearch();
  const setSearch = useSetSearch();
  const read = useAction(listHeld, { limit: 1000 });
  const { selected, toggle, clear } = useSelection();
  const held = read.data;
  const items = held?.items ?? [];
  const chosen = items.filter(({ id }) => selected.has(id));
  const total = held === undefined ? 0 : heldTotal(held);
  const close = () => setSearch({ ask: undefined });
  return (
    <Page
      title="Commands"
      fills
      actions={
        total > 0 && (
          <>
            <ActionButton action={discardHeld} onClick={() => setSearch({ ask: "discard" })}>
              Discard all {total.toLocaleString("en")}
            </ActionButton>
            <ActionButton action={releaseHeld} variant="filled" onClick={() => setSearch({ ask: "release" })}>
              Release all {total.toLocaleString("en")}
            </ActionButton>
          </>
        )
      }
    >
      <CommandsTabs />
      {held !== undefined && total > 0 && held.restore !== null && (
        <Notice tone="attention" title="A backup was restored, and nothing of it is sent by itself">
          Noticed <When at={held.restore.detectedAt} />. {held.restore.reason} What was asked for before the backup may
          have been done, cancelled or replaced after it: look at the list, discard what is of the past, release the
          rest.
        </Notice>
      )}
      <ListCard list={read} fills>
        <DataTable
          label="Held"
          fills
          columns={columns}
          rows={items}
          idOf={(item) => item.id}
          linkOf={linkOf}
          total={total}
          selected={selected}
          onSelect={toggle}
          empty={
            <Empty
              title="Nothing is held"
              action={<Button renderRoot={(props) => <Link to="/commands" {...props} />}>See the batches</Button>}
            >
              When a backup is restored, the commands, orders and batches that were open in it wait here, so that no Mac
              is erased a second time because the server forgot that it was cancelled.
            </Empty>
          }
        />
      </ListCard>
      {held !== undefined && total > items.length && (
        <p data-dimmed>
          The oldest {items.length.toLocaleString("en")} of {total.toLocaleString("en")} are shown. Release and discard
          concern all of them.
        </p>
      )}
      {chosen.length > 0 && ask === undefined && (
        <FloatingBar label="Chosen">
          <strong>{counted(chosen.length, "thing")} chosen</strong>
          <ActionButton action={discardHeld} onClick={() => setSearch({ ask: "discard-chosen" })}>
            Discard {chosen.length.toLocaleString("en")}
          </ActionButton>
          <Button variant="subtle" color="gray" onClick={clear}>
            Choose none
          </Button>
        </FloatingBar>
      )}
      {held !== undefined && total > 0 && ask === "release" && <ReleaseHeldPanel held={held} onClose={close} />}
      {held !== undefined && total > 0 && (ask === "discard" || (ask === "discard-chosen" && chosen.length > 0)) && (
        <DiscardHeldPanel
          held={held}
          chosen={ask === "discard" ? null : chosen.map(({ id }) => id)}
          onClose={() => {
            clear();
            close();
          }}
        />
      )}
    </Page>
  );
};
