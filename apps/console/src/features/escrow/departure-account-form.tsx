import { Checkbox, Group, Radio, Select, Stack, TextInput } from "@mantine/core";
import { continueDeparture, type DepartureAccount, type InputOf } from "@pomona/contract";
import { useState } from "react";
import { ActionButton } from "../../kit/action-button.tsx";
import styles from "./departure.module.css";

type Chosen = NonNullable<InputOf<typeof continueDeparture>["account"]>;
const ACCOUNT_NAME = /^[a-z_][a-z0-9_.-]{0,30}$/;

interface DepartureAccountFormProps {
  /** What the agent found on the Mac; empty when it did not look. */
  accounts: readonly DepartureAccount[];
  busy: boolean;
  onChoose: (account: Chosen) => void;
}

const labelOf = ({ name, isAdmin, hasSecureToken }: DepartureAccount): string =>
  [
    name,
    isAdmin ? "administrator" : "",
    hasSecureToken === true ? "secure token" : hasSecureToken === false ? "no secure token" : "",
  ]
    .filter((part) => part !== "")
    .join(", ");

/** The next person's account: one that is on the Mac, or a new one that the agent makes. */
export const DepartureAccountForm = ({ accounts, busy, onChoose }: DepartureAccountFormProps) => {
  const [way, setWay] = useState<"new" | "there">("new");
  const [name, setName] = useState("");
  const [fullName, setFullName] = useState("");
  const [isAdmin, setIsAdmin] = useState(false);
  const given = name.trim();
  const isReady = ACCOUNT_NAME.test(given);
  const submit = () => {
    const full = fullName.trim();
    onChoose(
      way === "there"
        ? { name: given, create: false }
        : { name: given, create: true, isAdmin, ...(full === "" ? {} : { fullName: full }) },
    );
  };
  const fault =
    given === "" || isReady
      ? null
      : "Small letters, digits, dot, underscore and hyphen; it begins with a letter or underscore.";
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !busy) submit();
      }}
    >
      <Stack gap={12}>
        <Radio.Group
          label="Which account does the next person use?"
          value={way}
          onChange={(value) => {
            setWay(value === "there" ? "there" : "new");
            setName("");
          }}
        >
          <Stack gap={8} mt={8}>
            <Radio
              value="new"
              label="A new one"
              description="The agent makes it. Its password is made here and kept in escrow."
            />
            <Radio value="there" label="One that is on the Mac" />
          </Stack>
        </Radio.Group>
        {way === "there" && accounts.length > 0 ? (
          <Select
            label="Account"
            placeholder="Choose"
            required
            searchable
            error={fault}
            data={accounts.map((account) => ({ value: account.name, label: labelOf(account) }))}
            value={name === "" ? null : name}
            onChange={(value) => setName(value ?? "")}
          />
        ) : (
          <TextInput
            label="Short name"
            description="As in /Users, without spaces"
            placeholder="next.person"
            required
            autoComplete="off"
            spellCheck={false}
            value={name}
            error={fault}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        {way === "new" && (
          <>
            <TextInput
              label="Full name"
              placeholder="Next Person"
              maxLength={100}
              autoComplete="off"
              value={fullName}
              onChange={(event) => setFullName(event.currentTarget.value)}
            />
            <Checkbox
              label="Administrator of this Mac"
              checked={isAdmin}
              onChange={(event) => setIsAdmin(event.currentTarget.checked)}
            />
          </>
        )}
        <Group>
          <ActionButton action={continueDeparture} type="submit" variant="filled" loading={busy} disabled={!isReady}>
            {way === "new" ? "Make the account" : "Use this account"}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
};
