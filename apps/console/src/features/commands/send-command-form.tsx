import { Checkbox, Group, Select, Stack, Text } from "@mantine/core";
import { type InputOf, listCommands, listCommandTypes, sendCommand } from "@pomona/contract";
import { useState } from "react";
import { useAction, usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { defaultsOf, type FormSchema, faultsOf } from "../../kit/form/json-schema.ts";
import { SchemaField } from "../../kit/form/schema-field.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { toast } from "../../kit/toasts.ts";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";

const asSchema = (value: unknown): FormSchema =>
  typeof value === "object" && value !== null ? (value as FormSchema) : {};

/** Any command that the server knows, its form made from the command's own schema. */
export const SendCommandForm = ({ deviceId, onSent }: { deviceId: string; onSent: () => void }) => {
  const types = useAction(listCommandTypes, {});
  const chosen = useUrlSearch()["type"] ?? null;
  const setSearch = useSetSearch();
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [understood, setUnderstood] = useState(false);
  const send = usePerform(sendCommand, [listCommands]);
  if (types.error !== null && types.data === undefined)
    return <ProblemPanel problem={types.error} retry={() => void types.refetch()} />;
  if (types.data === undefined) return <BlockSkeleton />;
  const type = types.data.items.find((each) => each.requestType === chosen);
  const schema = asSchema(type?.input);
  const given = { ...defaultsOf(schema), ...values };
  const faults = faultsOf(schema, given);
  const destructive = type?.risk === "destructive";
  const input: InputOf<typeof sendCommand> = {
    deviceId,
    requestType: type?.requestType ?? "",
    ...(Object.keys(given).length > 0 ? { input: given } : {}),
  };
  const choose = (requestType: string | null) => {
    setValues({});
    setTouched(new Set());
    setUnderstood(false);
    send.reset();
    setSearch({ type: requestType ?? undefined });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTouched(new Set(Object.keys(schema.properties ?? {})));
        if (type === undefined || Object.keys(faults).length > 0 || (destructive && !understood)) return;
        send.mutate(input, {
          onSuccess: () => {
            toast({
              tone: "progress",
              title: `${type.requestType} is pending`,
              text: "It is sent when the Mac next asks.",
            });
            onSent();
          },
        });
      }}
    >
      <Stack gap={16}>
        <Select
          label="Command"
          placeholder="Choose or type"
          searchable
          data={types.data.items.map((each) => each.requestType)}
          value={chosen}
          onChange={choose}
        />
        {type !== undefined && <Text size="sm">{type.summary}</Text>}
        {Object.entries(schema.properties ?? {}).map(([name, field]) => (
          <SchemaField
            key={`${chosen} ${name}`}
            name={name}
            schema={field}
            required={schema.required?.includes(name) ?? false}
            value={given[name]}
            fault={touched.has(name) ? (faults[name] ?? null) : null}
            onChange={(value) => {
              const { [name]: _, ...others } = values;
              setValues(value === undefined ? others : { ...others, [name]: value });
              setTouched(new Set([...touched, name]));
            }}
          />
        ))}
        {destructive && (
          <>
            <Notice tone="act" title="This cannot be undone">
              The Mac does it as soon as it is reached. Whoever works at it is not asked.
            </Notice>
            <Checkbox
              label="I know what this does to the Mac and to the person at it"
              checked={understood}
              onChange={(event) => setUnderstood(event.currentTarget.checked)}
            />
          </>
        )}
        {send.error !== null && <ProblemPanel problem={send.error} />}
        <Group>
          <ActionButton
            action={sendCommand}
            type="submit"
            variant="filled"
            {...(destructive ? { color: "red.8" } : {})}
            loading={send.isPending}
            disabled={type === undefined || (destructive && !understood)}
          >
            {type === undefined ? "Send" : `Send ${type.requestType}`}
          </ActionButton>
        </Group>
        {type !== undefined && <ApiCall action={sendCommand} input={input} />}
      </Stack>
    </form>
  );
};
