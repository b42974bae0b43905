import { Button, FileButton, Group, Stack, Textarea } from "@mantine/core";
import { showPush, uploadPushCertificate } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { toast } from "../../kit/toasts.ts";

const isPem = (text: string): boolean => text.includes("-----BEGIN CERTIFICATE-----");

/** Apple's answer, as a file or pasted. */
export const PushUploadForm = () => {
  const [certificate, setCertificate] = useState("");
  const [privateKey, setPrivateKey] = useState("");
  const upload = usePerform(uploadPushCertificate, [showPush]);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isPem(certificate)) return;
        upload.mutate(
          { certificate, ...(privateKey.trim() === "" ? {} : { privateKey }) },
          {
            onSuccess: () => {
              toast({ tone: "good", title: "Push certificate stored" });
              setCertificate("");
              setPrivateKey("");
            },
          },
        );
      }}
    >
      <Stack gap={12}>
        <Textarea
          label="Certificate"
          required
          autosize
          minRows={3}
          maxRows={8}
          placeholder="-----BEGIN CERTIFICATE-----"
          value={certificate}
          error={
            certificate !== "" && !isPem(certificate)
              ? "This is not a PEM certificate: it begins with -----BEGIN CERTIFICATE-----."
              : null
          }
          onChange={(event) => setCertificate(event.currentTarget.value)}
        />
        <Textarea
          label="Private key"
          description="Only when the request was not made here"
          autosize
          minRows={1}
          maxRows={6}
          value={privateKey}
          onChange={(event) => setPrivateKey(event.currentTarget.value)}
        />
        {upload.error !== null && <ProblemPanel problem={upload.error} />}
        <Group>
          <FileButton accept=".pem,.cer,.crt" onChange={(file) => void file?.text().then(setCertificate)}>
            {(props) => <Button {...props}>Choose a file</Button>}
          </FileButton>
          <ActionButton
            action={uploadPushCertificate}
            type="submit"
            variant="filled"
            loading={upload.isPending}
            disabled={!isPem(certificate)}
          >
            Upload
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
};
