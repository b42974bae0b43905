import { Button, CloseButton, Menu, TextInput } from "@mantine/core";
import { IconFilter, IconSearch } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useShortcut } from "../keyboard.ts";
import styles from "./filter-bar.module.css";
import { type FilterField, readFilterText } from "./filter-text.ts";

interface FilterBarProps {
  /** What is searched: `Search name, serial number, model`. */
  placeholder?: string;
  words?: string;
  fields: readonly FilterField[];
  /** Values in force, by field. */
  filters: Readonly<Record<string, string | undefined>>;
  onChange: (change: { words?: string; filters?: Record<string, string | undefined> }) => void;
  children?: ReactNode;
}

const SEARCH_AFTER_MS = 180;

/** Search, chips for the filters in force, and a menu of what can be filtered; all of it lives in the URL. */
export const FilterBar = ({ placeholder, words, fields, filters, onChange, children }: FilterBarProps) => {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [text, setText] = useState(words ?? "");
  useEffect(() => {
    if (document.activeElement !== input.current) setText(words ?? "");
  }, [words]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useShortcut("/", "Search this list", "Table", () => input.current?.focus());
  const take = (value: string) => {
    clearTimeout(timer.current);
    const read = readFilterText(value, fields);
    setText(read.words);
    onChange({ words: read.words, filters: read.filters });
  };
  const type = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    // A filter that is being typed is not yet a word to search for.
    if (!/\w+[:=]/.test(value)) timer.current = setTimeout(() => onChange({ words: value.trim() }), SEARCH_AFTER_MS);
  };
  return (
    <div className={styles.bar} role="search">
      {placeholder !== undefined && (
        <TextInput
          ref={input}
          className={styles.search}
          leftSection={<IconSearch size={14} aria-hidden />}
          placeholder={placeholder}
          aria-label={placeholder}
          value={text}
          onChange={(event) => type(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") take(text);
            if (event.key === "Escape") input.current?.blur();
          }}
        />
      )}
      {fields.map((field) => {
        const value = filters[field.key];
        if (value === undefined) return null;
        const title = field.values.find((each) => each.value === value)?.title ?? value;
        return (
          <span key={field.key} className={styles.chip}>
            <span className={styles.chipText}>
              {field.title}: <strong>{title}</strong>
            </span>
            <CloseButton
              size="xs"
              aria-label={`Remove the filter ${field.title}: ${title}`}
              onClick={() => onChange({ filters: { [field.key]: undefined } })}
            />
          </span>
        );
      })}
      {fields.length > 0 && (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button leftSection={<IconFilter size={14} aria-hidden />}>Filter</Button>
          </Menu.Target>
          <Menu.Dropdown mah={420} style={{ overflow: "auto" }}>
            {fields.map((field) => (
              <div key={field.key}>
                <Menu.Label>
                  {field.title} <code>{field.key}:</code>
                </Menu.Label>
                {field.values.map((each) => (
                  <Menu.Item key={each.value} onClick={() => onChange({ filters: { [field.key]: each.value } })}>
                    {each.title}
                  </Menu.Item>
                ))}
              </div>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <span className={styles.rest}>{children}</span>
    </div>
  );
};
