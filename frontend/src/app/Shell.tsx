import { ActionIcon, Drawer } from "@mantine/core";
import { IconMenu2, IconSearch } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, ScrollRestoration, useLocation, useMatches, useNavigation } from "react-router";
import { hasRole, useUser } from "@/api/session";
import { useLiveQueries } from "@/live/queries";
import { Page } from "@/ui/Page";
import { Denied } from "@/ui/states";
import { Banners } from "./Banners";
import type { RouteHandle } from "./feature";
import { Help } from "./Help";
import { Menu } from "./Menu";
import { openPalette, Palette } from "./Palette";
import classes from "./Shell.module.css";

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
      <Drawer opened={menuOpen} onClose={menu.close} size={264} padding={0} withCloseButton={false} title={null} aria-label="Menu">
        <Menu onGo={menu.close} />
      </Drawer>
      <div className={classes.banners}>
        <Banners />
        <div className={classes.progress} data-moving={moving || undefined} />
      </div>
      <main id="content" className={classes.main} ref={main} tabIndex={-1} data-scroll>
        <Content />
      </main>
      <Palette />
      <Help />
      <ScrollRestoration />
    </div>
  );
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
