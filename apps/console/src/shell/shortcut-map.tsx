import { Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import { currentShortcuts, type Shortcut, useShortcut } from "../kit/keyboard.ts";
import styles from "./shortcut-map.module.css";

let open: (() => void) | null = null;

/** Shows the map from elsewhere: the person's menu. */
export const openShortcutMap = (): void => open?.();

const FIXED: readonly Shortcut[] = [
  { keys: "Ctrl/⌘ K", does: "Search Macs, pages, actions", group: "Everywhere" },
  { keys: "Esc", does: "Close what is open", group: "Everywhere" },
];

/** The map of the keys that mean something on this page. */
export const ShortcutMap = () => {
  const [shown, setShown] = useState<readonly Shortcut[] | null>(null);
  const show = () => setShown([...FIXED, ...currentShortcuts()]);
  useShortcut("?", "Show this map", "Everywhere", show);
  useEffect(() => {
    open = show;
    return () => {
      open = null;
    };
  });
  const groups = Map.groupBy(shown ?? [], (each) => each.group);
  return (
    <Modal opened={shown !== null} onClose={() => setShown(null)} title="Keyboard" size="lg">
      <div className={styles.groups}>
        {[...groups].map(([group, shortcuts]) => (
          <section key={group}>
            <h2 className={styles.group}>{group}</h2>
            <dl className={styles.list}>
              {[...new Map(shortcuts.map((each) => [each.keys, each])).values()].map((each) => (
                <div key={each.keys} className={styles.pair}>
                  <dt>{each.does}</dt>
                  <dd>
                    <kbd className={styles.kbd}>{each.keys}</kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
};
