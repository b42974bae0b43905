import type { Order } from "@pomona/contract";
import { State } from "../../kit/state-badge.tsx";
import { duration } from "../../kit/time/format-duration.ts";
import styles from "./order-path.module.css";
import { CHANNEL_TITLES } from "./order-words.ts";

const after = (order: Order, at: string | null): string =>
  at === null ? "" : `+${duration(Math.max(0, Date.parse(at) - Date.parse(order.createdAt)))}`;

/** Every way that was tried and the one that counted, then receipt, start and end, each with its distance from the start. */
export const OrderPath = ({ order }: { order: Order }) => {
  const steps = [
    ...order.path.tried.map((each) => ({
      text: `Sent by ${CHANNEL_TITLES[each.channel].toLowerCase()}`,
      at: each.at,
      tone: "progress" as const,
    })),
    {
      text:
        order.path.arrivedBy === null
          ? "Received"
          : `Received by ${CHANNEL_TITLES[order.path.arrivedBy].toLowerCase()}`,
      at: order.receivedAt,
      tone: "good" as const,
    },
    { text: "Started", at: order.startedAt, tone: "good" as const },
    { text: "Finished", at: order.finishedAt, tone: order.state === "failed" ? ("act" as const) : ("good" as const) },
  ];
  return (
    <ol className={styles.steps}>
      <li>
        <State tone="good" word="Stored here" />
        <span className={styles.at}>0 ms</span>
      </li>
      {steps.map((step, index) => (
        <li key={`${step.text} ${index}`}>
          <State tone={step.at === null ? "unknown" : step.tone} word={step.text} />
          <span className={styles.at}>{step.at === null ? "not yet" : after(order, step.at)}</span>
        </li>
      ))}
    </ol>
  );
};
