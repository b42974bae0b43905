import { listCertificates, showDevice } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Panel } from "../../kit/page.tsx";
import { State } from "../../kit/state-badge.tsx";
import { useNow } from "../../kit/time/use-now.ts";
import { When } from "../../kit/time/when.tsx";
import { useUrlParam } from "../../kit/url.ts";
import { attentionOf } from "./attention.ts";
import { Disks } from "./disks.tsx";
import { hardwareRows, managementRows, networkRows, securityRows, systemRows, userRows } from "./fact-rows.tsx";
import styles from "./overview-tab.module.css";

/** What is wrong first, then what the Mac says of itself. */
export const OverviewTab = () => {
  const deviceId = useUrlParam("deviceId");
  const device = useAction(showDevice, { deviceId }).data;
  const certificates = useAction(listCertificates, { deviceId }).data;
  const now = useNow();
  if (device === undefined) return null;
  const attention = attentionOf(device, now).filter((each) => each.id !== "quarantine");
  const reported = (
    <>
      reported <When at={device.factsAt} />
    </>
  );
  const { facts } = device;
  return (
    <div className={styles.overview}>
      {attention.length === 0 ? (
        <Notice tone="good" title="Nothing needs attention" />
      ) : (
        <div className={styles.attention}>
          {attention.map((each) => (
            <Notice key={each.id} tone={each.tone} title={each.title}>
              {each.text}
            </Notice>
          ))}
        </div>
      )}
      <div className={styles.columns}>
        <Panel title="System" beside={reported}>
          <FactsGrid rows={systemRows(device)} />
        </Panel>
        <Panel title="Security" beside={reported}>
          <FactsGrid rows={securityRows(device)} />
        </Panel>
        <Panel title="Hardware" beside={reported}>
          <FactsGrid rows={hardwareRows(device)} />
        </Panel>
        <Panel title="Storage" beside={reported}>
          <Disks disks={facts.disks} />
        </Panel>
        <Panel title="Management" beside="kept by this server">
          <FactsGrid rows={managementRows(device)} />
        </Panel>
        <Panel title="Network" beside={reported}>
          <FactsGrid rows={networkRows(facts.network)} />
        </Panel>
        <Panel title="Users" beside={reported}>
          <FactsGrid rows={userRows(facts.users)} />
        </Panel>
        <Panel
          title="Certificates"
          beside={
            certificates && (
              <>
                reported <When at={certificates.reportedAt} /> by MDM
              </>
            )
          }
        >
          <FactsGrid
            rows={(certificates?.items ?? []).map((certificate) => ({
              label: certificate.isIdentity ? "Identity" : "Certificate",
              value: (
                <>
                  <bdi>{certificate.commonName}</bdi>
                  {certificate.notAfter !== null && (
                    <span data-dimmed>
                      {" "}
                      {Date.parse(certificate.notAfter) < now ? <State tone="attention" word="Expired" /> : "expires"}{" "}
                      <When at={certificate.notAfter} />
                    </span>
                  )}
                </>
              ),
            }))}
          />
          {(certificates?.items.length ?? 0) === 0 && (
            <span data-dimmed>The Mac has not reported its certificates.</span>
          )}
        </Panel>
      </div>
    </div>
  );
};
