import { Skeleton } from "@mantine/core";
import type { OutputOf, showFleet } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { LiveCell } from "../../kit/table/live-cell.tsx";
import styles from "./fleet-counts.module.css";

interface FleetCountsProps {
  fleet: OutputOf<typeof showFleet> | undefined;
  openIncidents: { count: number; more: boolean } | null;
}

/** The numbers that matter, each a link to the list behind it. */
export const FleetCounts = ({ fleet, openIncidents }: FleetCountsProps) => {
  const counts = [
    { label: "Macs", value: fleet?.devices, to: "/devices", search: {} },
    {
      label: "Online now",
      value: fleet?.agentsOnline,
      of: fleet?.agentsInstalled,
      to: "/devices",
      search: { agent: "online" },
    },
    {
      label: "Enrolled in MDM",
      value: fleet?.enrolled,
      of: fleet?.devices,
      to: "/devices",
      search: { mdm: "enrolled" },
    },
    {
      label: "Without agent",
      value: fleet === undefined ? undefined : fleet.devices - fleet.agentsInstalled,
      to: "/devices",
      search: { agent: "missing" },
    },
    {
      label: "Open incidents",
      value: openIncidents?.count,
      plus: openIncidents?.more,
      to: "/protection/incidents",
      search: { state: "open" },
      attention: (openIncidents?.count ?? 0) > 0,
    },
    ...(fleet !== undefined && fleet.quarantined > 0
      ? [
          {
            label: "In quarantine",
            value: fleet.quarantined,
            to: "/certificates/quarantine",
            search: {},
            attention: true,
          },
        ]
      : []),
  ];
  return (
    <ul className={styles.counts} aria-label="Fleet">
      {counts.map((count) => (
        <li key={count.label}>
          <Link
            to={count.to}
            search={count.search as never}
            className={styles.count}
            data-attention={count.attention || undefined}
          >
            <span className={styles.label}>{count.label}</span>
            {count.value === undefined ? (
              <Skeleton h={24} w={48} mt={4} />
            ) : (
              <span className={styles.value}>
                <LiveCell value={count.value}>
                  {count.value.toLocaleString("en")}
                  {count.plus ? "+" : ""}
                </LiveCell>
                {count.of !== undefined && <span className={styles.of}> of {count.of.toLocaleString("en")}</span>}
              </span>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
};
