import type { Device } from "@pomona/contract";
import { byteSize } from "../../kit/time/format-duration.ts";
import styles from "./disks.module.css";

/** How full the disks are, as bars with the numbers beside them. */
export const Disks = ({ disks }: { disks: Device["facts"]["disks"] }) => {
  if (disks === undefined) return <span data-dimmed>The Mac has not reported its disks.</span>;
  return (
    <ul className={styles.disks}>
      {disks.map((disk) => {
        const used = disk.sizeBytes === 0 ? 0 : 1 - disk.freeBytes / disk.sizeBytes;
        return (
          <li key={disk.name}>
            <div className={styles.line}>
              <bdi>{disk.name}</bdi>
              <span data-dimmed className="tabular">
                {byteSize(disk.freeBytes)} free of {byteSize(disk.sizeBytes)}
              </span>
            </div>
            <div className={styles.track} aria-hidden="true">
              <div className={styles.used} data-full={used > 0.9 || undefined} style={{ width: `${used * 100}%` }} />
            </div>
          </li>
        );
      })}
    </ul>
  );
};
