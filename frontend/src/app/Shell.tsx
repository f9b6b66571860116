import { ActionIcon, Drawer } from "@mantine/core";
import { IconMenu2, IconSearch } from "@tabler/icons-react";
import { lazy, Suspense, useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { Outlet, ScrollRestoration, useLocation, useMatches, useNavigation } from "react-router";
import { hasRole, useUser } from "@/api/session";
import { useLiveQueries } from "@/live/queries";
import { Page } from "@/ui/Page";
import { Denied } from "@/ui/states";
import { Banners } from "./Banners";
import type { RouteHandle } from "./feature";
import { Help } from "./Help";
import { Menu } from "./Menu";
import { openPalette, paletteOpen } from "./palette";
import classes from "./Shell.module.css";

const Palette = lazy(() => import("./Palette"));

/** The frame around every page. */
export function Shell() {
  const [menuOpen, menu] = useDisclosure(false);
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const moving = useNavigation().state !== "idle";
  useLiveQueries();
  useEffect(() => {
    main.current?.scrollTo(0, 0);
    // Who reads with a screen reader hears the new page; who types goes on from its start.
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        Skip to the content
      </a>
      <aside className={classes.side}>
        <Menu />
      </aside>
      <header className={classes.top}>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Menu" onClick={menu.open}>
          <IconMenu2 size={20} />
        </ActionIcon>
        <img src="/app/icon.svg" alt="" width={24} height={24} />
        <span className={classes.name}>OpsConductor</span>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Search" onClick={openPalette}>
          <IconSearch size={19} />
        </ActionIcon>
      </header>
      <Drawer.Root opened={menuOpen} onClose={menu.close} size={264} padding={0} lockScroll={false}>
        <Drawer.Overlay />
        <Drawer.Content aria-label="Menu">
          <Menu onGo={menu.close} />
        </Drawer.Content>
      </Drawer.Root>
      <div className={classes.banners}>
        <Banners />
        <div className={classes.progress} data-moving={moving || undefined} />
      </div>
      <main id="content" className={classes.main} ref={main} tabIndex={-1} data-scroll>
        <Content />
      </main>
      <PaletteSlot />
      <Help />
      <ScrollRestoration />
    </div>
  );
}

/** The palette, loaded when it is opened first. */
function PaletteSlot() {
  const opened = useSyncExternalStore(paletteOpen.watch, paletteOpen.get);
  const [seen, setSeen] = useState({ opened, openings: 0 });
  if (opened !== seen.opened) setSeen({ opened, openings: seen.openings + Number(opened) });
  useHotkeys([["mod+K", openPalette]], []);
  const close = useCallback(() => paletteOpen.set(false), []);
  // Each time another one: nothing that was typed before is in it.
  return <Suspense>{seen.openings > 0 && <Palette key={seen.openings} opened={opened} onClose={close} />}</Suspense>;
}

/** The page, unless the role may not see it. */
function Content() {
  const { role } = useUser();
  const denied = useMatches().some(({ handle }) => {
    const least = (handle as RouteHandle | undefined)?.least;
    return least !== undefined && !hasRole(role, least);
  });
  if (!denied) return <Outlet />;
  return (
    <Page title="Not for your role">
      <Denied />
    </Page>
  );
}
