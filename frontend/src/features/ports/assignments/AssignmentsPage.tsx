import { Button, SegmentedControl } from "@mantine/core";
import { IconLockPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useRole } from "@/api/session";
import { count } from "@/ui/format";
import { Page } from "@/ui/Page";
import { useFilters } from "@/ui/url";
import { useReservations, useServices } from "../api";
import { SuitePicker } from "../SuitePicker";
import { useSuite } from "../suites";
import { Assigned } from "./Assigned";
import { Reserved } from "./Reserved";
import { ReserveDialog } from "./ReserveDialog";

export default function AssignmentsPage() {
  const [suite] = useSuite();
  const operator = useRole("operator");
  const [{ view }, setFilters] = useFilters({ view: "assigned" });
  const [reserving, setReserving] = useState(false);
  const services = useServices(suite);
  const reservations = useReservations();
  const views = [
    { value: "assigned", label: services.data ? count(services.data.length, "service") : "Services" },
    { value: "reserved", label: reservations.data ? `${count(reservations.data.length, "reservation")}` : "Reservations" },
  ];
  return (
    <Page
      title="Port assignments"
      lead="Which service has which port, and which ports nobody is given."
      actions={
        <>
          <SuitePicker />
          {operator && (
            <Button variant="default" leftSection={<IconLockPlus size={16} />} onClick={() => setReserving(true)}>
              Reserve a port
            </Button>
          )}
        </>
      }
    >
      <SegmentedControl
        aria-label="What is listed"
        data={views}
        value={view === "reserved" ? "reserved" : "assigned"}
        onChange={(next) => setFilters({ view: next })}
        style={{ alignSelf: "flex-start" }}
      />
      {view === "reserved" ? <Reserved suite={suite} /> : <Assigned key={suite} suite={suite} />}
      {reserving && <ReserveDialog suite={suite} onClose={() => setReserving(false)} />}
    </Page>
  );
}
