import { Button, Group, Radio, Stack } from "@mantine/core";
import type { PortalUpload, PushRequest } from "@pomona/contract";
import { CodeBlock } from "../../kit/code-block.tsx";
import { downloadText } from "../../kit/download-text.ts";
import { Notice } from "../../kit/notice.tsx";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { OwnSignatureForm } from "./own-signature-form.tsx";
import { ReadySignatureForm } from "./ready-signature-form.tsx";
import { SigningServiceForm } from "./signing-service-form.tsx";

const WAYS = [
  {
    value: "own",
    label: "With a vendor certificate of your own",
    description: "You sign the request where the vendor's key is, and bring the signature and the chain.",
  },
  {
    value: "service",
    label: "By mdmcert.download",
    description: "The request is sent there; the answer comes by mail, encrypted to this server.",
  },
  {
    value: "ready",
    label: "Another vendor signed it",
    description: "You were given the property list, or its base64, that Apple's portal takes.",
  },
] as const;

interface PushSignatureProps {
  request: PushRequest;
  /** Null where no key for the service is set. */
  signingUrl: string | null;
  /** What Apple's portal takes, once it was signed and checked. */
  upload: PortalUpload | null;
  onSigned: (upload: PortalUpload) => void;
}

/** The three ways to a vendor's signature, and what came of it. */
export const PushSignature = ({ request, signingUrl, upload, onSigned }: PushSignatureProps) => {
  const { way: asked } = useUrlSearch();
  const setSearch = useSetSearch();
  const way = WAYS.find(({ value }) => value === asked)?.value ?? (request.isSentToService ? "service" : null);
  return (
    <Stack gap={16} maw={640}>
      <Radio.Group
        label="How is it signed?"
        value={way}
        onChange={(value) => setSearch({ way: value, request: request.id })}
      >
        <Stack gap={8} mt={8}>
          {WAYS.map((each) => (
            <Radio key={each.value} {...each} />
          ))}
        </Stack>
      </Radio.Group>
      {way === "own" && <OwnSignatureForm requestId={request.id} onSigned={onSigned} />}
      {way === "service" && <SigningServiceForm request={request} signingUrl={signingUrl} onSigned={onSigned} />}
      {way === "ready" && <ReadySignatureForm requestId={request.id} onSigned={onSigned} />}
      {upload !== null && (
        <div role="status">
          <Notice tone="good" title="Signed, and checked">
            By <bdi>{upload.vendor}</bdi>. It is this request, the signature fits, and the chain is in order up to its
            root. It is kept nowhere: download it now.
          </Notice>
          <Stack gap={8} mt={8}>
            <CodeBlock text={upload.upload} label="File for Apple's portal" maxHeight={120} />
            <Group>
              <Button
                variant="filled"
                onClick={() => downloadText("pomona-push-upload.txt", upload.upload, "text/plain")}
              >
                Download for Apple's portal
              </Button>
            </Group>
          </Stack>
        </div>
      )}
    </Stack>
  );
};
