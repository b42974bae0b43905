import { listIncidents, showDevice } from "@pomona/contract";
import { Outlet } from "@tanstack/react-router";
import { useAction } from "../../client/use-action.ts";
import { CopyText } from "../../kit/copy-text.tsx";
import { Page } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { TabLinks } from "../../kit/tab-links.tsx";
import { When } from "../../kit/time/when.tsx";
import { useUrlParam } from "../../kit/url.ts";
import { CHANNEL_MEANINGS, CHANNEL_TITLES } from "../agents/order-words.ts";
import { DeviceActions } from "./device-actions.tsx";
import styles from "./device-page.module.css";
import { agentWord, healthWord, mdmWord } from "./device-words.ts";
import { QuarantineNotice } from "./quarantine-notice.tsx";

/** One Mac: who it is, how it can be reached, what can be done, and its tabs. */
export const DevicePage = () => {
  const deviceId = useUrlParam("deviceId");
  const read = useAction(showDevice, { deviceId });
  const incidents = useAction(listIncidents, { deviceId, state: "open", limit: 100 });
  const device = read.data;
  if (device === undefined)
    return (
      <Page title="Device" up={{ to: "/devices", label: "Devices" }}>
        {read.error === null ? (
          <BlockSkeleton lines={8} />
        ) : (
          <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
        )}
      </Page>
    );
  const base = `/devices/${device.id}`;
  return (
    <Page
      title={device.name}
      up={{ to: "/devices", label: "Devices" }}
      lead={
        <span className={styles.identity}>
          <span>{device.model}</span>
          <span>macOS {device.osVersion}</span>
          {device.serialNumber === null ? (
            <span>Serial number withheld</span>
          ) : (
            <CopyText text={device.serialNumber} what="serial number" />
          )}
        </span>
      }
      actions={<DeviceActions device={device} />}
    >
      <dl className={styles.presence}>
        <div className={styles.way}>
          <dt>Agent</dt>
          <dd>
            <State {...agentWord(device)} filled />
            {!device.agent.online && device.agent.installed && <When at={device.agent.lastSeenAt} />}
          </dd>
        </div>
        <div className={styles.way}>
          <dt>MDM</dt>
          <dd>
            <State {...mdmWord(device)} filled />
            <span>
              seen <When at={device.mdm.lastSeenAt} />
            </span>
          </dd>
        </div>
        <div className={styles.divider} aria-hidden="true" />
        {(["wire", "wake", "net"] as const).map((channel) => {
          const { health, detail, lastUsedAt } = device.agent.channels[channel];
          return (
            <div key={channel} className={styles.way}>
              <dt>{CHANNEL_TITLES[channel]}</dt>
              <dd>
                <State {...healthWord(health)} why={detail ?? CHANNEL_MEANINGS[channel]} />
                {lastUsedAt !== null && <When at={lastUsedAt} />}
              </dd>
            </div>
          );
        })}
      </dl>
      {device.quarantine !== null && <QuarantineNotice deviceId={device.id} reason={device.quarantine} />}
      <TabLinks
        label="Device"
        tabs={[
          { to: base, label: "Overview", exact: true },
          { to: `${base}/timeline`, label: "Timeline" },
          { to: `${base}/commands`, label: "Commands" },
          { to: `${base}/orders`, label: "Orders" },
          { to: `${base}/profiles`, label: "Profiles" },
          { to: `${base}/applications`, label: "Applications" },
          { to: `${base}/secrets`, label: "Secrets" },
          { to: `${base}/identities`, label: "Identities" },
          { to: `${base}/departure`, label: "Departed user" },
          { to: `${base}/incidents`, label: "Incidents", count: incidents.data?.items.length ?? 0 },
        ]}
      />
      <Outlet />
    </Page>
  );
};
