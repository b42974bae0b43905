import { Button, Group, Select, Stack } from "@mantine/core";
import { listPushRequests, type PortalUpload, type PushRequest, type PushState } from "@pomona/contract";
import { useState } from "react";
import { useAction } from "../../client/use-action.ts";
import { CodeBlock } from "../../kit/code-block.tsx";
import { CopyText } from "../../kit/copy-text.tsx";
import { downloadText } from "../../kit/download-text.ts";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { RowsSkeleton } from "../../kit/skeletons.tsx";
import type { Tone } from "../../kit/state-badge.tsx";
import { Step, StepList } from "../../kit/step-list.tsx";
import { absoluteTime } from "../../kit/time/format-time.ts";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { PushRequestForm } from "./push-request-form.tsx";
import { PushSignature } from "./push-signature.tsx";
import { PushUploadForm } from "./push-upload-form.tsx";

const YOURS = { word: "Needs you", tone: "attention" as Tone };
const LATER = { word: "Waiting", tone: "unknown" as Tone, why: "The steps before it come first" };
const DONE = { word: "Done", tone: "good" as Tone };

/** The four steps to a certificate, or to its renewal; a request that was made days ago is found again. */
export const PushChecklist = ({ push }: { push: PushState }) => {
  const read = useAction(listPushRequests, {});
  const { request: asked } = useUrlSearch();
  const setSearch = useSetSearch();
  const [signed, setSigned] = useState<PortalUpload | null>(null);
  const requests = read.data?.items ?? [];
  const isNew = asked === "new";
  const chosen = isNew ? undefined : (requests.find(({ id }) => id === asked) ?? requests[0]);
  const upload = signed !== null && signed.requestId === chosen?.id ? signed : null;
  const renews = push.topic !== null;
  if (read.data === undefined)
    return (
      <Panel title="The way to a certificate" flush>
        {read.error === null ? (
          <RowsSkeleton rows={4} />
        ) : (
          <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
        )}
      </Panel>
    );
  const signature =
    upload !== null
      ? DONE
      : chosen === undefined
        ? LATER
        : chosen.isSentToService
          ? { word: "Sent", tone: "progress" as Tone, why: "The signing service answers by mail" }
          : YOURS;
  return (
    <Panel title={renews ? "Renew the certificate" : "The way to a certificate"} flush>
      <StepList label="Steps to a push certificate">
        <Step
          number={1}
          title="Make a certificate request"
          state={chosen === undefined ? YOURS : DONE}
          at={chosen?.createdAt ?? null}
          isCurrent={chosen === undefined}
        >
          {chosen === undefined ? (
            <PushRequestForm onMade={(id) => setSearch({ request: id })} />
          ) : (
            <MadeRequest request={chosen} requests={requests} onChoose={(id) => setSearch({ request: id })} />
          )}
          {isNew && requests.length > 0 && (
            <div>
              <Button variant="subtle" color="gray" onClick={() => setSearch({ request: undefined })}>
                Go on with the one that was made
              </Button>
            </div>
          )}
        </Step>
        <Step
          number={2}
          title="Have it signed by an MDM vendor"
          state={signature}
          isCurrent={chosen !== undefined && upload === null}
        >
          <span>Apple takes no request without a vendor's signature.</span>
          {chosen !== undefined && (
            <PushSignature
              key={chosen.id}
              request={chosen}
              signingUrl={push.signingUrl}
              upload={upload}
              onSigned={setSigned}
            />
          )}
        </Step>
        <Step
          number={3}
          title="Give it to Apple's portal"
          state={upload === null ? LATER : YOURS}
          isCurrent={upload !== null}
        >
          <span>
            Sign in at{" "}
            <a href="https://identity.apple.com/pushcert" target="_blank" rel="noreferrer">
              identity.apple.com/pushcert
            </a>{" "}
            with{" "}
            {renews
              ? "the Apple Account that made the certificate in use"
              : "an Apple Account that belongs to your organization, not to a person, and write down which one it was"}
            , and upload the file of step 2.
          </span>
          {push.topic !== null && (
            <span>
              Choose <strong>Renew</strong>, never Create: with another topic not a single Mac that is enrolled could be
              woken. The topic of the certificate in use is <CopyText wrap text={push.topic} what="topic" />
            </span>
          )}
        </Step>
        <Step
          number={4}
          title="Upload Apple's certificate"
          state={chosen === undefined ? LATER : YOURS}
          isCurrent={upload !== null}
        >
          <PushUploadForm />
        </Step>
      </StepList>
    </Panel>
  );
};

interface MadeRequestProps {
  request: PushRequest;
  requests: readonly PushRequest[];
  onChoose: (id: string) => void;
}

const MadeRequest = ({ request, requests, onChoose }: MadeRequestProps) => (
  <Stack gap={12} maw={640}>
    {requests.length > 1 && (
      <Select
        label="Request"
        description="Each has a key of its own; the certificate must be for the one that Apple got."
        allowDeselect={false}
        data={requests.map((each) => ({ value: each.id, label: `made ${absoluteTime(Date.parse(each.createdAt))}` }))}
        value={request.id}
        onChange={(id) => id !== null && onChoose(id)}
      />
    )}
    {request.csr === null ? (
      <span>This request was made by an earlier release and cannot be signed here. Make another.</span>
    ) : (
      <CodeBlock text={request.csr} label="Certificate request" maxHeight={120} />
    )}
    <Group gap={8}>
      {request.csr !== null && (
        <Button onClick={() => downloadText("pomona-push.csr", request.csr ?? "", "application/pkcs10")}>
          Download the request
        </Button>
      )}
      <Button variant="subtle" color="gray" onClick={() => onChoose("new")}>
        Make another
      </Button>
    </Group>
  </Stack>
);
