import { Group, Stack } from "@mantine/core";
import { type PortalUpload, signPushRequest } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { CodeBlock } from "../../kit/code-block.tsx";
import { TextOrFile } from "../../kit/form/text-or-file.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";

const COMMANDS = [
  "openssl req -in pomona-push.csr -outform DER -out request.der",
  "openssl dgst -sha256 -sign vendor.key request.der | base64 > signature.txt",
  "cat vendor.pem AppleWWDRCAG3.pem AppleRootCA.pem > chain.pem",
].join("\n");

interface OwnSignatureFormProps {
  requestId: string;
  onSigned: (upload: PortalUpload) => void;
}

/** A signature that was made elsewhere, with the vendor's chain: the vendor's key stays where it is. */
export const OwnSignatureForm = ({ requestId, onSigned }: OwnSignatureFormProps) => {
  const [signature, setSignature] = useState("");
  const [chain, setChain] = useState("");
  const sign = usePerform(signPushRequest);
  const isComplete = signature.trim() !== "" && chain.includes("-----BEGIN CERTIFICATE-----");
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isComplete)
          sign.mutate({ requestId, signature: signature.replace(/\s+/g, ""), chain }, { onSuccess: onSigned });
      }}
    >
      <Stack gap={12}>
        <span>Where the vendor's key is; it does not leave that place:</span>
        <CodeBlock text={COMMANDS} label="Commands that sign the request" />
        <TextOrFile
          label="Signature"
          description="signature.txt, or the bytes of the signature"
          required
          accept=".txt,.sig,.bin,.b64"
          value={signature}
          onChange={setSignature}
        />
        <TextOrFile
          label="Chain"
          description="The vendor's certificate and its issuers up to Apple's root, in that order"
          placeholder="-----BEGIN CERTIFICATE-----"
          required
          accept=".pem,.crt,.cer,.txt"
          value={chain}
          error={
            chain !== "" && !chain.includes("-----BEGIN CERTIFICATE-----")
              ? "These are not PEM certificates: each begins with -----BEGIN CERTIFICATE-----."
              : null
          }
          onChange={setChain}
        />
        {sign.error !== null && <ProblemPanel problem={sign.error} />}
        <Group>
          <ActionButton
            action={signPushRequest}
            type="submit"
            variant="filled"
            loading={sign.isPending}
            disabled={!isComplete}
          >
            Check and put together
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
};
