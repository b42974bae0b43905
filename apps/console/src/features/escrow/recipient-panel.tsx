import type { EscrowRecipient } from "@pomona/contract";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Panel } from "../../kit/page.tsx";
import { State, type Tone } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";

const STATES: Readonly<Record<EscrowRecipient["state"], { readonly tone: Tone; readonly word: string }>> = {
  works: { tone: "good", word: "The KMS opens them" },
  refused: { tone: "act", word: "The KMS refuses" },
  unreachable: { tone: "act", word: "The KMS cannot be reached" },
};

/** Whether recovery keys are sealed to a KMS, and what it said last. */
export const RecipientPanel = ({ recipient }: { recipient: EscrowRecipient }) => (
  <Panel title="Recovery keys that only a KMS opens" beside={<State {...STATES[recipient.state]} />}>
    <FactsGrid
      rows={[
        { label: "Key", value: recipient.keyId },
        { label: "In this state since", value: <When at={recipient.stateSince} /> },
        { label: "Sealed to it", value: recipient.sealed.toLocaleString("en") },
        { label: "Still to come", value: recipient.left.toLocaleString("en") },
      ]}
    />
    {recipient.state !== "works" && (
      <p>What Macs send is sealed all the same. Nothing can be shown or replaced until the KMS opens it again.</p>
    )}
  </Panel>
);
