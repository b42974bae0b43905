import type { Incident } from "@pomona/contract";
import { duration } from "../../kit/time/format-duration.ts";
import { absoluteTime } from "../../kit/time/format-time.ts";
import { incidentSpans } from "./incident-words.ts";
import styles from "./three-times.module.css";

/** Event, act, arrival on one line, to scale, with the numbers below. */
export const ThreeTimes = ({ incident }: { incident: Incident }) => {
  const { actionMs, arrivedMs } = incidentSpans(incident);
  const act = incident.action === "kill" ? (incident.outcome === "killed" ? "Killed" : "Kill tried") : "Reported";
  const end = Math.max(actionMs, arrivedMs, 0.001);
  // Never so close to an edge that a mark would vanish.
  const place = (ms: number) => `${Math.min(100, Math.max(ms > 0 ? 1.5 : 0, (100 * ms) / end))}%`;
  return (
    <div className={styles.times}>
      <div className={styles.track} aria-hidden="true">
        <span className={styles.acted} style={{ width: place(actionMs) }} />
        <span className={styles.mark} style={{ left: 0 }} />
        <span className={styles.mark} data-kind="act" style={{ left: place(actionMs) }} />
        <span className={styles.mark} data-kind="here" style={{ left: place(arrivedMs) }} />
      </div>
      <dl className={styles.legend}>
        <div>
          <dt>Event</dt>
          <dd>0 ms</dd>
          <dd className={styles.at}>{absoluteTime(Date.parse(incident.eventAt))}</dd>
        </div>
        <div>
          <dt>
            <span className={styles.dot} data-kind="act" aria-hidden="true" /> {act}
          </dt>
          <dd>+{duration(actionMs)}</dd>
          <dd className={styles.at}>measured on the Mac</dd>
        </div>
        <div>
          <dt>
            <span className={styles.dot} data-kind="here" aria-hidden="true" /> Here
          </dt>
          <dd>{arrivedMs < 0 ? duration(arrivedMs) : `+${duration(arrivedMs)}`}</dd>
          <dd className={styles.at}>
            {arrivedMs < 0 ? "the Mac's clock is ahead of this server's" : "by this server's clock"}
          </dd>
        </div>
      </dl>
    </div>
  );
};
