import { showOrder } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useAction } from "../../client/use-action.ts";
import { CodeBlock } from "../../kit/code-block.tsx";
import { CopyText } from "../../kit/copy-text.tsx";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { duration } from "../../kit/time/format-duration.ts";
import { When } from "../../kit/time/when.tsx";
import { useUrlParam } from "../../kit/url.ts";
import { OrderOutput } from "./order-output.tsx";
import { OrderPath } from "./order-path.tsx";
import styles from "./order-tab.module.css";
import { isFinal, ORDER_TITLES, orderWord } from "./order-words.ts";

/** One order: how far, what it printed, which way it took. */
export const OrderTab = () => {
  const orderId = useUrlParam("orderId");
  const deviceId = useUrlParam("deviceId");
  const read = useAction(showOrder, { orderId });
  const order = read.data;
  if (order === undefined)
    return read.error === null ? (
      <BlockSkeleton lines={8} />
    ) : (
      <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
    );
  const script = order.input["script"];
  const ranMs =
    order.startedAt !== null && order.finishedAt !== null
      ? Date.parse(order.finishedAt) - Date.parse(order.startedAt)
      : null;
  return (
    <>
      <div className={styles.line}>
        <Link to={`/devices/${deviceId}/orders`}>All orders</Link>
        <strong>{ORDER_TITLES[order.type]}</strong>
        <span role="status">
          <State {...orderWord(order.state)} filled />
        </span>
        {!isFinal(order.state) && <span data-dimmed>{orderWord(order.state).why}</span>}
        {typeof order.result?.exitCode === "number" && <span>Exit code {order.result.exitCode}</span>}
        {ranMs !== null && <span data-dimmed>ran {duration(Math.max(0, ranMs))}</span>}
      </div>
      {typeof order.result?.error === "string" && (
        <Panel title="Why it failed">
          <span className={styles.error}>{order.result.error}</span>
        </Panel>
      )}
      <div className={styles.columns}>
        <div className={styles.main}>
          <OrderOutput order={order} />
          {typeof script === "string" && (
            <Panel title="Script">
              <CodeBlock text={script} label="Script" />
            </Panel>
          )}
        </div>
        <div className={styles.side}>
          <Panel title="Way to the Mac">
            <OrderPath order={order} />
          </Panel>
          <Panel title="Order">
            <FactsGrid
              rows={[
                { label: "Placed", value: <When at={order.createdAt} /> },
                { label: "By", value: <bdi>{order.actor}</bdi> },
                {
                  label: "Given up",
                  value: isFinal(order.state) ? "no longer waiting" : <When at={order.expiresAt} />,
                },
                { label: "Id", value: <CopyText text={order.id} what="order id" /> },
              ]}
            />
          </Panel>
        </div>
      </div>
    </>
  );
};
