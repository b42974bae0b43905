import { Select } from "@mantine/core";
import { SchemaField } from "../../kit/form/schema-field.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import styles from "./command-fields.module.css";
import { CommandTypeAbout } from "./command-type-about.tsx";
import type { CommandDraft, CommandType } from "./use-command-draft.ts";

interface CommandFieldsProps {
  draft: CommandDraft;
  /** Which kinds can be meant here. */
  fits?: (type: CommandType) => boolean;
}

const asOption = (type: CommandType) => ({ value: type.requestType, label: type.requestType });

/** The kind of a command, and the fields that its schema asks for. */
export const CommandFields = ({ draft, fits = () => true }: CommandFieldsProps) => {
  const { types, type, schema } = draft;
  if (types.data === undefined)
    return types.error === null ? (
      <BlockSkeleton />
    ) : (
      <ProblemPanel problem={types.error} retry={() => void types.refetch()} />
    );
  const possible = types.data.items.filter(fits);
  return (
    <div className={styles.column}>
      <Select
        label="Command"
        placeholder="Choose or type"
        searchable
        maxDropdownHeight={320}
        data={[
          { group: "The answer is read", items: possible.filter(({ kind }) => kind === "typed").map(asOption) },
          { group: "By Apple's tables", items: possible.filter(({ kind }) => kind === "generic").map(asOption) },
        ]}
        value={type?.requestType ?? null}
        onChange={draft.choose}
      />
      {type !== undefined && <CommandTypeAbout type={type} />}
      {Object.entries(schema.properties ?? {}).map(([name, field]) => (
        <SchemaField
          key={`${type?.requestType} ${name}`}
          name={name}
          path={name}
          schema={field}
          required={schema.required?.includes(name) ?? false}
          value={draft.given[name]}
          faultAt={draft.faultAt}
          onChange={(value, path) => draft.change(name, value, path)}
        />
      ))}
    </div>
  );
};
