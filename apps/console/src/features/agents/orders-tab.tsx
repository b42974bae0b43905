import { listOrders, type Order, placeOrder } from "@pomona/contract";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useActionPages } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Empty } from "../../kit/empty.tsx";
import { State } from "../../kit/state-badge.tsx";
import type { Column } from "../../kit/table/column.ts";
import { DataTable } from "../../kit/table/data-table.tsx";
import { ListCard } from "../../kit/table/list-card.tsx";
import { duration } from "../../kit/time/format-duration.ts";
import { When } from "../../kit/time/when.tsx";
import { useUrlParam } from "../../kit/url.ts";
import { CHANNEL_TITLES, ORDER_TITLES, orderWord } from "./order-words.ts";

const tookOf = (order: Order): string =>
  order.finishedAt === null ? "" : duration(Math.max(0, Date.parse(order.finishedAt) - Date.parse(order.createdAt)));

const columns: readonly Column<Order>[] = [
  {
    id: "type",
    title: "Order",
    min: 130,
    grow: 1.5,
    cell: (order) => ORDER_TITLES[order.type],
    text: (order) => ORDER_TITLES[order.type],
  },
  {
    id: "state",
    title: "State",
    min: 120,
    cell: (order) => <State {...orderWord(order.state)} />,
    text: (order) => orderWord(order.state).word,
    live: (order) => order.state,
  },
  {
    id: "exit",
    title: "Exit code",
    min: 80,
    grow: 0.6,
    align: "right",
    cell: (order) => order.result?.exitCode ?? "",
    text: (order) => String(order.result?.exitCode ?? ""),
  },
  {
    id: "by",
    title: "Arrived by",
    min: 110,
    cell: (order) =>
      order.path.arrivedBy === null ? <span data-dimmed>not yet</span> : CHANNEL_TITLES[order.path.arrivedBy],
    text: (order) => order.path.arrivedBy ?? "",
  },
  {
    id: "took",
    title: "Took",
    min: 90,
    align: "right",
    cell: (order) => tookOf(order),
    text: (order) => tookOf(order),
  },
  {
    id: "created",
    title: "Placed",
    min: 110,
    cell: (order) => <When at={order.createdAt} />,
    text: (order) => order.createdAt,
  },
  { id: "actor", title: "By", min: 120, cell: (order) => <bdi>{order.actor}</bdi>, text: (order) => order.actor },
];

/** What the agent was asked to do, newest first. */
export const OrdersTab = () => {
  const deviceId = useUrlParam("deviceId");
  const navigate = useNavigate();
  const list = useActionPages(listOrders, { deviceId, limit: 100 });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const runScript = (
    <ActionButton action={placeOrder} onClick={() => void navigate({ to: `/devices/${deviceId}/orders/new` })}>
      Run script
    </ActionButton>
  );
  return (
    <>
      <ListCard list={list}>
        <DataTable
          label="Orders"
          columns={columns}
          rows={rows}
          idOf={(order) => order.id}
          linkOf={(order) => ({ to: `/devices/${deviceId}/orders/${order.id}` })}
          onEnd={onEnd}
          empty={
            <Empty title="No orders yet" action={runScript}>
              An order is what the agent is asked to do: run a script, answer a ping, report fresh facts. Its output and
              the way it took are kept here.
            </Empty>
          }
        />
      </ListCard>
    </>
  );
};
