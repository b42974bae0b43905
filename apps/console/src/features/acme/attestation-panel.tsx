import { type Attestation, showAttestation } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { CopyText } from "../../kit/copy-text.tsx";
import { Empty } from "../../kit/empty.tsx";
import { type FactRow, FactsGrid } from "../../kit/facts-grid.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { refusedAttestationWord } from "./attestation-words.ts";

const unsaid = <span data-dimmed>Apple did not say</span>;

const rowsOf = (found: Attestation): readonly FactRow[] => [
  { label: "Attested", value: <When at={found.attestedAt} /> },
  {
    label: "How",
    value: found.by === "acme" ? "With its identity, by ACME" : "As the answer to DeviceInformation",
  },
  { label: "Serial number", value: <CopyText text={found.serialNumber} what="serial number" /> },
  { label: "macOS", value: found.osVersion ?? unsaid },
  { label: "Secure Enclave's system", value: found.sepOsVersion ?? unsaid },
  { label: "Boot loader", value: found.llbVersion ?? unsaid },
  {
    label: "System Integrity Protection",
    value:
      found.systemIntegrityProtection === null ? (
        unsaid
      ) : (
        <State
          tone={found.systemIntegrityProtection ? "good" : "act"}
          word={found.systemIntegrityProtection ? "On" : "Off"}
        />
      ),
  },
  { label: "Secure boot", value: found.secureBoot ?? unsaid },
  {
    label: "Kernel extensions of others",
    value:
      found.thirdPartyKextsAllowed === null ? (
        unsaid
      ) : (
        <State
          tone={found.thirdPartyKextsAllowed ? "attention" : "good"}
          word={found.thirdPartyKextsAllowed ? "Allowed" : "Not allowed"}
        />
      ),
  },
];

/** What Apple vouched for about this Mac, when that was, and why a later answer proved nothing. */
export const AttestationPanel = ({ deviceId }: { deviceId: string }) => {
  const read = useAction(showAttestation, { deviceId });
  const found = read.data?.attestation;
  const refused = read.data?.refused ?? null;
  return (
    <Panel title="What Apple attested">
      {refused !== null && (
        <Notice tone="attention" title="The newest answer of this Mac proves nothing">
          <When at={refused.refusedAt} />: {refusedAttestationWord(refused.reason)}.
        </Notice>
      )}
      {found !== undefined && found !== null && <FactsGrid rows={rowsOf(found)} />}
      {read.data === undefined && read.error === null && <BlockSkeleton lines={3} />}
      {found === null && (
        <Empty title="Apple attested nothing of this Mac">
          Only a Mac with Apple silicon is attested: when it gets its identity by ACME, which you choose under
          Enrollment, Policy, or for one enrollment link, and when you send DeviceInformation with an attestationNonce.
        </Empty>
      )}
      {read.data === undefined && read.error !== null && (
        <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
      )}
    </Panel>
  );
};
