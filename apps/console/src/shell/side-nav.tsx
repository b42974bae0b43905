import { Tooltip } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import mark from "../kit/assets/pomona.svg";
import { useShortcut } from "../kit/keyboard.ts";
import { type Place, places } from "./places.ts";
import styles from "./side-nav.module.css";

const GoTo = ({ keys, title, to }: { keys: string; title: string; to: string }) => {
  const navigate = useNavigate();
  useShortcut(keys, title, "Go to", () => void navigate({ to }));
  return null;
};

const Entry = ({ place, folded }: { place: Place; folded: boolean }) => (
  <li>
    <Tooltip label={place.title} position="right" disabled={!folded}>
      <Link
        to={place.to}
        activeOptions={{ exact: place.exact ?? false, includeSearch: false }}
        className={styles.entry}
        aria-label={place.title}
      >
        <place.icon size={18} stroke={1.6} aria-hidden />
        <span className={styles.name}>{place.title}</span>
      </Link>
    </Tooltip>
  </li>
);

/** The places of the console; folds to icons by choice and on narrow windows. */
export const SideNav = () => {
  const [folded, setFolded] = useLocalStorage({
    key: "pomona-nav-folded",
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const Fold = folded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <nav className={styles.nav} data-folded={folded || undefined} aria-label="Pages">
      <Link to="/" className={styles.brand} aria-label="Pomona, home">
        <img src={mark} alt="" width={24} height={24} />
        <span className={styles.name}>Pomona</span>
      </Link>
      <ul className={styles.list}>
        {places.map((place) => (
          <Entry key={place.to} place={place} folded={folded} />
        ))}
      </ul>
      {places
        .flatMap((place) => [place, ...(place.below ?? [])])
        .map((place) =>
          place.keys === undefined ? null : <GoTo key={place.to} keys={place.keys} title={place.title} to={place.to} />,
        )}
      <button
        type="button"
        className={styles.fold}
        aria-pressed={folded}
        aria-label="Fold the navigation"
        onClick={() => setFolded(!folded)}
      >
        <Fold size={18} stroke={1.6} aria-hidden />
      </button>
    </nav>
  );
};
