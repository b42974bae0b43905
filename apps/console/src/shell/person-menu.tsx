import { Menu, SegmentedControl, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconKeyboard, IconLogout } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useSession } from "../client/session.tsx";
import { signOut } from "../client/sign-in.ts";
import { toast } from "../kit/toasts.ts";
import styles from "./person-menu.module.css";
import { openShortcutMap } from "./shortcut-map.tsx";

const SCHEMES = [
  { value: "auto", label: "Auto" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

/** Who is signed in, how the console looks, the keyboard, the way out. */
export const PersonMenu = () => {
  const { actor, role, tenant } = useSession();
  const queries = useQueryClient();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const leave = async () => {
    try {
      await signOut();
    } catch (problem) {
      toast({ tone: "act", title: "Still signed in", text: problem instanceof Error ? problem.message : "" });
      return;
    }
    queries.clear();
    location.assign("/sign-in");
  };
  const initials = actor.name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => Array.from(new Intl.Segmenter().segment(word), ({ segment }) => segment)[0] ?? "")
    .join("")
    .toUpperCase();
  return (
    <Menu width={260} closeOnItemClick={false}>
      <Menu.Target>
        <UnstyledButton className={styles.person} aria-label={`${initials}: signed in as ${actor.name}`}>
          {initials}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.who}>
          <strong>
            <bdi>{actor.name}</bdi>
          </strong>
          <div data-dimmed>
            {role} of <bdi>{tenant.name}</bdi>
          </div>
        </div>
        <Menu.Divider />
        <div className={styles.scheme}>
          <SegmentedControl
            fullWidth
            size="xs"
            data={SCHEMES}
            aria-label="Appearance"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as "auto" | "light" | "dark")}
          />
        </div>
        <Menu.Divider />
        <Menu.Item
          closeMenuOnClick
          leftSection={<IconKeyboard size={16} />}
          rightSection={<kbd>?</kbd>}
          onClick={openShortcutMap}
        >
          Keyboard
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};
