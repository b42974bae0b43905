import { Group, Stack, Textarea } from "@mantine/core";
import { listPushRequests, showFleet, showPush, uploadPushCertificate } from "@pomona/contract";
import { useState } from "react";
import { useAction, usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { TextOrFile } from "../../kit/form/text-or-file.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { toast } from "../../kit/toasts.ts";

const isPem = (text: string): boolean => text.includes("-----BEGIN CERTIFICATE-----");

/** Apple's answer, as a file or pasted. A certificate with another topic is refused with what it would cost. */
export const PushUploadForm = () => {
  const [certificate, setCertificate] = useState("");
  const [privateKey, setPrivateKey] = useState("");
  const upload = usePerform(uploadPushCertificate, [showPush, listPushRequests]);
  const fleet = useAction(showFleet, {}).data;
  const store = (replaceTopic = false) =>
    upload.mutate(
      {
        certificate,
        ...(privateKey.trim() === "" ? {} : { privateKey }),
        ...(replaceTopic ? { replaceTopic } : {}),
      },
      {
        onSuccess: () => {
          toast({ tone: "good", title: "Push certificate stored", text: "What waited for push goes out now." });
          setCertificate("");
          setPrivateKey("");
        },
      },
    );
  const problem = upload.error;
  const isOtherTopic = problem?.code === "push.topic-changed" || problem?.code === "push.topic-in-use";
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isPem(certificate)) store();
      }}
    >
      <Stack gap={12} maw={640}>
        <TextOrFile
          label="Certificate"
          required
          accept=".pem,.cer,.crt"
          placeholder="-----BEGIN CERTIFICATE-----"
          value={certificate}
          error={
            certificate !== "" && !isPem(certificate)
              ? "This is not a PEM certificate: it begins with -----BEGIN CERTIFICATE-----."
              : null
          }
          onChange={setCertificate}
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
        {problem !== null && !isOtherTopic && <ProblemPanel problem={problem} />}
        {problem !== null && isOtherTopic && (
          <div role="alert">
            <Notice tone="act" title="Not stored: it is for another topic">
              {problem.message}
              {problem.code === "push.topic-changed" && fleet?.enrolled === 0 && (
                <Group mt={8}>
                  <ActionButton
                    action={uploadPushCertificate}
                    variant="filled"
                    color="red.8"
                    loading={upload.isPending}
                    onClick={() => store(true)}
                  >
                    Change the topic all the same
                  </ActionButton>
                </Group>
              )}
            </Notice>
          </div>
        )}
        <Group>
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
