import { Menu as Dropdown, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import {
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSelector,
  IconSun,
  IconUserCircle,
  type Icon,
} from "@tabler/icons-react";
import { NavLink, useNavigate } from "react-router";
import { hasRole, signOut, useUser } from "@/api/session";
import { useReachable } from "@/api/connection";
import { useLiveState } from "@/live/ports";
import { type Place, SECTIONS } from "./feature";
import { FEATURES } from "./features";
import { openHelp } from "./Help";
import { openPalette } from "./palette";
import classes from "./Menu.module.css";

const PLACES = FEATURES.flatMap((feature) => feature.places ?? []);

/** The way to every page, the search, and the person. */
export function Menu({ onGo }: { onGo?: () => void }) {
  const { role } = useUser();
  const places = PLACES.filter((place) => !place.least || hasRole(role, place.least));
  return (
    <nav className={classes.menu} aria-label="Main">
      <div className={classes.brand}>
        <img src="/app/icon.svg" alt="" width={28} height={28} />
        <span>OpsConductor</span>
        <LiveDot />
      </div>
      <UnstyledButton
        className={classes.search}
        onClick={() => {
          onGo?.();
          openPalette();
        }}
      >
        <IconSearch size={15} aria-hidden />
        <span>Search or go to</span>
        <kbd>Ctrl K</kbd>
      </UnstyledButton>
      <div className={classes.places}>
        {SECTIONS.map((section) => (
          <Section key={section} title={section} places={places.filter((place) => place.section === section)} onGo={onGo} />
        ))}
      </div>
      <Person onGo={onGo} />
    </nav>
  );
}

function Section({ title, places, onGo }: { title: string; places: readonly Place[]; onGo: (() => void) | undefined }) {
  if (places.length === 0) return null;
  return (
    <div className={classes.section}>
      {title && <div className={classes.title}>{title}</div>}
      <ul>
        {places.map(({ to, label, icon: Sign, badge: Badge }) => (
          <li key={to}>
            <NavLink to={to} end={to === "/" || to === "/ports"} className={classes.place} onClick={onGo}>
              <Sign size={17} stroke={1.7} aria-hidden />
              <span>{label}</span>
              {Badge && <Badge />}
            </NavLink>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Whether the server is reached and events come in. */
function LiveDot() {
  const reachable = useReachable();
  const live = useLiveState();
  const state = !reachable ? "lost" : live;
  const words = { live: "Live: changes show at once", connecting: "Connecting", lost: "Not connected; trying again" };
  return <span className={classes.dot} data-state={state} role="img" aria-label={words[state]} title={words[state]} />;
}

const SCHEMES: { scheme: MantineColorScheme; label: string; icon: Icon }[] = [
  { scheme: "light", label: "Light", icon: IconSun },
  { scheme: "dark", label: "Dark", icon: IconMoon },
  { scheme: "auto", label: "As the system", icon: IconDeviceDesktop },
];

function Person({ onGo }: { onGo: (() => void) | undefined }) {
  const user = useUser();
  const navigate = useNavigate();
  // Anything else would add a style to the page, which its policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <Dropdown position="top-start" width={220}>
      <Dropdown.Target>
        <UnstyledButton className={classes.person} aria-label={`${user.username}, ${user.role}: account menu`}>
          <span className={classes.avatar} aria-hidden>
            {user.username.slice(0, 2).toUpperCase()}
          </span>
          <span className={classes.who}>
            <span>{user.username}</span>
            <span className={classes.role}>{user.role}</span>
          </span>
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Dropdown.Target>
      <Dropdown.Dropdown>
        <Dropdown.Item
          leftSection={<IconUserCircle size={16} />}
          onClick={() => {
            onGo?.();
            void navigate("/account");
          }}
        >
          Account and sessions
        </Dropdown.Item>
        <Dropdown.Item leftSection={<IconKeyboard size={16} />} onClick={openHelp}>
          Keyboard help
        </Dropdown.Item>
        <Dropdown.Divider />
        <Dropdown.Label>Appearance</Dropdown.Label>
        {SCHEMES.map(({ scheme, label, icon: Sign }) => (
          <Dropdown.Item
            key={scheme}
            leftSection={<Sign size={16} />}
            aria-current={scheme === colorScheme || undefined}
            onClick={() => setColorScheme(scheme)}
            rightSection={scheme === colorScheme ? "✓" : null}
          >
            {label}
          </Dropdown.Item>
        ))}
        <Dropdown.Divider />
        <Dropdown.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          Sign out
        </Dropdown.Item>
      </Dropdown.Dropdown>
    </Dropdown>
  );
}
