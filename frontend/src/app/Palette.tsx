import "@mantine/spotlight/styles.css";
import { createSpotlight, Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from "@mantine/spotlight";
import { IconSearch, type Icon } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { hasRole, useUser } from "@/api/session";
import { SECTIONS } from "./feature";
import { FEATURES } from "./features";

/** Goes to any page by a few letters of its name. */
export default function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const [[store, palette]] = useState(createSpotlight);
  useEffect(() => {
    if (opened) palette.open();
    else palette.close();
  }, [opened, palette]);
  const { role } = useUser();
  const actions = useMemo(() => {
    const action = (id: string, label: string, Sign: Icon, keywords = ""): SpotlightActionData => ({
      id,
      label,
      keywords,
      leftSection: <Sign size={18} stroke={1.7} />,
      onClick: () => {
        onClose();
        void navigate(id);
      },
    });
    const places = FEATURES.flatMap((feature) => feature.places ?? []).filter((one) => !one.least || hasRole(role, one.least));
    const commands = FEATURES.flatMap((feature) => feature.commands ?? []).filter((one) => !one.least || hasRole(role, one.least));
    const groups: SpotlightActionGroupData[] = SECTIONS.map((section) => ({
      group: section || "Start",
      actions: places.filter((one) => one.section === section).map((one) => action(one.to, one.label, one.icon, one.keywords)),
    }));
    groups.push({ group: "Begin", actions: commands.map((one) => action(one.to, one.label, one.icon)) });
    return groups.filter((group) => group.actions.length > 0);
  }, [navigate, onClose, role]);
  return (
    <Spotlight
      store={store}
      onSpotlightClose={onClose}
      shortcut={null}
      actions={actions}
      nothingFound="Nothing fits"
      highlightQuery
      scrollable
      maxHeight={420}
      lockScroll={false}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      searchProps={{ leftSection: <IconSearch size={18} />, placeholder: "Go to or begin", "aria-label": "Go to or begin" }}
    />
  );
}
