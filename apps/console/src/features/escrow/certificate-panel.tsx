import { Button, Group, Stack } from "@mantine/core";
import { type EscrowCertificate, rotateEscrowCertificate, showEscrow } from "@pomona/contract";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { CopyText } from "../../kit/copy-text.tsx";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { When } from "../../kit/time/when.tsx";
import { toast } from "../../kit/toasts.ts";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";

/** The certificate to which Macs encrypt their recovery keys, and how to make another. */
export const CertificatePanel = ({ certificate }: { certificate: EscrowCertificate | null }) => {
  const makes = useUrlSearch()["certificate"] !== undefined;
  const setSearch = useSetSearch();
  const close = () => setSearch({ certificate: undefined });
  return (
    <Panel
      title="Certificate for recovery keys"
      beside={
        <ActionButton
          action={rotateEscrowCertificate}
          size="compact-xs"
          onClick={() => setSearch({ certificate: "new" })}
        >
          Make a new one
        </ActionButton>
      }
    >
      {certificate === null ? (
        <span>It is made when the first Mac needs it.</span>
      ) : (
        <FactsGrid
          rows={[
            { label: "Ends", value: <When at={certificate.expiresAt} /> },
            {
              label: "Keys that still open",
              value: certificate.keys === 1 ? "this one" : `this one and ${certificate.keys - 1} before it`,
            },
            {
              label: "Fingerprint (SHA-256)",
              value: <CopyText wrap text={certificate.fingerprint} what="fingerprint" />,
            },
          ]}
        />
      )}
      {makes && (
        <SidePanel title="A new certificate for recovery keys" onClose={close}>
          <NewCertificateForm onDone={close} />
        </SidePanel>
      )}
    </Panel>
  );
};

const NewCertificateForm = ({ onDone }: { onDone: () => void }) => {
  const rotate = usePerform(rotateEscrowCertificate, [showEscrow]);
  return (
    <Stack gap={16}>
      <Notice tone="attention" title="What happens">
        Every Mac with the escrow profile gets it anew, with the new certificate; nobody at a Mac sees anything.
        Recovery keys that a Mac makes from then on are encrypted to it. The old key stays here, so that whatever Macs
        sent before still opens. Macs that are offline go on with the old certificate until they are back.
      </Notice>
      <span>Do it when somebody may have had access to the keys of this server. No recovery key changes by it.</span>
      {rotate.error !== null && <ProblemPanel problem={rotate.error} />}
      <Group gap={8}>
        <ActionButton
          action={rotateEscrowCertificate}
          variant="filled"
          loading={rotate.isPending}
          onClick={() =>
            rotate.mutate(
              {},
              {
                onSuccess: ({ keys }) => {
                  toast({
                    tone: "good",
                    title: "The new certificate is in use",
                    text: `${keys} keys open what Macs send. The profile is on its way to them.`,
                  });
                  onDone();
                },
              },
            )
          }
        >
          Make it
        </ActionButton>
        <Button onClick={onDone}>Keep the one in use</Button>
      </Group>
    </Stack>
  );
};
