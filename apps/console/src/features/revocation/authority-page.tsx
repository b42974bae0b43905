import { Button, Group, Stack } from "@mantine/core";
import { showAuthority } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useAction } from "../../client/use-action.ts";
import { CopyText } from "../../kit/copy-text.tsx";
import { downloadText } from "../../kit/download-text.ts";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Page, Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { State, type Tone } from "../../kit/state-badge.tsx";
import { useNow } from "../../kit/time/use-now.ts";
import { When } from "../../kit/time/when.tsx";
import { CertificateTabs } from "./certificate-tabs.tsx";

const SOON_MS = 180 * 86_400_000;

const endWord = (at: string, now: number): { word: string; tone: Tone } => {
  const left = Date.parse(at) - now;
  if (left <= 0) return { word: "Expired", tone: "act" };
  return left < SOON_MS ? { word: "Ends soon", tone: "attention" } : { word: "Valid", tone: "good" };
};

interface AuthorityPanelProps {
  title: string;
  pem: string;
  file: string;
  expiresAt: string;
  fingerprint: string;
  children: string;
}

const AuthorityPanel = ({ title, pem, file, expiresAt, fingerprint, children }: AuthorityPanelProps) => (
  <Panel title={title} beside={<State {...endWord(expiresAt, useNow())} />}>
    <Stack gap={12}>
      <span>{children}</span>
      <FactsGrid
        rows={[
          { label: "Ends", value: <When at={expiresAt} /> },
          { label: "Fingerprint (SHA-256)", value: <CopyText wrap text={fingerprint} what="fingerprint" /> },
        ]}
      />
      <Group>
        <Button onClick={() => downloadText(file, pem, "application/x-pem-file")}>Download {file}</Button>
      </Group>
    </Stack>
  </Panel>
);

/** Who signs the Macs' identities, and where RADIUS servers and VPNs learn what was revoked. */
export const AuthorityPage = () => {
  const read = useAction(showAuthority, {});
  const authority = read.data;
  return (
    <Page title="Certificates">
      <CertificateTabs />
      {authority === undefined &&
        (read.error === null ? (
          <BlockSkeleton lines={8} />
        ) : (
          <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
        ))}
      {authority !== undefined && (
        <>
          <Panel title="For RADIUS servers and VPNs">
            <Stack gap={12}>
              <span>
                Trust this tenant's authority, not the root alone: the root would admit the Macs of every tenant. Have
                the server check revocation by the list or by OCSP; a revocation reaches it within a quarter of an hour
                by the list, within twelve hours by OCSP.
              </span>
              <FactsGrid
                rows={[
                  { label: "Revocation list", value: <CopyText wrap text={authority.crlUrl} what="address" /> },
                  { label: "OCSP responder", value: <CopyText wrap text={authority.ocspUrl} what="address" /> },
                  {
                    label: "Revocation list of the root",
                    value: <CopyText wrap text={authority.rootCrlUrl} what="address" />,
                  },
                  {
                    label: "Revoked and not yet run out",
                    value: <Link to="/certificates/revoked">{authority.revoked.toLocaleString("en")}</Link>,
                  },
                ]}
              />
            </Stack>
          </Panel>
          <AuthorityPanel
            title="This tenant's authority"
            pem={authority.certificate}
            file="authority.pem"
            expiresAt={authority.expiresAt}
            fingerprint={authority.fingerprint}
          >
            It signs the identity of every Mac of this tenant, and the revocation list.
          </AuthorityPanel>
          <AuthorityPanel
            title="The root above it"
            pem={authority.root}
            file="root.pem"
            expiresAt={authority.rootExpiresAt}
            fingerprint={authority.rootFingerprint}
          >
            It signs the authorities of all tenants of this server. Readers need it to complete the chain.
          </AuthorityPanel>
        </>
      )}
    </Page>
  );
};
